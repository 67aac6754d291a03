//! A class of people who ask for anything at all, at three nodes: whoever applies the log has the same room, nobody is told
//! what is not for them, nothing is lost between two numbers, and everybody counts once. A failure prints its seed.

use std::collections::{BTreeMap, BTreeSet};

use lectern_room_protocol::{Action, ActionName, ChatMessage, Event, Recipient, Reply, Role};
use lectern_signalling::core::{
    Actor, Admission, Applied, Effect, Entry, EntryKind, ReplyKind, RoomLimits, RoomState, decode, encode,
};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

const SEEDS: u64 = 24;
const STEPS: usize = 1_500;

/// Small lists, so that all of them are full at times.
fn limits() -> RoomLimits {
    RoomLimits {
        chat_kept_max: 50,
        chat_person_burst: 100,
        chat_room_burst: 1_000,
        pins_max: 3,
        emoji_per_message_max: 3,
        hands_max: 5,
        stage_places: 2,
        invitations_max: 3,
        muted_max: 3,
        removed_max: 6,
        co_tutors_max: 2,
        ..RoomLimits::default()
    }
}

/// What one reader has been told, as a client would keep it.
struct Reader {
    actor: Actor,
    seen: u64,
    chat: BTreeSet<u64>,
}

struct Class {
    rng: StdRng,
    now_ms: u64,
    /// Where requests are decided.
    room: RoomState,
    /// Entry by entry.
    follower: RoomState,
    /// By commit, out of its bytes, and restored at times.
    restored: RoomState,
    people: Vec<Reader>,
    /// The votes of the open poll, counted naively.
    votes: BTreeMap<String, Vec<u8>>,
    poll: u64,
    tallies: usize,
}

impl Class {
    fn new(seed: u64) -> Self {
        let role = |number| match number {
            0 | 1 => Role::Tutor,
            2 => Role::Admin,
            _ => Role::Student,
        };
        let people = (0..14).map(|number| Reader {
            actor: Actor::new(format!("p{number}"), &format!("Name {number}"), role(number), 50),
            seen: 0,
            chat: BTreeSet::new(),
        });
        let room = RoomState::new(limits());
        Self {
            rng: StdRng::seed_from_u64(seed),
            now_ms: 100_000,
            follower: room.clone(),
            restored: room.clone(),
            room,
            people: people.collect(),
            votes: BTreeMap::new(),
            poll: 0,
            tallies: 0,
        }
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from.choose(&mut self.rng).unwrap().clone()
    }

    /// A number of a message or poll that may exist.
    fn number(&mut self) -> u64 {
        let seq = self.room.seq();
        seq.saturating_sub(self.rng.random_range(0..60))
    }

    fn action(&mut self) -> Value {
        // Half of what is asked for is what a class is full of. The end is not: nothing would happen after it. And a class
        // of people who were all sent away is an empty one.
        let lively = [ActionName::ChatSend, ActionName::PollVote, ActionName::PollOpen, ActionName::ChatReact];
        let name = if self.rng.random_bool(0.5) { self.pick(&lively) } else { self.pick(&ActionName::ALL) };
        let name = match name {
            ActionName::End => ActionName::ChatSend,
            ActionName::Ban | ActionName::Remove if self.rng.random_bool(0.95) => ActionName::PollVote,
            name => name,
        };
        let person = format!("p{}", self.rng.random_range(0..16));
        let everyone = json!({"kind": "everyone"});
        let to = self.pick(&[
            everyone.clone(),
            everyone,
            json!({"kind": "moderators"}),
            json!({"kind": "person", "person": person}),
        ]);
        let text =
            self.pick(&["hello", " ", "\u{202e}evil", "<script>", "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}"]);
        let number = self.number();
        let poll = if self.rng.random_bool(0.8) { self.poll } else { number };
        let quiz = self.rng.random_bool(0.3).then(|| json!({"correct": [1]}));
        let options = if name == ActionName::PollVote {
            let count = self.rng.random_range(0..3);
            json!((0..count).map(|_| self.rng.random_range(0..5)).collect::<Vec<u8>>())
        } else {
            json!(["a", "b", "c", "d"])
        };
        json!({
            "type": name, "text": text, "to": to, "key": format!("{}", self.rng.random_range(0..200)), "message": number,
            "reply_to": self.rng.random_bool(0.1).then_some(number), "mentions": [&person], "emoji": self.pick(&["👍", "🎉", "x"]),
            "on": self.rng.random_bool(0.6), "limit": self.rng.random_range(0..200), "question": "?", "options": options,
            "multiple": self.rng.random_bool(0.5), "anonymous": self.rng.random_bool(0.2), "poll": poll, "person": &person,
            "results": self.pick(&["live", "closed", "moderators"]), "seconds": quiz.as_ref().map(|_| 30), "quiz": quiz,
            "locked": self.rng.random_bool(0.1), "waiting_room": self.rng.random_bool(0.2), "slow_mode_s": 0,
        })
    }

    fn step(&mut self) {
        self.now_ms += self.rng.random_range(0..2_000);
        let due = self.room.due(self.now_ms);
        self.commit(&due);
        let who = self.rng.random_range(0..self.people.len());
        if self.rng.random_bool(0.01) {
            let gone = format!("p{}", self.rng.random_range(0..14));
            let entries = self.room.absent(&|person| person != gone, self.now_ms);
            self.commit(&entries);
        }
        if self.rng.random_bool(0.02) {
            self.people[who].actor.issued_at_s = self.now_ms / 1_000;
        }
        if !self.come(who) {
            return;
        }
        let request = self.action();
        let action: Action =
            serde_json::from_value(request.clone()).unwrap_or_else(|error| panic!("{request}: {error}"));
        let actor = self.people[who].actor.clone();
        let Ok(decision) = self.room.decide(&actor, &action, self.now_ms) else { return };
        if let ReplyKind::Ready(Reply::Chat(page)) = &decision.reply {
            let moderator = self.room.role_of(&actor).is_moderator();
            assert!(page.messages.iter().all(|message| is_for(message, &actor.id, moderator)));
        }
        self.note_votes(&actor, &action, &decision.entries);
        self.commit(&decision.entries);
        // Decided again, as after an answer that was lost, a vote or message changes nothing more.
        if matches!(action, Action::PollVote { .. } | Action::ChatSend { .. })
            && let Ok(again) = self.room.decide(&actor, &action, self.now_ms)
        {
            assert_eq!(again.entries, []);
        }
    }

    /// Whether somebody is in, after coming in if need be. What they find is what is for them.
    fn come(&mut self, who: usize) -> bool {
        let actor = self.people[who].actor.clone();
        match self.room.admission(&actor, self.now_ms) {
            Admission::In { .. } => {}
            Admission::New { entry, .. } => self.commit(&[entry]),
            Admission::Wait | Admission::Refused(_) => return false,
        }
        let moderator = self.room.role_of(&actor).is_moderator();
        let snapshot = self.room.snapshot_for(&actor, Vec::new());
        assert!(snapshot.chat.iter().chain(&snapshot.pinned).all(|message| is_for(message, &actor.id, moderator)));
        assert!(moderator || (snapshot.hands.is_empty() && snapshot.invitations.is_empty()));
        true
    }

    fn note_votes(&mut self, actor: &Actor, action: &Action, entries: &[Entry]) {
        match action {
            Action::PollVote { options, .. } if !entries.is_empty() => {
                let chosen: BTreeSet<u8> = options.iter().copied().collect();
                self.votes.insert(actor.id.clone(), chosen.into_iter().collect());
            }
            Action::PollOpen(_) if !entries.is_empty() => {
                self.poll = self.room.seq() + 1;
                self.votes.clear();
            }
            _ => {}
        }
    }

    fn commit(&mut self, entries: &[Entry]) {
        if entries.is_empty() {
            return;
        }
        let read = decode(&encode(entries)).unwrap();
        assert_eq!(read, entries);
        for entry in &read {
            // Who is told is who they are when it happens.
            let moderators: Vec<bool> =
                self.people.iter().map(|reader| self.room.role_of(&reader.actor).is_moderator()).collect();
            let applied = self.room.apply(entry);
            assert_eq!(self.follower.apply(entry), applied);
            assert_eq!(self.restored.apply(entry), applied);
            self.tell(entry, &applied, &moderators);
        }
        if self.rng.random_bool(0.05) {
            self.restored = RoomState::restore(limits(), &self.restored.save(), self.restored.seq()).unwrap();
        }
        self.count();
    }

    /// Every reader gets what is for them, and sees no gap.
    fn tell(&mut self, entry: &Entry, applied: &Applied, moderators: &[bool]) {
        for (reader, &moderator) in self.people.iter_mut().zip(moderators) {
            let Some(event) = applied.event_for(&reader.actor.id, moderator) else { continue };
            assert!(applied.prev < applied.seq && reader.seen < applied.seq);
            assert!(reader.seen >= applied.prev, "a gap before {}", applied.seq);
            reader.seen = applied.seq;
            match event {
                Event::ChatPosted { message } => {
                    assert!(is_for(message, &reader.actor.id, moderator));
                    reader.chat.insert(message.id);
                }
                Event::ChatEdited { message, .. } | Event::ChatDeleted { message, .. } => {
                    assert!(moderator || reader.chat.contains(message), "of a message that was not for them");
                }
                Event::HandRaised { hand } => assert!(moderator || hand.person.id == reader.actor.id),
                Event::StageInvited { person } => assert!(moderator || person.id == reader.actor.id),
                Event::Removed { .. } | Event::Unbanned { .. } => assert!(moderator),
                Event::PollClosed { outcome } if moderator => assert!(outcome.tally.is_some()),
                _ => {}
            }
        }
        if matches!(entry.kind, EntryKind::Voted { .. } | EntryKind::ChatReacted { .. } | EntryKind::Joined { .. }) {
            assert!(applied.told.is_empty());
        }
        for effect in &applied.effects {
            if let Effect::PollClosed { poll } = effect {
                assert_eq!(*poll, self.poll);
                self.votes.clear();
            }
        }
    }

    /// The tally is what one gets by counting.
    fn count(&mut self) {
        let Some((poll, tally, _)) = self.room.tally() else { return };
        assert_eq!(poll, self.poll);
        let mut counted = vec![0; tally.votes.len()];
        for option in self.votes.values().flatten() {
            counted[usize::from(*option)] += 1;
        }
        assert_eq!((tally.votes, tally.voters as usize), (counted, self.votes.len()));
        self.tallies += 1;
    }
}

fn is_for(message: &ChatMessage, reader: &str, moderator: bool) -> bool {
    match &message.to {
        Recipient::Everyone => true,
        Recipient::Moderators => moderator || message.from.id == reader,
        Recipient::Person { person } => moderator || person == reader || message.from.id == reader,
    }
}

#[test]
fn replicas_of_one_log_are_one_room() {
    let mut tallies = 0;
    for seed in 0..SEEDS {
        let mut class = Class::new(seed);
        let run = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..STEPS {
                class.step();
            }
            let saved = class.room.save();
            assert_eq!(class.follower.save(), saved);
            assert_eq!(class.restored.save(), saved);
            assert_eq!(RoomState::restore(limits(), &saved, class.room.seq()).unwrap().save(), saved);
            assert!(RoomState::restore(limits(), &saved, class.room.seq() + 1).is_err());
            assert!(class.room.seq() > 200, "a class in which little happened: {}", class.room.seq());
        }));
        assert!(run.is_ok(), "seed {seed}");
        tallies += class.tallies;
    }
    assert!(tallies > 1_000, "only {tallies} tallies were counted");
}

/// Entries out of order, as no node would append them, are numbered and harm nobody.
#[test]
fn a_log_that_makes_no_sense_is_applied_all_the_same() {
    for seed in 0..SEEDS {
        let mut class = Class::new(seed);
        let mut log = Vec::new();
        for _ in 0..300 {
            class.now_ms += 10;
            let who = class.rng.random_range(0..class.people.len());
            let actor = class.people[who].actor.clone();
            if let Admission::New { entry, .. } = class.room.admission(&actor, class.now_ms) {
                class.room.apply(&entry);
                log.push(entry);
            }
            let action: Action = serde_json::from_value(class.action()).unwrap();
            for entry in class.room.decide(&actor, &action, class.now_ms).map_or(Vec::new(), |done| done.entries) {
                class.room.apply(&entry);
                log.push(entry);
            }
        }
        let mut one = RoomState::new(limits());
        let mut other = one.clone();
        for number in 1..=2 * log.len() as u64 {
            let entry = class.pick(&log);
            let applied = one.apply(&entry);
            assert_eq!((applied.seq, &applied), (number, &other.apply(&entry)), "seed {seed}");
        }
        assert_eq!(one.save(), other.save(), "seed {seed}");
        let restored = RoomState::restore(limits(), &one.save(), one.seq()).unwrap();
        assert_eq!(restored.save(), one.save(), "seed {seed}");
    }
}

/// JSON that nobody's client would send is refused, by the reader or by the room.
#[test]
fn requests_of_any_shape_are_answered() {
    let mut class = Class::new(1);
    for who in 0..class.people.len() {
        class.come(who);
    }
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("\u{0}"),
        json!("a".repeat(20_000)),
        json!([]),
        json!([[], {}]),
        json!(vec![255; 300]),
        json!({}),
        json!({"kind": "person"}),
        json!({"correct": [9, 9, 255]}),
        json!(vec!["\u{feff}"; 40]),
        json!(["x", "y"]),
    ];
    let members = [
        "text",
        "to",
        "reply_to",
        "mentions",
        "key",
        "message",
        "emoji",
        "on",
        "before",
        "limit",
        "question",
        "options",
        "multiple",
        "anonymous",
        "results",
        "seconds",
        "quiz",
        "poll",
        "after",
        "person",
        "search",
        "filter",
        "slow_mode_s",
        "locked",
    ];
    let mut asked = 0;
    for _ in 0..20_000 {
        let mut request = class.action();
        for _ in 0..class.rng.random_range(0..4) {
            let member = class.pick(&members);
            request[member] = class.pick(&values);
        }
        let Ok(action) = serde_json::from_value::<Action>(request) else { continue };
        let who = class.rng.random_range(0..class.people.len());
        let actor = class.people[who].actor.clone();
        if let Err(refusal) = class.room.decide(&actor, &action, class.now_ms) {
            assert!(!refusal.message().is_empty());
        }
        asked += 1;
    }
    assert!(asked > 2_000, "only {asked} could be read");
}
