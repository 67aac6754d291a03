//! What forwarding must know of payloads: where frames and keyframes begin and end, which layers they belong to, and
//! where the numbers stand that a viewer has to find continuous. Nothing is decoded.

pub mod av1;
pub mod bits;
pub mod dependency_descriptor;
pub mod h264;
pub mod sps;
pub mod vp8;
pub mod vp9;
