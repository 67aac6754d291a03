//! Who is connected to this node's part of the room, or waits to be let in.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use lectern_platform::bus::PresenceChange;
use lectern_platform::class_bus::PresenceEntry;
use lectern_room_protocol::Role;

use super::fanout::ShardId;
use crate::core::Actor;
use crate::socket::{Socket, SocketId};

/// One socket.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    pub(super) socket: Arc<Socket>,
    pub(super) actor: Arc<Actor>,
    /// Who tells it what happens; nobody while it waits.
    pub(super) shard: Option<ShardId>,
}

/// Somebody with at least one socket.
#[derive(Debug)]
struct Attendee {
    actor: Arc<Actor>,
    /// Oldest first.
    sockets: Vec<SocketId>,
    since_ms: u64,
    is_waiting: bool,
    is_moderator: bool,
}

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct People {
    /// Bounded by `sockets_per_room_max`.
    seats: HashMap<SocketId, Seat>,
    persons: HashMap<String, Attendee>,
    waiting: usize,
    /// Whose presence the bus does not know yet as it is.
    changed: HashSet<String>,
}

impl People {
    /// Takes a socket in, or one that waited; the sockets of this person that are too many now come back, oldest first.
    pub(super) fn enter(&mut self, seat: Seat, role: Role, now_ms: u64, sockets_max: usize) -> Vec<SocketId> {
        let is_waiting = seat.shard.is_none();
        let (socket, actor) = (seat.socket.id, Arc::clone(&seat.actor));
        self.seats.insert(socket, seat);
        let attendee = self.persons.entry(actor.id.clone()).or_insert_with(|| {
            self.waiting += usize::from(is_waiting);
            Attendee {
                actor: Arc::clone(&actor),
                sockets: Vec::new(),
                since_ms: now_ms,
                is_waiting,
                is_moderator: false,
            }
        });
        if attendee.is_waiting && !is_waiting {
            self.waiting -= 1;
            (attendee.is_waiting, attendee.since_ms) = (false, now_ms);
        }
        attendee.is_moderator = role.is_moderator();
        attendee.actor = Arc::clone(&actor);
        if !attendee.sockets.contains(&socket) {
            attendee.sockets.push(socket);
        }
        let too_many = attendee.sockets.len().saturating_sub(sockets_max);
        let replaced = attendee.sockets[..too_many].to_vec();
        self.changed.insert(actor.id.clone());
        replaced
    }

    /// A socket is gone.
    pub(super) fn leave(&mut self, socket: SocketId) -> Option<Seat> {
        let seat = self.seats.remove(&socket)?;
        let person = &seat.actor.id;
        if let Some(attendee) = self.persons.get_mut(person) {
            attendee.sockets.retain(|&one| one != socket);
            if attendee.sockets.is_empty() {
                self.waiting -= usize::from(attendee.is_waiting);
                self.persons.remove(person);
                self.changed.insert(person.clone());
            }
        }
        Some(seat)
    }

    /// Somebody's rights are new.
    pub(super) fn change(&mut self, person: &str, role: Role) {
        if let Some(attendee) = self.persons.get_mut(person) {
            attendee.is_moderator = role.is_moderator();
            self.changed.insert(person.to_owned());
        }
    }

    pub(super) fn seat(&self, socket: SocketId) -> Option<&Seat> {
        self.seats.get(&socket)
    }

    /// How many sockets there are.
    pub(super) fn sockets(&self) -> usize {
        self.seats.len()
    }

    /// Somebody's sockets.
    pub(super) fn seats_of(&self, person: &str) -> Vec<Seat> {
        let sockets = self.persons.get(person).map_or(&[][..], |attendee| &attendee.sockets);
        sockets.iter().filter_map(|socket| self.seats.get(socket)).cloned().collect()
    }

    /// All sockets.
    pub(super) fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.seats.values()
    }

    /// The sockets of those who wait.
    pub(super) fn waiting_seats(&self) -> Vec<Seat> {
        if self.waiting == 0 {
            return Vec::new();
        }
        self.seats.values().filter(|seat| seat.shard.is_none()).cloned().collect()
    }

    /// Whether somebody here has a moderator's rights.
    pub(super) fn is_moderator(&self, person: &str) -> bool {
        self.persons.get(person).is_some_and(|attendee| attendee.is_moderator)
    }

    /// Whether somebody is in the room at this node.
    pub(super) fn is_present(&self, person: &str) -> bool {
        self.persons.get(person).is_some_and(|attendee| !attendee.is_waiting)
    }

    /// The ids of those in the room.
    pub(super) fn present_ids(&self) -> impl Iterator<Item = &str> {
        self.persons.iter().filter(|(_, attendee)| !attendee.is_waiting).map(|(id, _)| id.as_str())
    }

    /// How many people are in the room, and in the waiting room.
    pub(super) fn count(&self) -> (u32, u32) {
        let count = |people: usize| u32::try_from(people).unwrap_or(u32::MAX);
        (count(self.persons.len() - self.waiting), count(self.waiting))
    }

    /// Since when somebody has been here.
    pub(super) fn since_ms(&self, person: &str) -> Option<u64> {
        self.persons.get(person).map(|attendee| attendee.since_ms)
    }

    /// Everybody, as other nodes see them.
    pub(super) fn entries(&self) -> Vec<(String, PresenceEntry)> {
        self.persons.iter().map(|(id, attendee)| (id.clone(), attendee.entry())).collect()
    }

    /// Whether the bus has to be told.
    pub(super) fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// What the bus has to be told; everything if it knows nothing.
    pub(super) fn take_changes(&mut self, everything: bool) -> Vec<PresenceChange> {
        let changed = std::mem::take(&mut self.changed);
        if everything {
            return self.persons.iter().map(|(id, attendee)| (id.clone(), Some(attendee.encoded()))).collect();
        }
        let change = |id: String| {
            let entry = self.persons.get(&id).map(Attendee::encoded);
            (id, entry)
        };
        changed.into_iter().map(change).collect()
    }

    /// Says again what the bus may not have heard.
    pub(super) fn mark_changed(&mut self, ids: impl IntoIterator<Item = String>) {
        self.changed.extend(ids);
    }
}

impl Attendee {
    fn entry(&self) -> PresenceEntry {
        let (name, role) = (self.actor.name.clone(), self.actor.token_role());
        PresenceEntry { name, role, since_ms: self.since_ms, is_waiting: self.is_waiting }
    }

    fn encoded(&self) -> Bytes {
        serde_json::to_vec(&self.entry()).expect("an entry has a form in JSON").into()
    }
}
