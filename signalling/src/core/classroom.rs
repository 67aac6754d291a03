//! A room for the tests: requests as they come over the wire, each decided, applied and checked for what always holds.

use lectern_room_protocol::{Action, Code, Event, Recipient, Reply, Role, Snapshot};
use serde_json::{Value, json};

use super::{Actor, Admission, Applied, Effect, Entry, Refusal, ReplyKind, RoomLimits, RoomState};

/// A room with the people that a test names: `t…` are tutors, `a…` admins, all others students.
pub(super) struct Classroom {
    pub(super) room: RoomState,
    pub(super) now_ms: u64,
}

pub(super) fn actor(id: &str) -> Actor {
    let role = match id.as_bytes()[0] {
        b't' => Role::Tutor,
        b'a' => Role::Admin,
        _ => Role::Student,
    };
    Actor::new(id, &id.to_uppercase(), role, 1_000)
}

impl Classroom {
    pub(super) fn of(people: &[&str]) -> Self {
        Self::within(RoomLimits::default(), people)
    }

    /// A room with other limits. It is ten minutes after the tokens were issued.
    pub(super) fn within(limits: RoomLimits, people: &[&str]) -> Self {
        let mut class = Self { room: RoomState::new(limits), now_ms: 1_600_000 };
        for person in people {
            assert_eq!(class.come(person), Ok(()));
        }
        class
    }

    /// Somebody comes in, or waits (`None`), or may not.
    pub(super) fn come(&mut self, person: &str) -> Result<(), Option<Code>> {
        self.come_as(&actor(person))
    }

    pub(super) fn come_as(&mut self, actor: &Actor) -> Result<(), Option<Code>> {
        match self.room.admission(actor, self.now_ms) {
            Admission::In { role } => assert_eq!(role, self.room.role_of(actor)),
            Admission::New { role, entry } => {
                assert_eq!(role, self.room.role_of(actor));
                self.append(&[entry]);
                assert!(matches!(self.room.admission(actor, self.now_ms), Admission::In { .. }), "once is enough");
            }
            Admission::Wait => return Err(None),
            Admission::Refused(code) => return Err(Some(code)),
        }
        Ok(())
    }

    pub(super) fn append(&mut self, entries: &[Entry]) -> Vec<Applied> {
        entries.iter().map(|entry| self.room.apply(entry)).collect()
    }

    pub(super) fn decide(&mut self, person: &str, request: &Value) -> Result<(Vec<Applied>, Option<Reply>), Refusal> {
        let action: Action = serde_json::from_value(request.clone()).unwrap();
        let first = self.room.seq() + 1;
        let decision = self.room.decide(&actor(person), &action, self.now_ms)?;
        let applied = self.append(&decision.entries);
        assert!(
            applied.iter().all(|one| !one.told.is_empty() || !one.effects.is_empty()),
            "nothing is appended in vain"
        );
        let reply = match decision.reply {
            ReplyKind::Done => None,
            ReplyKind::Made => Some(Reply::Made { seq: first }),
            ReplyKind::Ready(reply) => Some(reply),
        };
        Ok((applied, reply))
    }

    /// Somebody asks; what the entries did, or the code of the refusal.
    pub(super) fn ask(&mut self, person: &str, request: Value) -> Result<Vec<Applied>, Code> {
        self.decide(person, &request).map(|(applied, _)| applied).map_err(|refusal| refusal.code)
    }

    /// Somebody asks for something that is to be done.
    pub(super) fn must(&mut self, person: &str, request: Value) -> Vec<Applied> {
        self.ask(person, request.clone()).unwrap_or_else(|code| panic!("{request}: {code:?}"))
    }

    /// Somebody asks for something to read.
    pub(super) fn reply(&mut self, person: &str, request: Value) -> Reply {
        let (applied, reply) = self.decide(person, &request).unwrap();
        assert!(applied.is_empty());
        reply.unwrap()
    }

    /// Somebody makes something; its number.
    pub(super) fn make(&mut self, person: &str, request: Value) -> Result<u64, Code> {
        match self.decide(person, &request) {
            Ok((_, Some(Reply::Made { seq }))) => Ok(seq),
            Ok(other) => panic!("{request}: {other:?}"),
            Err(refusal) => Err(refusal.code),
        }
    }

    /// Somebody writes to everybody.
    pub(super) fn say(&mut self, person: &str, text: &str) -> Result<u64, Code> {
        self.say_to(person, text, &Recipient::Everyone)
    }

    pub(super) fn say_to(&mut self, person: &str, text: &str, to: &Recipient) -> Result<u64, Code> {
        let key = format!("{}", self.room.seq());
        self.make(person, json!({"type": "chat_send", "text": text, "to": to, "key": key}))
    }

    /// What somebody finds on coming in now.
    pub(super) fn snapshot(&self, person: &str) -> Snapshot {
        self.room.snapshot_for(&actor(person), Vec::new())
    }
}

/// The events that a reader gets.
pub(super) fn events<'a>(applied: &'a [Applied], person: &str, moderator: bool) -> Vec<&'a Event> {
    applied.iter().filter_map(|one| one.event_for(person, moderator)).collect()
}

/// All effects.
pub(super) fn effects(applied: &[Applied]) -> Vec<Effect> {
    applied.iter().flat_map(|one| one.effects.clone()).collect()
}
