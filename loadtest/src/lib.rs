//! Publishers and viewers in thousands against any WHIP/WHEP server, participants in thousands in a [`room`], and students in
//! thousands of a [`school`], cheap enough to share a machine with the server.
//!
//! A [`run`] has one [`publisher`] and a [`crowd`] of viewers. The publisher marks every payload with a [`stamp`]; viewers
//! sit in a [`fleet`], a thread that reads many sockets ([`receivers`]) and has one [`viewer`] for each. What a run found is a
//! [`report`]. [`floor`] measures the bare loop that no server can beat, [`bench`] compares Lectern with it.
//!
//! What it cannot send, read or keep in time itself stands in the report beside what the server did.

#![forbid(unsafe_code)]

mod annexb;
pub mod bench;
pub mod clock;
pub mod crowd;
pub mod feedback;
pub mod film;
pub mod fleet;
pub mod floor;
pub mod histogram;
pub mod http;
pub mod ivf;
pub mod keyframe;
pub mod measure;
mod outlet;
pub mod publisher;
pub mod receivers;
pub mod recorder;
pub mod report;
pub mod room;
pub mod run;
pub mod school;
pub mod sequence;
mod server_process;
pub mod stamp;
pub mod stream;
pub mod target;
pub mod verdict;
pub mod viewer;
