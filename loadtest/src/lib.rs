//! Publishers and viewers in thousands against any WHIP/WHEP server, cheap enough to share a machine with it.
//!
//! [`floor`] measures the bare loop that no server can beat.

pub mod bench;
pub mod clock;
pub mod crowd;
pub mod feedback;
pub mod fleet;
pub mod floor;
pub mod histogram;
pub mod http;
pub mod ivf;
pub mod keyframe;
pub mod measure;
mod outlet;
pub mod peer;
pub mod publisher;
pub mod receivers;
pub mod report;
pub mod run;
pub mod sdp;
pub mod sequence;
pub mod stamp;
pub mod stream;
pub mod target;
pub mod viewer;
