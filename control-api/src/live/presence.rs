//! Who is in a room, as the nodes of its service write it onto the bus.

use std::collections::HashMap;

use lectern_platform::bus::NodePresence;
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

/// Somebody, as a node says it; what else it says is of no interest here.
#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "r")]
    role: String,
    /// In milliseconds since 1970, by the node's clock.
    #[serde(rename = "s")]
    since_ms: u64,
    /// Whether they still wait to be let in.
    #[serde(rename = "w", default)]
    is_waiting: bool,
}

/// Who is in a room at a moment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Presence {
    /// Whose ids they may be, and since when each is there.
    pub(super) people: HashMap<Uuid, OffsetDateTime>,
    /// Whether a tutor or an admin is among them.
    pub(super) has_tutor: bool,
}

impl Presence {
    /// Over all nodes. Who waits is not there; who is there twice is there since the first time.
    pub(super) fn of(nodes: &[NodePresence]) -> Self {
        let mut presence = Self::default();
        for (person, entry) in nodes.iter().flat_map(|node| &node.entries) {
            let (Ok(person), Ok(entry)) = (person.parse::<Uuid>(), serde_json::from_slice::<Entry>(entry)) else {
                continue;
            };
            let since = OffsetDateTime::from_unix_timestamp_nanos(i128::from(entry.since_ms) * 1_000_000);
            let Some(since) = since.ok().filter(|_| !entry.is_waiting) else { continue };
            presence.has_tutor |= matches!(entry.role.as_str(), "tutor" | "admin");
            let first = presence.people.entry(person).or_insert(since);
            *first = since.min(*first);
        }
        presence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_there_counts_once_and_who_waits_does_not() {
        let id = |number| Uuid::from_u128(number);
        let node = |name: &str, entries: &[(u128, &'static str)]| NodePresence {
            node: name.to_owned(),
            entries: entries.iter().map(|(person, entry)| (id(*person).to_string(), (*entry).into())).collect(),
        };
        let mut first = node(
            "a",
            &[(1, r#"{"n":"Ada","r":"student","s":2000}"#), (2, r#"{"n":"Ben","r":"student","s":1,"w":true}"#)],
        );
        first.entries.push(("guest".to_owned(), r#"{"n":"Zoe","r":"student","s":1}"#.into()));
        first.entries.push((id(9).to_string(), "nonsense".into()));
        let second = node("b", &[(1, r#"{"n":"Ada","r":"student","s":1000}"#)]);
        let one_second = OffsetDateTime::UNIX_EPOCH + time::Duration::SECOND;
        let expected = Presence { people: HashMap::from([(id(1), one_second)]), has_tutor: false };
        assert_eq!(Presence::of(&[first, second.clone()]), expected);
        let tutor = node("c", &[(3, r#"{"n":"Mona","r":"tutor","s":1000}"#)]);
        assert!(Presence::of(&[second, tutor]).has_tutor);
    }
}
