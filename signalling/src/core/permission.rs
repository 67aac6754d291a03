//! Who may ask for what: the one table of roles × actions, and who may moderate whom.
//!
//! The table says whether a role may ask at all. What it may do that to is a rule of the thing itself: one's own message,
//! a person whom one may [moderate](moderates), an invitation that is open.

use lectern_room_protocol::{ActionName, Role};

/// For each action, in the order of [`ActionName::ALL`]: student, co-tutor, tutor, admin.
#[rustfmt::skip]
const TABLE: [(ActionName, [bool; 4]); ActionName::ALL.len()] = {
    const YES: bool = true;
    const NO: bool = false;
    [
        (ActionName::Ping,           [YES, YES, YES, YES]),
        (ActionName::ChatSend,       [YES, YES, YES, YES]),
        (ActionName::ChatEdit,       [YES, YES, YES, YES]),
        (ActionName::ChatDelete,     [YES, YES, YES, YES]),
        (ActionName::ChatReact,      [YES, YES, YES, YES]),
        (ActionName::ChatPin,        [NO,  YES, YES, YES]),
        (ActionName::ChatHistory,    [YES, YES, YES, YES]),
        (ActionName::SettingsChange, [NO,  YES, YES, YES]),
        (ActionName::PollOpen,       [NO,  YES, YES, YES]),
        // Who asks does not answer: a tutor's vote would count as a student's.
        (ActionName::PollVote,       [YES, YES, NO,  NO]),
        (ActionName::PollClose,      [NO,  YES, YES, YES]),
        (ActionName::PollVoters,     [NO,  YES, YES, YES]),
        (ActionName::Leaderboard,    [YES, YES, YES, YES]),
        (ActionName::QuizReset,      [NO,  YES, YES, YES]),
        // The queue is the tutor's to call from.
        (ActionName::HandRaise,      [YES, YES, NO,  NO]),
        (ActionName::HandLower,      [YES, YES, NO,  NO]),
        (ActionName::HandDismiss,    [NO,  YES, YES, YES]),
        (ActionName::StageInvite,    [NO,  YES, YES, YES]),
        // A second tutor comes on stage as everybody does: there is one camera and one screen in a room.
        (ActionName::StageAccept,    [YES, YES, YES, YES]),
        (ActionName::StageDecline,   [YES, YES, YES, YES]),
        (ActionName::StageLeave,     [YES, YES, YES, YES]),
        (ActionName::StageRemove,    [NO,  YES, YES, YES]),
        (ActionName::Mute,           [NO,  YES, YES, YES]),
        (ActionName::Remove,         [NO,  YES, YES, YES]),
        (ActionName::Ban,            [NO,  YES, YES, YES]),
        (ActionName::Unban,          [NO,  YES, YES, YES]),
        // Helpers make no helpers, and do not send everybody home.
        (ActionName::CoTutor,        [NO,  NO,  YES, YES]),
        (ActionName::Admit,          [NO,  YES, YES, YES]),
        (ActionName::AdmitAll,       [NO,  YES, YES, YES]),
        (ActionName::End,            [NO,  NO,  YES, YES]),
        (ActionName::React,          [YES, YES, YES, YES]),
        (ActionName::Roster,         [YES, YES, YES, YES]),
    ]
};

/// Whether a role may ask for an action at all.
#[must_use]
pub fn allows(role: Role, action: ActionName) -> bool {
    let (_, row) = TABLE[action as usize];
    row[match role {
        Role::Student => 0,
        Role::CoTutor => 1,
        Role::Tutor => 2,
        Role::Admin => 3,
    }]
}

/// What a role may ask for.
#[must_use]
pub fn rights(role: Role) -> Vec<ActionName> {
    ActionName::ALL.into_iter().filter(|&action| allows(role, action)).collect()
}

/// Whether somebody may mute, remove, or delete a message of, somebody else. Tutors and admins are safe from co-tutors and
/// from each other; an admin from all but another admin.
#[must_use]
pub fn moderates(role: Role, other: Role) -> bool {
    match role {
        Role::Student => false,
        Role::CoTutor | Role::Tutor => other < role,
        Role::Admin => true,
    }
}

#[cfg(test)]
mod tests {
    use lectern_room_protocol::Code;
    use serde_json::{Value, json};

    use super::super::classroom::Classroom;
    use super::*;

    const ROLES: [Role; 4] = [Role::Student, Role::CoTutor, Role::Tutor, Role::Admin];

    /// What the project promises, written down apart from the table.
    const PROMISED: &str = "
                         student co_tutor tutor admin
        ping                x       x       x     x
        chat_send           x       x       x     x
        chat_edit           x       x       x     x
        chat_delete         x       x       x     x
        chat_react          x       x       x     x
        chat_pin            -       x       x     x
        chat_history        x       x       x     x
        settings_change     -       x       x     x
        poll_open           -       x       x     x
        poll_vote           x       x       -     -
        poll_close          -       x       x     x
        poll_voters         -       x       x     x
        leaderboard         x       x       x     x
        quiz_reset          -       x       x     x
        hand_raise          x       x       -     -
        hand_lower          x       x       -     -
        hand_dismiss        -       x       x     x
        stage_invite        -       x       x     x
        stage_accept        x       x       x     x
        stage_decline       x       x       x     x
        stage_leave         x       x       x     x
        stage_remove        -       x       x     x
        mute                -       x       x     x
        remove              -       x       x     x
        ban                 -       x       x     x
        unban               -       x       x     x
        co_tutor            -       -       x     x
        admit               -       x       x     x
        admit_all           -       x       x     x
        end                 -       -       x     x
        react               x       x       x     x
        roster              x       x       x     x
    ";

    #[test]
    fn every_cell_is_as_promised() {
        let mut lines = PROMISED.lines().map(str::split_whitespace).filter(|words| words.clone().next().is_some());
        assert!(
            lines.next().unwrap().eq(ROLES.map(|role| serde_json::to_value(role)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()))
        );
        let mut cells = 0;
        for (mut words, action) in lines.by_ref().zip(ActionName::ALL) {
            assert_eq!(serde_json::to_value(action).unwrap(), words.next().unwrap());
            for role in ROLES {
                let promised = words.next().unwrap() == "x";
                assert_eq!(allows(role, action), promised, "{role:?} {action:?}");
                assert_eq!(rights(role).contains(&action), promised, "{role:?} {action:?}");
                cells += 1;
            }
            assert_eq!(words.next(), None);
        }
        assert_eq!((cells, lines.next().is_none()), (128, true));
    }

    /// Something of each action that nothing but the table forbids.
    fn request(action: ActionName, own_message: u64) -> Value {
        let mut request = json!({"type": action, "message": own_message, "text": "x", "key": "k", "emoji": "👍", "on": true,
            "limit": 1, "question": "?", "options": ["a", "b"], "poll": 0, "person": "s9"});
        if action == ActionName::PollVote {
            request["options"] = json!([0]);
        }
        request
    }

    #[test]
    fn every_cell_is_what_the_room_does() {
        for (person, role) in [("s1", Role::Student), ("c", Role::CoTutor), ("t", Role::Tutor), ("a", Role::Admin)] {
            for action in ActionName::ALL {
                let mut class = Classroom::of(&["t", "a", "c", "s1", "s9"]);
                class.must("t", json!({"type": "co_tutor", "person": "c", "on": true}));
                let message = class.say(person, "mine").unwrap();
                let refused = class.ask(person, request(action, message)) == Err(Code::NotAllowed);
                assert_eq!(refused, !allows(role, action), "{role:?} {action:?}");
            }
        }
    }

    #[test]
    fn each_row_stands_where_its_action_is_looked_up() {
        for (row, (action, _)) in TABLE.iter().enumerate() {
            assert_eq!(*action as usize, row);
        }
    }

    #[test]
    fn nobody_moderates_upwards_and_admins_only_one_another() {
        // Rows moderate columns.
        let promised = [
            (Role::Student, [false, false, false, false]),
            (Role::CoTutor, [true, false, false, false]),
            (Role::Tutor, [true, true, false, false]),
            (Role::Admin, [true, true, true, true]),
        ];
        for (role, others) in promised {
            assert_eq!(ROLES.map(|other| moderates(role, other)), others, "{role:?}");
        }
    }
}
