use lectern_room_protocol::{Code, Event, Notice, PollOutcome, Reply, limits};
use serde_json::{Value, json};

use super::super::classroom::{Classroom, effects, events};
use super::super::{Audience, Effect};

fn open(more: &Value) -> Value {
    let mut request = json!({"type": "poll_open", "question": "Which?", "options": ["A", "B", "C"]});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

fn vote(poll: u64, options: &[u8]) -> Value {
    json!({"type": "poll_vote", "poll": poll, "options": options})
}

fn close(class: &mut Classroom, poll: u64) -> [PollOutcome; 2] {
    let applied = class.must("t", json!({"type": "poll_close", "poll": poll}));
    assert_eq!(effects(&applied), [Effect::PollClosed { poll }]);
    [true, false].map(|moderator| match events(&applied, "x", moderator)[..] {
        [Event::PollClosed { outcome }] => outcome.clone(),
        ref other => panic!("{other:?}"),
    })
}

fn votes(class: &Classroom) -> Vec<u32> {
    class.room.tally().unwrap().1.votes
}

#[test]
fn everybody_counts_once_and_may_change_their_mind() {
    let mut class = Classroom::of(&["t", "s1", "s2"]);
    let poll = class.make("t", open(&json!({}))).unwrap();
    assert_eq!(effects(&class.must("s1", vote(poll, &[0]))), [Effect::TallyChanged]);
    class.must("s2", vote(poll, &[0]));
    assert_eq!(votes(&class), [2, 0, 0]);
    class.must("s1", vote(poll, &[2]));
    assert_eq!(class.must("s1", vote(poll, &[2])), []);
    assert_eq!(votes(&class), [1, 0, 1]);
    assert_eq!(class.snapshot("s1").poll.unwrap().mine, Some(vec![2]));
    assert_eq!(class.ask("t", vote(poll, &[0])), Err(Code::NotAllowed));
    for wrong in [&[][..], &[3], &[255], &[0, 1]] {
        assert_eq!(class.ask("s1", vote(poll, wrong)), Err(Code::ChoiceInvalid));
    }
    assert_eq!(class.ask("s1", vote(poll + 1, &[0])), Err(Code::PollClosed));
    let [_, outcome] = close(&mut class, poll);
    let tally = outcome.tally.unwrap();
    assert_eq!((tally.votes, tally.voters), (vec![1, 0, 1], 2));
    assert_eq!(class.ask("s1", vote(poll, &[0])), Err(Code::PollClosed));
    assert_eq!(class.ask("t", json!({"type": "poll_close", "poll": poll})), Err(Code::PollClosed));
}

#[test]
fn several_choices_count_each() {
    let mut class = Classroom::of(&["t", "s1", "s2"]);
    let poll = class.make("t", open(&json!({"multiple": true}))).unwrap();
    class.must("s1", vote(poll, &[0, 2, 2]));
    class.must("s2", vote(poll, &[2]));
    assert_eq!(votes(&class), [1, 0, 2]);
    class.must("s1", vote(poll, &[1]));
    let (_, tally, _) = class.room.tally().unwrap();
    assert_eq!((tally.votes, tally.voters), (vec![0, 1, 1], 2));
}

#[test]
fn who_sees_the_tally_is_as_the_poll_says() {
    // (results, quiz), then who sees it: student while open, student once closed. Moderators always do.
    let cases = [
        (json!({"results": "live"}), true, true),
        (json!({"results": "closed"}), false, true),
        (json!({"results": "moderators"}), false, false),
        (json!({"results": "live", "seconds": 10, "quiz": {"correct": [1]}}), false, true),
        (json!({"results": "moderators", "seconds": 10, "quiz": {"correct": [1]}}), false, true),
    ];
    for (poll, seen_open, seen_closed) in cases {
        let mut class = Classroom::of(&["t", "s1"]);
        let id = class.make("t", open(&poll)).unwrap();
        class.must("s1", vote(id, &[1]));
        let (_, _, audience) = class.room.tally().unwrap();
        assert_eq!(audience, if seen_open { Audience::Everyone } else { Audience::Moderators }, "{poll}");
        assert_eq!(class.snapshot("s1").poll.unwrap().tally.is_some(), seen_open, "{poll}");
        assert!(class.snapshot("t").poll.unwrap().tally.is_some());
        let [moderators, others] = close(&mut class, id);
        assert_eq!((moderators.tally.is_some(), others.tally.is_some()), (true, seen_closed), "{poll}");
        assert_eq!(class.snapshot("s1").outcome, Some(others));
        assert_eq!(class.snapshot("t").outcome, Some(moderators));
        assert_eq!(class.snapshot("s1").poll, None);
    }
}

#[test]
fn a_poll_that_makes_no_sense_is_not_opened() {
    let mut class = Classroom::of(&["t", "s1"]);
    let options = |count: usize| json!({"options": (0..count).map(|n| n.to_string()).collect::<Vec<_>>()});
    let question = |chars: usize| json!({"question": "ü".repeat(chars)});
    let option = |chars: usize| json!({"options": ["a", "ü".repeat(chars)]});
    let seconds = |seconds: u32| json!({"seconds": seconds});
    let quiz = |correct: &[u8]| json!({"seconds": 5, "quiz": {"correct": correct}});
    let good = [
        options(limits::OPTIONS_MIN),
        options(limits::OPTIONS_MAX),
        question(limits::QUESTION_MAX),
        option(limits::OPTION_MAX),
        seconds(1),
        seconds(limits::POLL_SECONDS_MAX),
        quiz(&[2]),
    ];
    for poll in good {
        let id = class.make("t", open(&poll)).unwrap_or_else(|code| panic!("{poll}: {code:?}"));
        assert_eq!(class.make("t", open(&poll)), Err(Code::PollOpenAlready));
        close(&mut class, id);
    }
    let bad = [
        (options(limits::OPTIONS_MIN - 1), Code::BadRequest),
        (options(limits::OPTIONS_MAX + 1), Code::TooLong),
        (question(0), Code::BadRequest),
        (question(limits::QUESTION_MAX + 1), Code::TooLong),
        (option(0), Code::BadRequest),
        (option(limits::OPTION_MAX + 1), Code::TooLong),
        (json!({"options": ["a", " a\u{200b}"]}), Code::BadRequest),
        (seconds(0), Code::BadRequest),
        (seconds(limits::POLL_SECONDS_MAX + 1), Code::TooLong),
        (quiz(&[]), Code::BadRequest),
        (quiz(&[3]), Code::BadRequest),
        (quiz(&[0, 1]), Code::BadRequest),
        (json!({"quiz": {"correct": [0]}}), Code::BadRequest),
        (json!({"quiz": {"correct": [0]}, "seconds": 5, "anonymous": true}), Code::BadRequest),
    ];
    for (poll, code) in bad {
        assert_eq!(class.make("t", open(&poll)), Err(code), "{poll}");
    }
    assert_eq!(class.make("s1", open(&json!({}))), Err(Code::NotAllowed));
}

#[test]
fn a_timed_poll_ends_by_itself_once() {
    let mut class = Classroom::of(&["t", "s1", "s2"]);
    let poll = class.make("t", open(&json!({"seconds": 10}))).unwrap();
    let ends_ms = class.now_ms + 10_000;
    assert_eq!(class.room.next_due_ms(), Some(ends_ms));
    assert_eq!(class.room.due(ends_ms - 1), []);
    class.now_ms = ends_ms - 1;
    class.must("s1", vote(poll, &[0]));
    class.now_ms = ends_ms;
    assert_eq!(class.ask("s2", vote(poll, &[0])), Err(Code::PollClosed));
    let due = class.room.due(ends_ms + 300);
    let applied = class.append(&due);
    let [Event::PollClosed { outcome }] = events(&applied, "s1", false)[..] else { panic!("{applied:?}") };
    assert_eq!((outcome.closed_at_ms, outcome.tally.as_ref().unwrap().voters), (ends_ms, 1));
    assert_eq!(class.room.next_due_ms(), None);
    // Another node found the same.
    let again = class.append(&due);
    assert!(again[0].told.is_empty() && again[0].effects.is_empty());
}

#[test]
fn voters_of_a_named_poll_come_by_page_and_of_an_anonymous_one_never() {
    let students: Vec<String> = (0..7).map(|n| format!("s{n}")).collect();
    let mut people: Vec<&str> = students.iter().map(String::as_str).collect();
    people.push("t");
    let mut class = Classroom::of(&people);
    let poll = class.make("t", open(&json!({}))).unwrap();
    for student in students.iter().rev() {
        class.must(student, vote(poll, &[1]));
    }
    let request = |after: Option<String>| json!({"type": "poll_voters", "poll": poll, "after": after, "limit": 3});
    assert_eq!(class.ask("s0", request(None)), Err(Code::NotAllowed));
    for _ in ["open", "closed"] {
        let (mut found, mut pages, mut after) = (Vec::new(), 0, None);
        loop {
            let Reply::Voters(page) = class.reply("t", request(after)) else { panic!("no page") };
            pages += 1;
            found.extend(page.voters.into_iter().map(|voter| (voter.person.name, voter.options)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let all: Vec<_> = students.iter().map(|student| (student.to_uppercase(), vec![1])).collect();
        assert_eq!((found, pages), (all, 3));
        let _ = class.ask("t", json!({"type": "poll_close", "poll": poll}));
    }
    let anonymous = class.make("t", open(&json!({"anonymous": true}))).unwrap();
    class.must("s1", vote(anonymous, &[1]));
    let request = json!({"type": "poll_voters", "poll": anonymous, "limit": 3});
    assert_eq!(class.ask("t", request.clone()), Err(Code::PollAnonymous));
    close(&mut class, anonymous);
    assert_eq!(class.ask("t", request), Err(Code::PollAnonymous));
    // Once it is closed nobody knows who chose what.
    assert_eq!(class.room.outcome.as_ref().unwrap().votes.len(), 0);
    assert_eq!(class.ask("t", json!({"type": "poll_voters", "poll": poll, "limit": 3})), Err(Code::PollClosed));
}

#[test]
fn a_quiz_gives_points_for_speed_and_ranks_are_shared() {
    let mut class = Classroom::of(&["t", "s1", "s2", "s3", "s4", "s5"]);
    let question = open(&json!({"seconds": 10, "quiz": {"correct": [1]}}));
    let first = class.make("t", question.clone()).unwrap();
    class.must("s1", vote(first, &[1]));
    assert_eq!(class.ask("s1", vote(first, &[0])), Err(Code::AnsweredAlready));
    assert_eq!(class.must("s1", vote(first, &[1])), []);
    class.now_ms += 5_000;
    class.must("s2", vote(first, &[1]));
    class.must("s3", vote(first, &[1]));
    class.must("s4", vote(first, &[0]));
    assert_eq!(class.room.quiz_score("s1", first), None);
    let [_, outcome] = close(&mut class, first);
    let lines: Vec<_> =
        outcome.leaders.iter().map(|leader| (leader.rank, leader.person.id.as_str(), leader.points)).collect();
    assert_eq!(lines, [(1, "s1", 1_000), (2, "s2", 750), (2, "s3", 750)]);
    assert_eq!(outcome.correct, Some(vec![1]));

    let score = |class: &Classroom, person: &str| match class.room.quiz_score(person, first).unwrap() {
        Notice::QuizScore { correct, points, total, .. } => (correct, points, total.map(|total| total.rank)),
        other => panic!("{other:?}"),
    };
    assert_eq!(score(&class, "s2"), (Some(true), 750, Some(2)));
    assert_eq!(score(&class, "s4"), (Some(false), 0, None));
    assert_eq!(score(&class, "s5"), (None, 0, None));

    let second = class.make("t", question).unwrap();
    class.must("s4", vote(second, &[1]));
    class.must("s2", vote(second, &[1]));
    close(&mut class, second);
    assert_eq!(class.room.quiz_score("s1", first), None);
    let board =
        |class: &mut Classroom, person: &str| match class.reply(person, json!({"type": "leaderboard", "limit": 2})) {
            Reply::Leaders { leaders, mine } => {
                (leaders.iter().map(|leader| leader.person.id.clone()).collect::<Vec<_>>(), mine.map(|mine| mine.rank))
            }
            other => panic!("{other:?}"),
        };
    assert_eq!(board(&mut class, "s3"), (vec!["s2".into(), "s1".into()], Some(4)));
    assert_eq!(board(&mut class, "s4").1, Some(2));
    let applied = class.must("t", json!({"type": "quiz_reset"}));
    assert_eq!(events(&applied, "s1", false), [&Event::QuizReset]);
    assert_eq!(board(&mut class, "s1"), (vec![], None));
    assert_eq!(class.snapshot("s1").outcome.unwrap().leaders, []);
}

#[test]
fn a_poll_is_no_question_of_the_quiz() {
    let mut class = Classroom::of(&["t", "s1"]);
    let poll = class.make("t", open(&json!({}))).unwrap();
    class.must("s1", vote(poll, &[1]));
    let [_, outcome] = close(&mut class, poll);
    assert_eq!((outcome.correct, outcome.leaders.len()), (None, 0));
    assert_eq!(class.room.quiz_score("s1", poll), None);
}
