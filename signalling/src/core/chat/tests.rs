use lectern_room_protocol::{ChatMessage, Code, Event, Recipient, Reply, limits};
use serde_json::json;

use super::super::classroom::{Classroom, actor, effects, events};
use super::super::{Audience, Effect, RoomLimits};

fn page(class: &mut Classroom, person: &str, before: Option<u64>, limit: u32) -> (Vec<ChatMessage>, bool) {
    match class.reply(person, json!({"type": "chat_history", "before": before, "limit": limit})) {
        Reply::Chat(page) => (page.messages, page.more),
        other => panic!("{other:?}"),
    }
}

fn ids(messages: &[ChatMessage]) -> Vec<u64> {
    messages.iter().map(|message| message.id).collect()
}

/// A room in which nobody is too fast.
fn patient(limits: RoomLimits, people: &[&str]) -> Classroom {
    Classroom::within(RoomLimits { chat_person_burst: 100_000, chat_room_burst: 100_000, ..limits }, people)
}

#[test]
fn a_message_is_posted_to_everybody_with_what_its_author_wrote() {
    let mut class = Classroom::of(&["t", "s1", "s2"]);
    let question = class.say("s1", "Why?").unwrap();
    let request = json!({"type": "chat_send", "text": " <b>So</b>\u{202e} ", "key": "k", "reply_to": question,
        "mentions": ["s1", "s1", "nobody"]});
    let applied = class.must("s2", request);
    let [Event::ChatPosted { message }] = events(&applied, "s1", false)[..] else { panic!("{applied:?}") };
    assert_eq!(message.text, "<b>So</b>");
    assert_eq!((message.from.id.as_str(), message.from.name.as_str()), ("s2", "S2"));
    assert_eq!((message.reply_to, &message.mentions[..]), (Some(question), &["s1".to_owned()][..]));
    assert_eq!((message.id, message.at_ms), (applied[0].seq, class.now_ms));
    assert_eq!(class.snapshot("s1").chat.last(), Some(message));
}

#[test]
fn a_message_sent_again_is_posted_once() {
    let mut class = Classroom::of(&["t", "s1", "s2"]);
    let request = json!({"type": "chat_send", "text": "a", "key": "same"});
    let first = class.make("s1", request.clone()).unwrap();
    let seq = class.room.seq();
    // Even where a new one would not be.
    class.must("t", json!({"type": "settings_change", "chat_locked": true, "slow_mode_s": 60}));
    assert_eq!(class.make("s1", request.clone()), Ok(first));
    class.must("t", json!({"type": "settings_change", "chat_locked": false, "slow_mode_s": 0}));
    assert_eq!(class.room.seq(), seq + 2);
    // The key is the author's own.
    assert_ne!(class.make("s2", request), Ok(first));
}

#[test]
fn text_key_and_mentions_have_limits() {
    let mut class = patient(RoomLimits::default(), &["s1"]);
    let mut send = |text: &str, key: &str, mentions: usize| {
        class.make("s1", json!({"type": "chat_send", "text": text, "key": key, "mentions": vec!["x"; mentions]}))
    };
    assert!(send(&"ü".repeat(limits::CHAT_TEXT_MAX), "1", limits::MENTIONS_MAX).is_ok());
    assert_eq!(send(&"ü".repeat(limits::CHAT_TEXT_MAX + 1), "2", 0), Err(Code::TooLong));
    // What is taken out does not count.
    assert!(send(&format!("{}\u{200b}\n", "a".repeat(limits::CHAT_TEXT_MAX)), "3", 0).is_ok());
    assert_eq!(send("\u{200b} \u{202e}", "4", 0), Err(Code::BadRequest));
    assert!(send("a", &"k".repeat(limits::KEY_BYTES_MAX), 0).is_ok());
    assert_eq!(send("a", &"k".repeat(limits::KEY_BYTES_MAX + 1), 0), Err(Code::TooLong));
    assert_eq!(send("a", "", 0), Err(Code::BadRequest));
    assert_eq!(send("a", "5", limits::MENTIONS_MAX + 1), Err(Code::TooLong));
}

#[test]
fn a_private_question_is_seen_by_moderators_and_its_author_alone() {
    let mut class = Classroom::of(&["t", "c", "s1", "s2"]);
    let question = class.say_to("s1", "secret", &Recipient::Moderators).unwrap();
    let answer = Recipient::Person { person: "s1".into() };
    assert_eq!(class.say_to("s2", "x", &answer), Err(Code::NotAllowed));
    let nobody = Recipient::Person { person: "nobody".into() };
    assert_eq!(class.say_to("t", "x", &nobody), Err(Code::PersonUnknown));
    let answered = class.say_to("t", "answer", &answer).unwrap();

    for (person, seen) in [("s1", true), ("t", true), ("s2", false), ("c", false)] {
        let both = if seen { vec![question, answered] } else { vec![] };
        assert_eq!(ids(&page(&mut class, person, None, 10).0), both, "{person}");
        assert_eq!(ids(&class.snapshot(person).chat), both, "{person}");
    }
    for change in [
        json!({"type": "chat_edit", "message": question, "text": "b"}),
        json!({"type": "chat_delete", "message": question}),
        json!({"type": "chat_react", "message": question, "emoji": "👍", "on": true}),
        json!({"type": "chat_send", "text": "a", "key": "r", "reply_to": question}),
    ] {
        assert_eq!(class.ask("s2", change), Err(Code::MessageUnknown));
    }
    // Nor is it spread by those who see it.
    assert_eq!(class.ask("t", json!({"type": "chat_pin", "message": question, "on": true})), Err(Code::NotAllowed));
    let react = json!({"type": "chat_react", "message": question, "emoji": "👍", "on": true});
    assert_eq!(class.ask("s1", react), Err(Code::NotAllowed));
    for (person, change) in [
        ("s1", json!({"type": "chat_edit", "message": question, "text": "b"})),
        ("t", json!({"type": "chat_edit", "message": answered, "text": "c"})),
        ("t", json!({"type": "chat_delete", "message": question})),
    ] {
        let applied = class.must(person, change);
        assert_eq!(applied[0].told[0].0, Audience::ModeratorsAnd("s1".into()));
    }
    class.must("t", json!({"type": "co_tutor", "person": "c", "on": true}));
    assert_eq!(ids(&class.snapshot("c").chat), [question, answered]);
}

#[test]
fn one_edits_ones_own_messages_and_no_others() {
    let mut class = Classroom::of(&["t", "s1", "s2"]);
    let message = class.say("s1", "teh").unwrap();
    let edit = |text: &str| json!({"type": "chat_edit", "message": message, "text": text});
    assert_eq!(class.ask("s2", edit("x")), Err(Code::NotAllowed));
    assert_eq!(class.ask("t", edit("x")), Err(Code::NotAllowed));
    assert_eq!(class.ask("s1", edit(" ")), Err(Code::BadRequest));
    assert_eq!(class.must("s1", edit("teh")), []);
    class.now_ms += 7;
    class.must("s1", edit("the"));
    let (messages, _) = page(&mut class, "s2", None, 1);
    assert_eq!((messages[0].text.as_str(), messages[0].edited_at_ms), ("the", Some(class.now_ms)));
    class.must("t", json!({"type": "settings_change", "chat_locked": true}));
    assert_eq!(class.ask("s1", edit("around the lock")), Err(Code::ChatLocked));
    assert_eq!(class.ask("s1", json!({"type": "chat_edit", "message": 99, "text": "x"})), Err(Code::MessageUnknown));
}

#[test]
fn a_deleted_message_leaves_nothing_behind() {
    let mut class = Classroom::of(&["t", "t2", "a", "c", "s1", "s2"]);
    class.must("t", json!({"type": "co_tutor", "person": "c", "on": true}));
    let delete = |message: u64| json!({"type": "chat_delete", "message": message});
    let message = class.say("s1", "oops").unwrap();
    class.must("t", json!({"type": "chat_pin", "message": message, "on": true}));
    class.must("s2", json!({"type": "chat_react", "message": message, "emoji": "👍", "on": true}));
    assert_eq!(class.ask("s2", delete(message)), Err(Code::NotAllowed));
    class.must("c", delete(message));
    assert_eq!(class.must("s1", delete(message)), []);
    let snapshot = class.snapshot("s2");
    assert_eq!(snapshot.pinned, []);
    let left = &snapshot.chat[0];
    assert!(left.deleted && left.text.is_empty() && left.reactions.is_empty() && left.mine.is_empty());
    for request in ["chat_edit", "chat_react", "chat_pin"] {
        let request = json!({"type": request, "message": message, "text": "x", "emoji": "👍", "on": true});
        let who = if request["type"] == "chat_pin" { "t" } else { "s1" };
        assert_eq!(class.ask(who, request), Err(Code::MessageUnknown));
    }
    // The place of the pin is free again.
    assert_eq!(class.room.chat.pins, 0);

    let tutors = class.say("t", "mine").unwrap();
    assert_eq!(class.ask("c", delete(tutors)), Err(Code::PersonProtected));
    assert_eq!(class.ask("t2", delete(tutors)), Err(Code::PersonProtected));
    class.must("a", delete(tutors));
}

#[test]
fn everybody_counts_once_for_an_emoji() {
    let mut class = Classroom::of(&["t", "s1", "s2"]);
    let message = class.say("t", "ok?").unwrap();
    let react = |emoji: &str, on: bool| json!({"type": "chat_react", "message": message, "emoji": emoji, "on": on});
    assert_eq!(effects(&class.must("s1", react("👍", true))), [Effect::ReactionsChanged { message }]);
    assert_eq!(class.must("s1", react("👍", true)), []);
    class.must("s2", react("👍", true));
    class.must("s2", react("🎉", true));
    let counts = |class: &Classroom| serde_json::to_value(class.room.chat_reactions(message)).unwrap();
    assert_eq!(counts(&class), json!({"👍": 2, "🎉": 1}));
    assert_eq!(class.snapshot("s2").chat[0].mine, ["👍", "🎉"]);
    assert_eq!(class.snapshot("s1").chat[0].mine, ["👍"]);
    class.must("s2", react("👍", false));
    class.must("s2", react("🎉", false));
    assert_eq!(class.must("s2", react("🎉", false)), []);
    assert_eq!(counts(&class), json!({"👍": 1}));
    assert_eq!(class.ask("s1", react("<img>", true)), Err(Code::BadRequest));
}

#[test]
fn a_message_has_so_many_emoji_and_no_more() {
    let limits = RoomLimits { emoji_per_message_max: 3, ..RoomLimits::default() };
    let mut class = Classroom::within(limits, &["s1", "s2"]);
    let message = class.say("s1", "a").unwrap();
    let mut react = |person: &str, emoji: &str| {
        class.ask(person, json!({"type": "chat_react", "message": message, "emoji": emoji, "on": true})).map(|_| ())
    };
    for emoji in ["👍", "🎉", "😀"] {
        assert_eq!(react("s1", emoji), Ok(()));
    }
    assert_eq!(react("s1", "🦀"), Err(Code::LimitReached));
    assert_eq!(react("s2", "🎉"), Ok(()));
}

#[test]
fn pins_have_a_limit_and_outlive_what_is_kept() {
    let limits = RoomLimits { pins_max: 2, chat_kept_max: 5, ..RoomLimits::default() };
    let mut class = patient(limits, &["t", "s1"]);
    let said: Vec<u64> = (0..4).map(|_| class.say("s1", "a").unwrap()).collect();
    let pin = |message: u64, on: bool| json!({"type": "chat_pin", "message": message, "on": on});
    class.must("t", pin(said[2], true));
    let applied = class.must("t", pin(said[0], true));
    assert!(matches!(events(&applied, "s1", false)[..], [Event::ChatPinned { message }] if message.pinned));
    assert_eq!(class.must("t", pin(said[0], true)), []);
    assert_eq!(class.ask("t", pin(said[1], true)), Err(Code::PinsFull));
    for _ in 0..5 {
        class.say("s1", "b").unwrap();
    }
    assert_eq!(ids(&class.snapshot("s1").pinned), [said[0], said[2]]);
    let (kept, more) = page(&mut class, "s1", None, 100);
    assert_eq!((kept.len(), more), (5, false));
    assert_eq!(class.ask("t", pin(said[1], true)), Err(Code::MessageUnknown));
    class.must("t", pin(said[0], false));
    class.say("s1", "c").unwrap();
    assert_eq!(ids(&page(&mut class, "s1", None, 100).0)[0], said[2]);
}

#[test]
fn as_many_messages_are_kept_as_the_limit_says() {
    let mut class = patient(RoomLimits { chat_kept_max: 50, ..RoomLimits::default() }, &["s1"]);
    let said: Vec<u64> = (0..50).map(|_| class.say("s1", "a").unwrap()).collect();
    assert_eq!(page(&mut class, "s1", None, 100).0.len(), 50);
    class.say("s1", "a").unwrap();
    assert_eq!(ids(&page(&mut class, "s1", None, 100).0)[0], said[1]);
}

#[test]
fn history_comes_by_page_and_counts_what_the_reader_sees() {
    let mut class = patient(RoomLimits::default(), &["t", "s1", "s2"]);
    let mut public = Vec::new();
    for _ in 0..6 {
        public.push(class.say("s1", "a").unwrap());
        class.say_to("s1", "b", &Recipient::Moderators).unwrap();
    }
    let (newest, more) = page(&mut class, "s2", None, 4);
    assert_eq!((ids(&newest), more), (public[2..].to_vec(), true));
    let (older, more) = page(&mut class, "s2", Some(newest[0].id), 4);
    assert_eq!((ids(&older), more), (public[..2].to_vec(), false));
    assert_eq!(page(&mut class, "s2", Some(0), 4), (vec![], false));
    assert_eq!(page(&mut class, "s2", Some(u64::MAX), 0).0.len(), 1);
    for _ in 0..60 {
        class.say("s1", "c").unwrap();
    }
    assert_eq!(page(&mut class, "t", None, u32::MAX).0.len(), 72);
    let snapshot = class.snapshot("s2");
    assert_eq!((snapshot.chat.len(), snapshot.chat_more), (50, true));
}

#[test]
fn slow_mode_holds_students_back_and_nobody_else() {
    let mut class = Classroom::of(&["t", "c", "s1"]);
    class.must("t", json!({"type": "co_tutor", "person": "c", "on": true}));
    class.must("t", json!({"type": "settings_change", "slow_mode_s": 10}));
    for person in ["t", "t", "c", "c", "s1"] {
        assert!(class.say(person, "a").is_ok());
    }
    class.now_ms += 9_999;
    let refusal = class.decide("s1", &json!({"type": "chat_send", "text": "a", "key": "k"})).unwrap_err();
    assert_eq!((refusal.code, refusal.retry_after_ms), (Code::SlowMode, Some(1)));
    class.now_ms += 1;
    assert!(class.say("s1", "a").is_ok());
    let change = |seconds: u32| json!({"type": "settings_change", "slow_mode_s": seconds});
    assert!(class.ask("t", change(limits::SLOW_MODE_S_MAX)).is_ok());
    assert_eq!(class.ask("t", change(limits::SLOW_MODE_S_MAX + 1)), Err(Code::TooLong));
}

#[test]
fn a_locked_chat_is_for_moderators() {
    let mut class = Classroom::of(&["t", "s1"]);
    class.must("t", json!({"type": "settings_change", "chat_locked": true}));
    assert_eq!(class.say("s1", "a"), Err(Code::ChatLocked));
    assert_eq!(class.say_to("s1", "a", &Recipient::Moderators), Err(Code::ChatLocked));
    assert!(class.say("t", "a").is_ok());
}

#[test]
fn nobody_writes_faster_than_the_pace() {
    let mut class = Classroom::of(&["t", "s1", "s2"]);
    let mine = class.say("s1", "a").unwrap();
    for _ in 1..8 {
        class.say("s1", "a").unwrap();
    }
    let refusal = class.decide("s1", &json!({"type": "chat_send", "text": "a", "key": "k"})).unwrap_err();
    assert_eq!((refusal.code, refusal.retry_after_ms), (Code::RateLimited, Some(1_250)));
    let edit = json!({"type": "chat_edit", "message": mine, "text": "b"});
    assert_eq!(class.ask("s1", edit.clone()), Err(Code::RateLimited));
    assert!(class.say("s2", "a").is_ok());
    class.now_ms += 1_250;
    class.must("s1", edit);
    assert_eq!(class.say("s1", "a"), Err(Code::RateLimited));
}

#[test]
fn all_students_together_do_not_outshout_the_tutor() {
    let limits = RoomLimits { chat_room_burst: 3, chat_room_per_s: 10, ..RoomLimits::default() };
    let mut class = Classroom::within(limits, &["t", "s1", "s2", "s3", "s4"]);
    for person in ["s1", "s2", "s3"] {
        assert!(class.say(person, "a").is_ok());
    }
    assert_eq!(class.say("s4", "a"), Err(Code::RateLimited));
    assert!(class.say("t", "a").is_ok());
    class.now_ms += 100;
    assert!(class.say("s4", "a").is_ok());
    assert_eq!(class.say("s1", "a"), Err(Code::RateLimited));
}

#[test]
fn who_was_a_co_tutor_has_a_students_rights_over_their_answers() {
    let mut class = Classroom::of(&["t", "c", "s1"]);
    class.must("t", json!({"type": "co_tutor", "person": "c", "on": true}));
    let answer = class.say_to("c", "a", &Recipient::Person { person: "s1".into() }).unwrap();
    class.must("t", json!({"type": "co_tutor", "person": "c", "on": false}));
    assert_eq!(class.ask("c", json!({"type": "chat_edit", "message": answer, "text": "b"})), Err(Code::NotAllowed));
    assert_eq!(class.ask("c", json!({"type": "chat_delete", "message": answer})), Err(Code::NotAllowed));
    assert_eq!(class.room.role_of(&actor("c")), lectern_room_protocol::Role::Student);
}
