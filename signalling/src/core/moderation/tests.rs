use lectern_room_protocol::{Code, Event, Role};
use serde_json::{Value, json};

use super::super::Effect;
use super::super::classroom::{Classroom, actor, effects, events};
use super::super::{Actor, Admission, Audience, RoomLimits};

fn on(request: &str, person: &str) -> Value {
    json!({"type": request, "person": person, "on": true})
}

fn off(request: &str, person: &str) -> Value {
    json!({"type": request, "person": person, "on": false})
}

/// Somebody with a token that was issued later.
fn renewed(person: &str, issued_at_s: u64) -> Actor {
    Actor { issued_at_s, ..actor(person) }
}

/// Two tutors, an admin, a co-tutor and students.
fn school() -> Classroom {
    let mut class = Classroom::of(&["t", "t2", "a", "a2", "c", "c2", "s1", "s2"]);
    class.must("t", on("co_tutor", "c"));
    class.must("t", on("co_tutor", "c2"));
    class
}

#[test]
fn settings_change_one_by_one_and_everybody_is_told_all_of_them() {
    let mut class = Classroom::of(&["t", "s1"]);
    class.must("t", json!({"type": "settings_change", "locked": true}));
    let applied = class.must("t", json!({"type": "settings_change", "slow_mode_s": 5}));
    let [Event::SettingsChanged { settings, by }] = events(&applied, "s1", false)[..] else { panic!("{applied:?}") };
    assert_eq!((settings.locked, settings.slow_mode_s, settings.chat_locked, by.as_str()), (true, 5, false, "t"));
    assert_eq!(class.must("t", json!({"type": "settings_change", "slow_mode_s": 5})), []);
    assert_eq!(class.must("t", json!({"type": "settings_change"})), []);
}

#[test]
fn tutors_and_admins_are_safe_from_those_who_do_not_moderate_them() {
    let safe = [("c", "c2"), ("c", "t"), ("c", "a"), ("t", "t2"), ("t", "a"), ("t", "t")];
    let theirs = [("c", "s1"), ("t", "s1"), ("t", "c"), ("a", "c"), ("a", "t"), ("a", "a2")];
    for request in ["mute", "remove", "ban"] {
        for (who, whom) in safe {
            assert_eq!(school().ask(who, on(request, whom)), Err(Code::PersonProtected), "{who} {request} {whom}");
        }
        for (who, whom) in theirs {
            assert!(school().ask(who, on(request, whom)).is_ok(), "{who} {request} {whom}");
        }
    }
    let mut class = school();
    class.must("t", json!({"type": "stage_invite", "person": "t2"}));
    class.must("t2", json!({"type": "stage_accept"}));
    assert_eq!(class.ask("c", on("stage_remove", "t2")), Err(Code::PersonProtected));
    class.must("t2", on("stage_remove", "t2"));
    // Nobody sends themselves away.
    assert_eq!(class.ask("a", on("remove", "a")), Err(Code::PersonProtected));
    assert_eq!(class.ask("a", on("ban", "a")), Err(Code::PersonProtected));
}

#[test]
fn who_is_muted_is_dropped_until_a_moderator_says_otherwise() {
    let mut class = Classroom::of(&["t", "s1"]);
    let applied = class.must("t", on("mute", "s1"));
    assert_eq!(effects(&applied), [Effect::PolicyChanged]);
    assert_eq!(events(&applied, "s1", false), [&Event::Muted { person: "s1".into(), on: true }]);
    assert_eq!(class.must("t", on("mute", "s1")), []);
    assert_eq!(class.room.media_policy("e").muted, ["s1"]);
    assert!(class.room.is_muted("s1"));
    assert_eq!(class.ask("s1", off("mute", "s1")), Err(Code::NotAllowed));
    assert_eq!(class.ask("t", on("mute", "nobody")), Err(Code::PersonUnknown));
    class.must("t", off("mute", "s1"));
    assert_eq!(class.snapshot("s1").muted, [""; 0]);
}

#[test]
fn who_was_removed_needs_a_newer_token() {
    let mut class = Classroom::of(&["t", "s1", "s2"]);
    class.must("s1", json!({"type": "hand_raise"}));
    class.must("t", json!({"type": "stage_invite", "person": "s1"}));
    class.must("s1", json!({"type": "stage_accept"}));
    class.must("s1", json!({"type": "hand_raise"}));
    let applied = class.must("t", on("remove", "s1"));
    assert!(effects(&applied).contains(&Effect::Disconnect { person: "s1".into(), code: Code::Removed }));
    assert!(effects(&applied).contains(&Effect::PolicyChanged));
    // Students learn that the place is free, and no more.
    assert!(matches!(events(&applied, "s2", false)[..], [Event::StageLeft { .. }]));
    assert_eq!(events(&applied, "t", true).len(), 3);
    let removed_s = class.now_ms / 1_000;
    assert_eq!(class.room.media_policy("e").removed.into_iter().collect::<Vec<_>>(), [("s1".into(), removed_s)]);
    assert_eq!(class.come("s1"), Err(Some(Code::Removed)));
    assert_eq!(class.come_as(&renewed("s1", removed_s)), Err(Some(Code::Removed)));
    assert_eq!(class.ask("s1", json!({"type": "ping"})), Err(Code::Removed));
    // Past the lock they come no more.
    class.must("t", json!({"type": "settings_change", "locked": true}));
    assert_eq!(class.come_as(&renewed("s1", removed_s + 1)), Err(Some(Code::RoomLocked)));
    class.must("t", json!({"type": "settings_change", "locked": false}));
    assert_eq!(class.come_as(&renewed("s1", removed_s + 1)), Ok(()));
    assert_eq!(class.come("s1"), Err(Some(Code::Removed)));
}

#[test]
fn a_token_from_the_future_is_removed_too() {
    let mut class = Classroom::of(&["t"]);
    let ahead_s = class.now_ms / 1_000 + 25;
    class.come_as(&renewed("s1", ahead_s)).unwrap();
    class.must("t", on("remove", "s1"));
    assert_eq!(class.come_as(&renewed("s1", ahead_s)), Err(Some(Code::Removed)));
}

#[test]
fn who_is_banned_stays_out_whatever_the_token() {
    let mut class = school();
    let applied = class.must("t", on("ban", "s1"));
    assert!(effects(&applied).contains(&Effect::Disconnect { person: "s1".into(), code: Code::Banned }));
    assert!(matches!(events(&applied, "c", true)[..], [Event::Removed { ban: true, .. }]));
    assert!(events(&applied, "s2", false).is_empty());
    assert_eq!(class.must("t", on("ban", "s1")), []);
    assert_eq!(class.come_as(&renewed("s1", u64::MAX)), Err(Some(Code::Banned)));
    assert_eq!(class.room.admit(&actor("s1"), 0), Admission::Refused(Code::Banned));
    assert_eq!(class.ask("t", on("admit", "s1")), Err(Code::PersonUnknown));
    assert_eq!(class.room.media_policy("e").removed["s1"], u64::MAX);
    assert_eq!(class.room.banned()[0].name, "S1");
    assert_eq!(class.ask("c", on("unban", "s1")), Err(Code::PersonProtected));
    class.must("t2", on("unban", "s1"));
    assert_eq!(class.must("t2", on("unban", "s1")), []);
    assert_eq!(class.come("s1"), Ok(()));
    class.must("c", on("ban", "s1"));
    class.must("c2", on("unban", "s1"));
}

#[test]
fn who_only_waits_can_be_sent_away_and_a_tutor_not_known_yet_cannot() {
    let mut class = school();
    class.must("t", json!({"type": "settings_change", "waiting_room": true}));
    assert_eq!(class.come("s9"), Err(None));
    class.must("c", on("remove", "s9"));
    assert_eq!(class.come("s9"), Err(Some(Code::Removed)));
    class.must("c", on("ban", "t9"));
    assert_eq!(class.room.media_policy("e").removed["t9"], u64::MAX);
    assert_eq!(class.come("t9"), Ok(()));
    assert!(!class.room.media_policy("e").removed.contains_key("t9"));
    assert_eq!(class.ask("c", on("ban", "")), Err(Code::PersonUnknown));
    assert_eq!(class.ask("c", on("ban", &"x".repeat(65))), Err(Code::PersonUnknown));
    assert!(class.ask("c", on("ban", &"x".repeat(64))).is_ok());
}

#[test]
fn lists_of_moderators_have_limits() {
    let limits = RoomLimits { muted_max: 2, removed_max: 2, co_tutors_max: 2, ..RoomLimits::default() };
    for request in ["mute", "remove", "ban", "co_tutor"] {
        let mut class = Classroom::within(limits.clone(), &["t", "s1", "s2", "s3"]);
        class.must("t", on(request, "s1"));
        class.must("t", on(request, "s2"));
        assert_eq!(class.ask("t", on(request, "s3")), Err(Code::LimitReached), "{request}");
        // Who is on the list needs no place on it.
        assert!(class.ask("t", on(request, "s2")).is_ok(), "{request}");
    }
    let mut class = Classroom::within(RoomLimits { admitted_max: 2, ..limits }, &["t"]);
    class.must("t", json!({"type": "settings_change", "waiting_room": true}));
    for person in ["s1", "s2", "s3"] {
        class.must("t", on("admit", person));
    }
    assert_eq!(["s1", "s2", "s3"].map(|person| class.come(person)), [Err(None), Ok(()), Ok(())]);
}

#[test]
fn a_co_tutor_has_a_moderators_rights_while_it_lasts() {
    let mut class = Classroom::of(&["t", "a", "s1", "s2"]);
    let lock = json!({"type": "settings_change", "chat_locked": true});
    assert_eq!(class.ask("s1", lock.clone()), Err(Code::NotAllowed));
    let applied = class.must("t", on("co_tutor", "s1"));
    assert_eq!(effects(&applied), [Effect::RightsChanged { person: "s1".into() }]);
    let [Event::CoTutorChanged { person, on: true }] = events(&applied, "s2", false)[..] else { panic!("{applied:?}") };
    assert_eq!(person.role, Role::CoTutor);
    assert_eq!(class.room.you(&actor("s1")).person.role, Role::CoTutor);
    assert_eq!(class.snapshot("s2").co_tutors, ["s1"]);
    class.must("s1", lock);
    assert_eq!(class.ask("s1", on("co_tutor", "s2")), Err(Code::NotAllowed));
    assert_eq!(class.ask("t", on("co_tutor", "a")), Err(Code::PersonProtected));
    assert_eq!(class.ask("t", on("co_tutor", "nobody")), Err(Code::PersonUnknown));
    class.must("t", off("co_tutor", "s1"));
    assert_eq!(class.must("t", off("co_tutor", "s1")), []);
    assert_eq!(class.room.you(&actor("s1")).person.role, Role::Student);
    // Who is sent away comes back as a student.
    class.must("t", on("co_tutor", "s1"));
    class.must("t", on("remove", "s1"));
    assert_eq!(class.snapshot("s2").co_tutors, [""; 0]);
}

#[test]
fn after_the_end_nothing_happens_any_more() {
    let mut class = Classroom::of(&["t", "a", "s1"]);
    class.must("t", json!({"type": "poll_open", "question": "?", "options": ["a", "b"], "seconds": 5}));
    class.must("s1", json!({"type": "hand_raise"}));
    let applied = class.must("t", json!({"type": "end"}));
    assert_eq!(events(&applied, "s1", false), [&Event::Ended { by: "t".into() }]);
    assert_eq!(effects(&applied), [Effect::PolicyChanged, Effect::Ended]);
    assert!(class.room.is_ended() && class.room.media_policy("e").ended);
    for person in ["s1", "t", "a", "s2"] {
        assert_eq!(class.come(person), Err(Some(Code::RoomEnded)));
        assert_eq!(class.ask(person, json!({"type": "chat_history", "limit": 5})), Err(Code::RoomEnded));
    }
    assert_eq!((class.room.due(u64::MAX), class.room.next_due_ms()), (vec![], None));
    assert_eq!(class.room.absent(&|_| false, 0), []);
}

#[test]
fn a_tutor_who_comes_anew_lets_the_class_go_on() {
    let mut class = Classroom::of(&["t", "a", "s1", "s2"]);
    assert_eq!(class.room.reopening(&actor("t"), 0), None, "it is not over");
    class.must("s1", json!({"type": "chat_send", "text": "hello", "key": "k1"}));
    class.must("s1", json!({"type": "hand_raise"}));
    class.must("t", json!({"type": "stage_invite", "person": "s2"}));
    class.must("s2", json!({"type": "stage_accept"}));
    class.must("t", json!({"type": "ban", "person": "s2"}));
    class.must("t", json!({"type": "end"}));
    for person in ["s1", "s2"] {
        assert_eq!(class.room.reopening(&actor(person), 0), None);
    }
    let entry = class.room.reopening(&actor("t"), 0).unwrap();
    let applied = class.room.apply(&entry);
    assert_eq!(applied.effects, [Effect::PolicyChanged]);
    assert_eq!(applied.told, [(Audience::Everyone, Event::Reopened { by: "t".into() })]);
    assert_eq!((class.room.apply(&entry).told, class.room.is_ended()), (vec![], false));
    assert_eq!(["s1", "t", "s2"].map(|person| class.come(person)), [Ok(()), Ok(()), Err(Some(Code::Banned))]);
    let snapshot = class.snapshot("t");
    assert_eq!((snapshot.chat.len(), snapshot.stage.len(), snapshot.hands.len()), (1, 0, 0));
}
