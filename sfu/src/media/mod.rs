//! What a room does with packets: the sans-IO, deterministic core of the media server.
//!
//! A [`Room`] is one room's part on one worker. Publishers exist on the room's *home* worker alone, viewers on any.
//! Everything that a publisher sends becomes [`Feed`] values; the home room applies them to its own viewers and hands
//! them out through [`Room::poll_output`] for the workers that have further viewers. A received packet costs one
//! allocation ([`MediaPacket`]), shared by all workers, viewers and histories.
//!
//! How a packet finds its viewers:
//!
//! ```text
//! publisher ─ receive stream (loss, order, codec) ─ Feed ─▶ rendition (filter, numbers, history) ─▶ train ─▶ viewers
//! ```
//!
//! A *rendition* is one way to watch a track: an encoding with a cap on spatial and temporal layers. It drops what lies
//! above its caps and renumbers what remains, once for all its viewers; a viewer adds constants (its offsets) and keeps
//! no packet. Viewers change renditions only where a decoder can follow.
//!
//! Time and randomness are arguments. Nothing here knows sockets, locks or threads, and input never panics.
//!
//! The caller's loop: `handle_*` what came in, then [`Room::flush`] when [`Room::flush_due`] says so, then
//! [`Room::poll_output`] until it is empty, then sleep until the earlier of [`Room::next_timeout`] and
//! [`Room::flush_due`].

mod encoding_ingest;
mod fanout;
mod frame_reader;
mod keyframe_limiter;
mod limits;
mod output;
mod packet;
mod publisher;
mod receive_stream;
mod rendition;
mod rendition_table;
mod resend;
mod room;
mod slot_state;
mod track;
mod train;
mod viewer;
mod voices;

pub use limits::MediaLimits;
pub use output::{Egress, OutPacket, Output, RoomStats};
pub use packet::{
    AudioLevel, ENCODINGS_MAX, Encoding, Feed, FrameInfo, MediaPacket, PACKET_BYTES_MAX, PacketInfo, Publication,
    SPATIAL_MAX, SenderReport, SpatialLayer,
};
pub use room::{AddError, Room};

/// A publisher of a room on this worker; chosen by the worker, small (an index into its peers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublisherKey(pub u32);

/// A viewer of a room on this worker; chosen by the worker, small (an index into its peers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ViewerKey(pub u32);
