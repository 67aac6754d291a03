//! The tables of the control side: rooms, their sessions and their event streams. Pure data; randomness and the workers are
//! elsewhere. Of time it knows when a session was connected, to say at its end how long somebody watched.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::IpAddr;
use std::time::Instant;

use lectern_platform::audit::{AuditEvent, Recorder};
use lectern_platform::media_bus::MediaPolicy;

use crate::session::{CloseReason, IceCredentials, RoomId, SessionId, Source, WorkerId};

use super::admission::Places;
use super::config::Admission;
use super::control::spread;
use super::event_stream::{EventKind, EventStreams, frame};
use super::room_state::{RoomState, ViewerSlot};

/// Sessions that ended without their client's doing, of which is remembered why; the oldest makes room. Enough for all
/// publishers of a node that restart at once to ask.
const ENDED_MAX: usize = 4_096;

/// Which limit a newcomer ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    Rooms,
    Room,
    Publishers,
    Address,
    Node,
    Handshakes,
    /// The queue to the worker.
    Worker,
}

/// How full this node is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Rooms with at least one session.
    pub rooms: usize,
    /// Publishers, connected or not.
    pub publishers: usize,
    /// Viewers, connected or not.
    pub viewers: usize,
    /// Sessions whose ICE and DTLS are not done.
    pub handshakes_pending: usize,
}

/// What a session is for.
#[derive(Debug)]
pub(super) enum Purpose {
    Publish {
        source: Source,
        /// Whether its worker was told to drop the sound.
        muted: bool,
    },
    Watch {
        slots: Vec<ViewerSlot>,
        streams: EventStreams,
        /// What its worker was told to leave out.
        left_out: Option<Source>,
    },
}

/// Whose session it is, from the token.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) id: Box<str>,
    pub(super) token_issued_s: u64,
    /// Counts as audience; who teaches does not, though they listen too.
    pub(super) audience: bool,
}

/// The part of a session's resource that clients deal with.
#[derive(Debug)]
pub(super) struct Resource {
    /// The secret in its URL.
    pub(super) secret: Secret,
    /// The current ICE session, quotes included (RFC 9110 section 8.8.3).
    pub(super) etag: String,
    /// The client's current credentials; others in a `PATCH` restart ICE.
    pub(super) remote: IceCredentials,
    /// See [`crate::sdp::Negotiated::fragment_head`].
    pub(super) fragment_head: Box<str>,
}

/// 128 random bits that name a session towards its client.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Secret(pub(super) u128);

/// One publisher or viewer, from admission to its end.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) room: RoomId,
    pub(super) worker: WorkerId,
    pub(super) person: Person,
    pub(super) purpose: Purpose,
    /// `None` while it is being negotiated.
    pub(super) resource: Option<Resource>,
    address: IpAddr,
    /// When ICE and DTLS were done.
    connected_at: Option<Instant>,
}

/// Where a newcomer goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Admitted {
    pub(super) session: SessionId,
    pub(super) worker: WorkerId,
    /// The worker of the room's publishers.
    pub(super) home: WorkerId,
}

#[derive(Debug)]
pub(super) struct Room {
    pub(super) home: WorkerId,
    pub(super) state: RoomState,
    pub(super) sessions: Vec<SessionId>,
    publishers: usize,
    /// Viewers that are audience.
    pub(super) viewers_connected: usize,
    /// The count that was told last.
    viewers_told: usize,
}

/// Owner of all rooms and sessions of this process. A room exists while it has sessions, a session from
/// [`Registry::admit`] to [`Registry::remove`]; both are bounded by [`Admission`].
#[derive(Debug)]
pub(super) struct Registry {
    pub(super) rooms: HashMap<RoomId, Room>,
    pub(super) sessions: HashMap<SessionId, Session>,
    by_secret: HashMap<Secret, SessionId>,
    /// Oldest first, at most [`ENDED_MAX`].
    ended: VecDeque<(Secret, CloseReason)>,
    places: Places,
    session_next: u64,
    event_next: u64,
    /// Set while the node drains: whoever begins to listen is asked to move, too.
    pub(super) drain_spread_ms: Option<u32>,
    /// What the rooms' service lets happen, of rooms that it told of; kept by [`super::room_link`].
    pub(super) policies: HashMap<RoomId, MediaPolicy>,
    /// Is told who watched, and for how long.
    pub(super) audit: Option<Recorder>,
}

impl Registry {
    pub(super) fn new(workers: usize) -> Self {
        Self {
            rooms: HashMap::new(),
            sessions: HashMap::new(),
            by_secret: HashMap::new(),
            ended: VecDeque::new(),
            places: Places::new(workers),
            session_next: 1,
            event_next: 1,
            drain_spread_ms: None,
            policies: HashMap::new(),
            audit: None,
        }
    }

    /// Takes a place for a newcomer. The room's first session makes the least loaded worker its home; publishers go
    /// home, viewers to the least loaded worker.
    ///
    /// # Errors
    /// The limit that leaves no place; nothing has changed then.
    pub(super) fn admit(
        &mut self,
        name: &RoomId,
        person: Person,
        purpose: Purpose,
        address: IpAddr,
        limits: &Admission,
    ) -> Result<Admitted, Full> {
        let publisher = matches!(purpose, Purpose::Publish { .. });
        self.places.check(address, limits)?;
        match self.rooms.get(name) {
            None if self.rooms.len() >= limits.rooms_max => return Err(Full::Rooms),
            Some(room) if room.sessions.len() >= limits.peers_per_room_max => return Err(Full::Room),
            Some(room) if publisher && room.publishers >= limits.publishers_per_room_max => {
                return Err(Full::Publishers);
            }
            _ => {}
        }
        let least = self.places.least_loaded();
        let room = self.rooms.entry(name.clone()).or_insert_with(|| Room::new(least));
        let worker = if publisher { room.home } else { least };
        let id = SessionId(self.session_next);
        self.session_next += 1;
        room.sessions.push(id);
        room.publishers += usize::from(publisher);
        self.places.take(address, worker, publisher);
        let room_name = name.clone();
        let session =
            Session { id, room: room_name, worker, person, purpose, resource: None, address, connected_at: None };
        let home = room.home;
        self.sessions.insert(id, session);
        Ok(Admitted { session: id, worker, home })
    }

    /// The session was negotiated: it can be found by its secret from now on.
    pub(super) fn establish(&mut self, id: SessionId, resource: Resource, slots: Vec<ViewerSlot>) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        self.by_secret.insert(resource.secret, id);
        session.resource = Some(resource);
        if let Purpose::Watch { slots: empty, .. } = &mut session.purpose {
            *empty = slots;
        }
    }

    /// The session behind a URL.
    pub(super) fn by_secret(&mut self, secret: Secret) -> Option<&mut Session> {
        let id = self.by_secret.get(&secret)?;
        self.sessions.get_mut(id)
    }

    /// Remembers why a session ended, for a client that comes back to it. A publisher has no event stream to be told on.
    pub(super) fn remember_end(&mut self, secret: Secret, reason: CloseReason) {
        if self.ended.len() >= ENDED_MAX {
            self.ended.pop_front();
        }
        self.ended.push_back((secret, reason));
    }

    /// Why the session behind a URL ended, if it did so lately and not by its client's wish.
    pub(super) fn end_of(&self, secret: Secret) -> Option<CloseReason> {
        self.ended.iter().rev().find(|(ended, _)| *ended == secret).map(|(_, reason)| *reason)
    }

    /// ICE and DTLS are done.
    pub(super) fn connected(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id).filter(|session| !session.is_connected()) else { return };
        session.connected_at = Some(Instant::now());
        self.places.connected();
        if session.is_audience()
            && let Some(room) = self.rooms.get_mut(&session.room)
        {
            room.viewers_connected += 1;
        }
    }

    /// Forgets a session, and its room with the last one. Its event streams end when the result is dropped.
    pub(super) fn remove(&mut self, id: SessionId) -> Option<Session> {
        let session = self.sessions.remove(&id)?;
        if let Some(resource) = &session.resource {
            self.by_secret.remove(&resource.secret);
        }
        let publisher = matches!(session.purpose, Purpose::Publish { .. });
        self.places.free(session.address, session.worker, publisher, !session.is_connected());
        if let Some(room) = self.rooms.get_mut(&session.room) {
            room.sessions.retain(|other| *other != id);
            room.publishers -= usize::from(publisher);
            room.viewers_connected -= usize::from(session.is_connected() && session.is_audience());
            if room.sessions.is_empty() {
                self.rooms.remove(&session.room);
            }
        }
        if let Some(audit) = &self.audit
            && let Some(watched) = session.watched()
        {
            audit.record(watched);
        }
        Some(session)
    }

    pub(super) fn stats(&self) -> Stats {
        let publishers: usize = self.rooms.values().map(|room| room.publishers).sum();
        Stats {
            rooms: self.rooms.len(),
            publishers,
            viewers: self.places.peers() - publishers,
            handshakes_pending: self.places.pending(),
        }
    }

    /// Tells an event to everybody in `room` who listens for it; the same bytes for all.
    pub(super) fn broadcast(&mut self, room: &RoomId, kind: EventKind, data: &serde_json::Value) {
        let bytes = frame(kind, self.event_id(), data);
        let Some(room) = self.rooms.get(room) else { return };
        for id in &room.sessions {
            if let Some(Purpose::Watch { streams, .. }) = self.sessions.get_mut(id).map(|session| &mut session.purpose)
            {
                streams.send(kind, &bytes);
            }
        }
    }

    /// Tells each viewer of `room` an event whose data depends on its slots.
    pub(super) fn broadcast_slots(&mut self, name: &RoomId, kinds: &[EventKind]) {
        let Some(room) = self.rooms.get(name) else { return };
        for id in &room.sessions {
            let Some(session) = self.sessions.get_mut(id) else { continue };
            let Purpose::Watch { slots, streams, .. } = &mut session.purpose else { continue };
            for &kind in kinds {
                if !streams.wants(kind) {
                    continue;
                }
                let data = if kind == EventKind::Layers {
                    room.state.layers_json(slots)
                } else {
                    room.state.slots_json(slots)
                };
                streams.send(kind, &frame(kind, self.event_next, &data));
                self.event_next += 1;
            }
        }
    }

    /// Tells rooms whose number of viewers has changed since the last call; to be called once a second (THREATS a).
    pub(super) fn tell_viewer_counts(&mut self) {
        let mut changed = Vec::new();
        for (name, room) in &mut self.rooms {
            if room.viewers_told != room.viewers_connected {
                room.viewers_told = room.viewers_connected;
                changed.push((name.clone(), room.viewers_connected));
            }
        }
        for (name, count) in changed {
            self.broadcast(&name, EventKind::ViewerCount, &viewer_count_json(count));
        }
    }

    /// What a new listener of a viewer's session is told first: the state that later events change.
    pub(super) fn snapshot(&mut self, id: SessionId) -> Vec<(EventKind, bytes::Bytes)> {
        let event_id = self.event_id();
        let Some(session) = self.sessions.get(&id) else { return Vec::new() };
        let (Purpose::Watch { slots, .. }, Some(room)) = (&session.purpose, self.rooms.get(&session.room)) else {
            return Vec::new();
        };
        let mut events = Vec::new();
        // "The WHEP Resource MUST NOT send an initial inactive event."
        if room.state.is_active() {
            events.push((EventKind::Active, room.state.active_json()));
            events.push((EventKind::Layers, room.state.layers_json(slots)));
        }
        events.push((EventKind::Slots, room.state.slots_json(slots)));
        events.push((EventKind::Speaker, room.state.speaker_json()));
        events.push((EventKind::ViewerCount, viewer_count_json(room.viewers_connected)));
        events.extend(self.drain_spread_ms.map(|spread_ms| (EventKind::Reconnect, spread(spread_ms))));
        events.into_iter().map(|(kind, data)| (kind, frame(kind, event_id, &data))).collect()
    }

    pub(super) fn event_id(&mut self) -> u64 {
        self.event_next += 1;
        self.event_next - 1
    }
}

impl Room {
    fn new(home: WorkerId) -> Self {
        let state = RoomState::default();
        Self { home, state, sessions: Vec::new(), publishers: 0, viewers_connected: 0, viewers_told: 0 }
    }
}

impl Session {
    /// A viewer's slots and streams.
    pub(super) fn viewer(&mut self) -> Option<(&mut Vec<ViewerSlot>, &mut EventStreams)> {
        match &mut self.purpose {
            Purpose::Watch { slots, streams, .. } => Some((slots, streams)),
            Purpose::Publish { .. } => None,
        }
    }

    fn is_audience(&self) -> bool {
        self.person.audience && matches!(self.purpose, Purpose::Watch { .. })
    }

    pub(super) fn is_connected(&self) -> bool {
        self.connected_at.is_some()
    }

    /// What the audit trail is told of it when it ends, if it is a viewer's that was connected.
    fn watched(&self) -> Option<AuditEvent> {
        let since = self.connected_at.filter(|_| matches!(self.purpose, Purpose::Watch { .. }))?;
        let mut event = AuditEvent::now("media.watched");
        event.actor = Some(self.person.id.to_string());
        event.room = Some(self.room.0.to_string());
        event.address = Some(self.address);
        event.detail.insert("seconds".to_owned(), since.elapsed().as_secs().into());
        Some(event)
    }
}

fn viewer_count_json(count: usize) -> serde_json::Value {
    serde_json::json!({ "viewercount": count })
}

impl Full {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Rooms => "rooms_full",
            Self::Room => "room_full",
            Self::Publishers => "publishers_full",
            Self::Address => "address_full",
            Self::Node => "node_full",
            Self::Handshakes => "handshakes_full",
            Self::Worker => "worker_busy",
        }
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rooms => "this node has as many rooms as it takes",
            Self::Room => "this room has as many people as it takes",
            Self::Publishers => "this room has as many publishers as it takes",
            Self::Address => "there are as many sessions from this address as may be",
            Self::Node => "this node has as many sessions as it takes",
            Self::Handshakes => "too many are joining at this moment",
            Self::Worker => "this node is busy at this moment",
        })
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// It is a key to the session, so it stays out of logs.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl std::str::FromStr for Secret {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if hex { u128::from_str_radix(text, 16).map(Secret).map_err(|_| ()) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V4: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::BROADCAST);

    fn room(name: &str) -> RoomId {
        RoomId(name.into())
    }

    fn watch() -> Purpose {
        Purpose::Watch { slots: Vec::new(), streams: EventStreams::default(), left_out: None }
    }

    fn publish() -> Purpose {
        Purpose::Publish { source: Source::Camera, muted: false }
    }

    fn student() -> Person {
        Person { id: "ada".into(), token_issued_s: 0, audience: true }
    }

    #[test]
    fn each_limit_of_admission_holds_at_its_value_and_one_past_it() {
        let wide = Admission::default();
        let cases = [
            (Admission { rooms_max: 2, ..wide.clone() }, [("a", V4), ("b", V4), ("c", V4)], Full::Rooms),
            (Admission { peers_per_room_max: 2, ..wide.clone() }, [("a", V4), ("a", V4), ("a", V4)], Full::Room),
            (Admission { peers_per_address_max: 2, ..wide.clone() }, [("a", V4), ("b", V4), ("c", V4)], Full::Address),
            (Admission { peers_max: 2, ..wide.clone() }, [("a", V4), ("b", OTHER), ("c", V4)], Full::Node),
            (Admission { handshakes_pending_max: 2, ..wide }, [("a", V4), ("b", OTHER), ("c", V4)], Full::Handshakes),
        ];
        for (limits, [first, second, third], full) in cases {
            let mut registry = Registry::new(2);
            let mut admit = |(name, address)| registry.admit(&room(name), student(), watch(), address, &limits);
            let first = admit(first).unwrap();
            admit(second).unwrap();
            assert_eq!(admit(third).unwrap_err(), full);
            registry.remove(first.session);
            registry.admit(&room(third.0), student(), watch(), third.1, &limits).unwrap();
        }
        let limits = Admission { publishers_per_room_max: 1, ..Admission::default() };
        let mut registry = Registry::new(1);
        registry.admit(&room("a"), student(), publish(), V4, &limits).unwrap();
        let refused = registry.admit(&room("a"), student(), publish(), V4, &limits);
        assert_eq!(refused.unwrap_err(), Full::Publishers);
        registry.admit(&room("a"), student(), watch(), V4, &limits).unwrap();
    }

    #[test]
    fn a_connected_session_is_not_pending_and_nothing_is_left_behind() {
        let limits = Admission { handshakes_pending_max: 1, ..Admission::default() };
        let mut registry = Registry::new(1);
        let first = registry.admit(&room("a"), student(), watch(), V4, &limits).unwrap().session;
        assert_eq!(registry.admit(&room("a"), student(), watch(), V4, &limits).unwrap_err(), Full::Handshakes);
        registry.connected(first);
        registry.connected(first);
        let second = registry.admit(&room("a"), student(), watch(), V4, &limits).unwrap().session;
        assert_eq!(registry.stats(), Stats { rooms: 1, publishers: 0, viewers: 2, handshakes_pending: 1 });
        assert!(registry.remove(second).is_some() && registry.remove(second).is_none());
        registry.remove(first);
        assert_eq!(registry.stats(), Stats::default());
        assert!(registry.rooms.is_empty() && registry.sessions.is_empty());
    }

    #[test]
    fn viewers_spread_over_workers_and_publishers_go_home() {
        let limits = Admission::default();
        let mut registry = Registry::new(2);
        let publisher = registry.admit(&room("a"), student(), publish(), V4, &limits).unwrap();
        assert_eq!(publisher.worker, publisher.home);
        let viewers: Vec<_> =
            (0..20).map(|_| registry.admit(&room("a"), student(), watch(), V4, &limits).unwrap()).collect();
        assert!(viewers.iter().all(|viewer| viewer.home == publisher.home));
        let at_home = viewers.iter().filter(|viewer| viewer.worker == publisher.home).count();
        assert_eq!(at_home, 6, "the publisher weighs eight viewers");
        let screen = registry.admit(&room("a"), student(), publish(), V4, &limits).unwrap();
        assert_eq!(screen.worker, publisher.home);
        let other = registry.admit(&room("b"), student(), publish(), V4, &limits).unwrap();
        assert_ne!(other.home, publisher.home, "the home of a new room is the least loaded worker");
    }

    #[test]
    fn secrets_are_32_hexadecimal_digits() {
        let secret = Secret(0x00ff);
        assert_eq!(secret.to_string().parse(), Ok(secret));
        for bad in ["", "ff", &"g".repeat(32), &"+".repeat(32), &"0".repeat(33)] {
            assert_eq!(bad.parse::<Secret>(), Err(()), "{bad}");
        }
    }
}
