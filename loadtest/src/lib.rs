//! Publishers and viewers in thousands against any WHIP/WHEP server, cheap enough to share a machine with it.
//!
//! [`floor`] measures the bare loop that no server can beat.

pub mod floor;
pub mod histogram;
pub mod ivf;
pub mod measure;
pub mod receivers;
pub mod stamp;
pub mod stream;
