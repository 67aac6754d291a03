//! What the room itself costs, without sockets and bus: `cargo run --release -p lectern-signalling --example room_cost`.
//! Prints one JSON object of microseconds. A batch is decided on a clone, as a node does it, encoded, decoded and applied.

use std::hint::black_box;
use std::time::Instant;

use lectern_room_protocol::{Action, PollOpen, PollResults, Recipient, Role};
use lectern_signalling::core::{Actor, Admission, Entry, RoomLimits, RoomState, decode, encode};

const PEOPLE: usize = 5_000;
const BATCH: usize = 50;

fn main() {
    let limits = RoomLimits { chat_person_burst: 100, chat_room_burst: 10_000, ..RoomLimits::default() };
    let mut room = RoomState::new(limits.clone());
    let tutor = Actor::new("tutor", "Tutor", Role::Tutor, 1);
    let students: Vec<Actor> =
        (0..PEOPLE).map(|n| Actor::new(format!("student-{n:05}"), &format!("Student {n}"), Role::Student, 1)).collect();
    let join = per_each(1 + PEOPLE, || {
        for actor in std::iter::once(&tutor).chain(&students) {
            let Admission::New { entry, .. } = room.admission(actor, 1) else { unreachable!("nobody was here") };
            room.apply(&entry);
        }
    });
    let open = Action::PollOpen(PollOpen {
        question: "Which?".into(),
        options: vec!["A".into(), "B".into(), "C".into(), "D".into()],
        multiple: false,
        anonymous: false,
        results: PollResults::Live,
        seconds: None,
        quiz: None,
    });
    let opened = room.decide(&tutor, &open, 1_000).expect("a poll can be opened").entries;
    let poll = room.apply(&opened[0]).seq;
    let vote = per_each(PEOPLE, || {
        let votes = students.iter().enumerate();
        in_batches(&mut room, votes.map(|(n, actor)| (actor, Action::PollVote { poll, options: vec![(n % 4) as u8] })));
    });
    let chat = per_each(PEOPLE, || {
        let said = students.iter().enumerate().map(|(n, actor)| {
            let text = "A sentence as people write it, of some length".to_owned();
            let to = Recipient::Everyone;
            (actor, Action::ChatSend { text, to, reply_to: None, mentions: Vec::new(), key: n.to_string() })
        });
        in_batches(&mut room, said);
    });
    let saved = room.save();
    let save_us = per_each(1, || drop(black_box(room.save())));
    let restore_us = per_each(1, || drop(black_box(RoomState::restore(limits, &saved, room.seq()))));
    let snapshot_us = per_each(1_000, || {
        for actor in &students[..1_000] {
            black_box(room.snapshot_for(actor, Vec::new()));
        }
    });
    println!(
        "{}",
        serde_json::json!({
            "people": PEOPLE, "batch": BATCH, "join_us": join, "vote_us": vote, "chat_us": chat, "snapshot_us": snapshot_us,
            "save_us": save_us, "restore_us": restore_us, "saved_kb": saved.len() / 1_000,
        })
    );
}

/// Decides and applies as a node does: a batch on a clone, which becomes the room when it is committed.
fn in_batches<'a>(room: &mut RoomState, requests: impl Iterator<Item = (&'a Actor, Action)>) {
    let requests: Vec<_> = requests.collect();
    for batch in requests.chunks(BATCH) {
        let mut ahead = room.clone();
        let mut entries: Vec<Entry> = Vec::new();
        for (actor, action) in batch {
            for entry in ahead.decide(actor, action, 2_000).expect("nothing is in the way").entries {
                ahead.apply(&entry);
                entries.push(entry);
            }
        }
        for entry in decode(&encode(&entries)).expect("entries were written") {
            black_box(room.apply(&entry));
        }
    }
}

/// Microseconds for each of `count`.
fn per_each(count: usize, work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    (begin.elapsed().as_secs_f64() * 1e9 / count as f64).round() / 1_000.0
}
