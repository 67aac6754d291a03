//! What the threads say to each other. Every queue is bounded; its policy when full stands with it.

use std::net::TcpStream;

use crate::media::Feed;
use crate::session::{
    CloseReason, IceCredentials, LayerSelection, Mid, PublisherSpec, RoomId, SessionId, Source, TrackId, TransportSpec,
    ViewerSpec, WorkerId,
};

/// From the control side, or from another worker, to a worker. Full queue: the sender is refused (`503` at the HTTP edge).
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are what their types say")]
pub enum Command {
    /// A publisher was negotiated. It goes to the room's home worker.
    OpenPublisher { room: RoomId, session: SessionId, transport: TransportSpec, publisher: PublisherSpec },
    /// A viewer was negotiated, on any worker; `home` is the worker of the room's publishers.
    OpenViewer { room: RoomId, session: SessionId, home: WorkerId, transport: TransportSpec, viewer: ViewerSpec },
    /// New ICE credentials for a session (RFC 9725 section 4.3.2); DTLS and SRTP go on.
    RestartIce { session: SessionId, local: IceCredentials, remote: IceCredentials },
    /// A viewer's wish for the slot with this `mid`.
    SelectLayer { session: SessionId, mid: Mid, selection: LayerSelection },
    /// Drop a publisher's sound, or forward it again.
    Mute { session: SessionId, muted: bool },
    /// The source whose sound a viewer is not to hear: its own person on stage.
    LeaveOut { session: SessionId, source: Option<Source> },
    /// End a session.
    Close { session: SessionId, reason: CloseReason },
    /// End a room's part on this worker.
    CloseRoom { room: RoomId, reason: CloseReason },
    /// Between workers: `worker` has viewers of `room` from now on, or no more.
    Subscribe { room: RoomId, worker: WorkerId, subscribed: bool },
    /// Between workers, to the home worker: a viewer needs a keyframe of this layer.
    RequestKeyframe { room: RoomId, track: TrackId, layer: u8 },
    /// An ICE-TCP connection whose first frame named one of this worker's ufrags; `first` holds all bytes read so far.
    AcceptTcp { stream: TcpStream, first: Vec<u8> },
    /// Close every session and end the thread.
    Shutdown,
}

/// From a room's home worker to the workers that have viewers of it. Full queue: the oldest is dropped and counted.
#[derive(Debug, Clone)]
pub struct RoomFeed {
    /// Which room.
    pub room: RoomId,
    /// What happened.
    pub feed: Feed,
}

/// From a worker to the control side. Full queue: the worker keeps the event and tries again; what describes a state
/// (layers, speakers) is replaced by its newer version.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are what their types say")]
pub enum Event {
    /// ICE and DTLS are done; media may flow.
    Connected { session: SessionId },
    /// A session is over; its resources are free.
    Closed { session: SessionId, reason: CloseReason },
    /// A source began to send, or its shape changed.
    Active { room: RoomId, track: TrackId, layers: Vec<LayerInfo> },
    /// A source stopped sending, or its publisher left.
    Inactive { room: RoomId, track: TrackId },
    /// Who speaks now; `None` when nobody does. From every worker with viewers: equal repetitions are dropped by the receiver.
    Speaker { room: RoomId, source: Option<Source> },
    /// The voice slots (by index) of this room are now fed from these sources.
    Voices { room: RoomId, sources: Vec<Source> },
    /// What a viewer's video slot gets now changed; `None`: nothing.
    SlotLayer { session: SessionId, mid: Mid, layer: Option<LayerInfo> },
    /// The room's part on a worker was lost to a panic; its sessions are closed by `Closed` events of their own.
    RoomPanicked { room: RoomId, worker: WorkerId },
}

/// One layer that a publisher sends, for the WHEP `layers` event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerInfo {
    /// Its simulcast `rid`, or `None` for a single stream.
    pub rid: Option<crate::session::Rid>,
    /// 0 the lowest.
    pub spatial: u8,
    /// Temporal layers seen in it, at least 1.
    pub temporal_layers: u8,
    /// Measured, bit/s.
    pub bitrate_bps: u32,
    /// Pixels, where the stream tells.
    pub width: u16,
    /// Pixels, where the stream tells.
    pub height: u16,
}
