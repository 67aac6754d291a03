//! What participants write into a room: each line of the input is one message of somebody's WebSocket.
//!
//! `t{"id":1,"type":"end"}` is what `t` writes; `+a` is a coming in, `-a` a going away, `@250` a quarter of a second.
//! `t…` is a tutor, `a…` an admin, all others are students, as many as there are letters.

use std::collections::BTreeSet;

use lectern_room_protocol::{Request, Role};
use lectern_signalling::core::{Actor, Admission, Entry, RoomLimits, RoomState, decode, encode};

/// Tokens were issued at the second 1,000.
const ISSUED_S: u64 = 1_000;
/// A line longer than a frame may be does not reach the room.
const LINE_MAX: usize = 32_768;

pub(crate) fn run(bytes: &[u8]) {
    let limits = RoomLimits { members_max: 100, chat_kept_max: 50, ..RoomLimits::default() };
    let mut class = Class {
        room: RoomState::new(limits.clone()),
        replica: RoomState::new(limits.clone()),
        limits,
        here: BTreeSet::new(),
        now_ms: 2_000_000,
    };
    // Nodes read what is under a room's keys, whoever wrote it.
    let _ = decode(bytes);
    let _ = RoomState::restore(class.limits.clone(), bytes, 1);
    for line in String::from_utf8_lossy(bytes).lines().filter(|line| line.len() <= LINE_MAX) {
        class.hear(line);
    }
    class.is_sound();
}

struct Class {
    limits: RoomLimits,
    room: RoomState,
    /// Another node's, which reads the log alone.
    replica: RoomState,
    here: BTreeSet<String>,
    now_ms: u64,
}

impl Class {
    fn hear(&mut self, line: &str) {
        let mut rest = line.chars();
        match rest.next() {
            Some('+') => rest.next().into_iter().for_each(|id| self.come(&actor(id))),
            Some('-') => self.go(rest.as_str()),
            Some('@') => {
                self.now_ms += u64::from(rest.as_str().parse::<u16>().unwrap_or(0));
                self.append(&self.room.due(self.now_ms));
            }
            Some(id) => self.ask(&actor(id), rest.as_str()),
            None => {}
        }
    }

    fn come(&mut self, actor: &Actor) {
        self.append(Vec::from_iter(self.room.reopening(actor, self.now_ms)).as_slice());
        match self.room.admission(actor, self.now_ms) {
            Admission::New { entry, .. } => self.append(&[entry]),
            Admission::In { .. } => {}
            Admission::Wait | Admission::Refused(_) => return,
        }
        self.here.insert(actor.id.clone());
        let snapshot = self.room.snapshot_for(actor, Vec::new());
        assert!(actor.role >= Role::Tutor || snapshot.hands.is_empty() || self.room.role_of(actor).is_moderator());
        serde_json::to_string(&snapshot).expect("a snapshot has a form in JSON");
    }

    fn go(&mut self, person: &str) {
        self.here.remove(person);
        self.append(&self.room.absent(&|person| self.here.contains(person), self.now_ms));
        assert_eq!(self.room.absent(&|person| self.here.contains(person), self.now_ms), [], "once is enough");
    }

    fn ask(&mut self, actor: &Actor, text: &str) {
        let Ok(request) = serde_json::from_str::<Request>(text) else { return };
        let Ok(decision) = self.room.decide(actor, &request.action, self.now_ms) else { return };
        self.append(&decision.entries);
    }

    /// Every node that reads the log comes to the same room, and tells the same.
    fn append(&mut self, entries: &[Entry]) {
        let read = decode(&encode(entries)).expect("own entries are well formed");
        assert_eq!(read, entries);
        for entry in entries {
            assert_eq!(self.room.apply(entry), self.replica.apply(entry));
        }
    }

    fn is_sound(&self) {
        let saved = self.room.save();
        assert_eq!(saved, self.replica.save());
        let restored = RoomState::restore(self.limits.clone(), &saved, self.room.seq()).expect("own rooms are read");
        assert_eq!(restored.save(), saved);
        let policy = self.room.media_policy("e");
        assert!(policy.stage.len() <= usize::from(self.limits.stage_places));
    }
}

fn actor(id: char) -> Actor {
    let role = match id {
        't' => Role::Tutor,
        'a' => Role::Admin,
        _ => Role::Student,
    };
    Actor::new(id, &format!("\u{202e}{id}\u{200b}"), role, ISSUED_S)
}
