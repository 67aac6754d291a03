//! What the school and the rooms tell each other of a class over the [bus](crate::bus), as JSON. Neither knows the other.
//!
//! The school asks how a room is, what was written in it that the school does not have yet, and, when the class is over, that the
//! room ends for good ([`ClassInquiry`]); a node of the rooms answers ([`ClassReport`]). Either may be lost, so the school asks
//! until it has what it wants. Each says how things are, so that to hear it twice, or from two nodes, does no harm.
//!
//! Who is in a room stands in the [presence](crate::bus::Bus::presence) of its nodes, as [`PresenceEntry`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::token::Role;

/// Somebody at a node, in the [presence](crate::bus::Bus::write_presence) of a room. The names are short: a room has thousands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceEntry {
    /// The name to show.
    #[serde(rename = "n")]
    pub name: String,
    /// Of the token.
    #[serde(rename = "r")]
    pub role: Role,
    /// Since when, in milliseconds since 1970, by the node's clock.
    #[serde(rename = "s")]
    pub since_ms: u64,
    /// Whether they still wait to be let in.
    #[serde(rename = "w", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_waiting: bool,
}

/// What the school asks, on [`Topic::ClassInquiry`](crate::bus::Topic::ClassInquiry).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClassInquiry {
    /// Of which room.
    pub room: String,
    /// The school's node that asks.
    pub from: String,
    /// The rooms' node that is to answer; without one, each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Whether a node that does not have the room open reads its log to answer.
    #[serde(default)]
    pub reads_log: bool,
    /// Whether the room is to end for good before the answer.
    #[serde(default)]
    pub ends: bool,
    /// Of which life of the room's log the school has something; empty for none.
    #[serde(default)]
    pub epoch: String,
    /// Up to which of its entries the school has everything.
    #[serde(default)]
    pub seq: u64,
}

/// How a room is and what was written in it, on [`Topic::ClassReport`](crate::bus::Topic::ClassReport).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClassReport {
    /// Which room.
    pub room: String,
    /// The school's node that asked; empty: none did.
    pub to: String,
    /// The rooms' node that answers.
    pub node: String,
    /// Whether the class has ended in the room.
    pub ended: bool,
    /// Whether it has for good: nobody can let it go on.
    pub for_good: bool,
    /// Of which life of the room's log the numbers are.
    pub epoch: String,
    /// Here is what changed after this entry…
    pub after: u64,
    /// … up to this one.
    pub seq: u64,
    /// Whether more changed after it. Ask again.
    pub more: bool,
    /// Messages as they are now.
    pub messages: Vec<ClassMessage>,
    /// Messages that were deleted.
    pub deleted: Vec<DeletedMessage>,
    /// Polls that are over.
    pub polls: Vec<ClassPoll>,
}

/// A message of a room's chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassMessage {
    /// The number of the entry that posted it: its name within one life of the log.
    pub number: u64,
    /// When it was written, in milliseconds since 1970.
    pub at_ms: u64,
    /// Who wrote it: the subject of their token.
    pub person: String,
    /// Their name then.
    pub name: String,
    /// What they were then.
    pub role: ClassRole,
    /// For whom it is.
    pub to: ClassAudience,
    /// Plain text.
    pub text: String,
    /// The number of the message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<u64>,
    /// When it was changed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at_ms: Option<u64>,
    /// Whether it is pinned.
    #[serde(default)]
    pub pinned: bool,
    /// How many people reacted, by emoji.
    #[serde(default)]
    pub reactions: BTreeMap<String, u32>,
}

/// A message that is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedMessage {
    /// As [`ClassMessage::number`].
    pub number: u64,
    /// As [`ClassMessage::at_ms`].
    pub at_ms: u64,
}

/// What somebody is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassRole {
    /// Of a token.
    Student,
    /// A student whom a tutor has made a helper.
    CoTutor,
    /// Of a token.
    Tutor,
    /// Of a token.
    Admin,
}

/// For whom a message is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassAudience {
    /// The whole room.
    Everyone,
    /// Those who moderate: a private question.
    Moderators,
    /// One person, by the subject of their token, and those who moderate: the answer to one.
    Person(String),
}

/// A poll that is over, or was open when its class ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassPoll {
    /// The number of the entry that opened it: its name within one life of the log.
    pub number: u64,
    /// What was asked.
    pub question: String,
    /// What could be chosen.
    pub options: Vec<String>,
    /// Whether more than one could be.
    pub multiple: bool,
    /// Whether nobody was to learn who chose what.
    pub anonymous: bool,
    /// Whether it was a question of the live quiz.
    pub quiz: bool,
    /// Whether the result is for those who moderate alone.
    pub for_moderators: bool,
    /// When it was opened, in milliseconds since 1970.
    pub opened_at_ms: u64,
    /// When it was closed.
    pub closed_at_ms: u64,
    /// How many chose each option.
    pub votes: Vec<u32>,
    /// How many voted.
    pub voters: u32,
    /// The options that were right, from 0, of a question of the quiz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correct: Option<Vec<u8>>,
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;

    /// Read as it was written, and written in a form that other releases know.
    fn keeps<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, form: &Value) {
        assert_eq!(serde_json::to_value(value).unwrap(), *form);
        assert_eq!(serde_json::from_value::<T>(form.clone()).unwrap(), *value);
    }

    #[test]
    fn who_is_in_a_room_is_read_as_it_is_written() {
        let ada = PresenceEntry { name: "Ada".into(), role: Role::Student, since_ms: 5, is_waiting: false };
        keeps(&ada, &json!({ "n": "Ada", "r": "student", "s": 5 }));
        let waiting = PresenceEntry { role: Role::Tutor, is_waiting: true, ..ada };
        keeps(&waiting, &json!({ "n": "Ada", "r": "tutor", "s": 5, "w": true }));
        assert!(serde_json::from_str::<PresenceEntry>(r#"{"n":"Ada","r":"owner","s":5}"#).is_err());
    }

    #[test]
    fn an_inquiry_is_read_as_it_is_written() {
        let room = ClassInquiry { room: "r".into(), from: "s".into(), ..ClassInquiry::default() };
        let form = json!({ "room": "r", "from": "s", "reads_log": false, "ends": false, "epoch": "", "seq": 0 });
        keeps(&room, &form);
        let node = ClassInquiry { node: Some("n".into()), ends: true, epoch: "e".into(), seq: 7, ..room };
        let mut form = form;
        for (name, value) in [("node", json!("n")), ("ends", json!(true)), ("epoch", json!("e")), ("seq", json!(7))] {
            form[name] = value;
        }
        keeps(&node, &form);
    }

    #[test]
    fn a_report_is_read_as_it_is_written() {
        let message = ClassMessage {
            number: 3,
            at_ms: 1_000,
            person: "p".into(),
            name: "Ada".into(),
            role: ClassRole::CoTutor,
            to: ClassAudience::Person("q".into()),
            text: "Yes.".into(),
            reply_to: None,
            edited_at_ms: Some(2_000),
            pinned: false,
            reactions: BTreeMap::from([("👍".into(), 2)]),
        };
        let poll = ClassPoll {
            number: 4,
            question: "?".into(),
            options: vec!["a".into(), "b".into()],
            multiple: false,
            anonymous: true,
            quiz: false,
            for_moderators: false,
            opened_at_ms: 1_000,
            closed_at_ms: 2_000,
            votes: vec![1, 0],
            voters: 1,
            correct: None,
        };
        let report = ClassReport {
            room: "r".into(),
            to: "s".into(),
            node: "n".into(),
            ended: true,
            epoch: "e".into(),
            after: 1,
            seq: 9,
            messages: vec![message],
            deleted: vec![DeletedMessage { number: 2, at_ms: 900 }],
            polls: vec![poll],
            ..ClassReport::default()
        };
        let form = json!({
            "room": "r", "to": "s", "node": "n", "ended": true, "for_good": false, "epoch": "e", "after": 1, "seq": 9, "more": false,
            "messages": [{ "number": 3, "at_ms": 1000, "person": "p", "name": "Ada", "role": "co_tutor", "to": { "person": "q" },
                "text": "Yes.", "edited_at_ms": 2000, "pinned": false, "reactions": { "👍": 2 } }],
            "deleted": [{ "number": 2, "at_ms": 900 }],
            "polls": [{ "number": 4, "question": "?", "options": ["a", "b"], "multiple": false, "anonymous": true, "quiz": false,
                "for_moderators": false, "opened_at_ms": 1000, "closed_at_ms": 2000, "votes": [1, 0], "voters": 1 }],
        });
        keeps(&report, &form);
        keeps(&ClassAudience::Everyone, &json!("everyone"));
        keeps(&ClassAudience::Moderators, &json!("moderators"));
    }
}
