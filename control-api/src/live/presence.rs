//! Who is in a room, as the nodes of its service write it onto the bus.

use std::collections::HashMap;

use lectern_platform::bus::NodePresence;
use lectern_platform::class_bus::PresenceEntry;
use lectern_platform::token::Role;
use time::OffsetDateTime;
use uuid::Uuid;

/// Who is in a room at a moment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Presence {
    /// Whose ids they may be, and since when each is there.
    pub(super) people: HashMap<Uuid, OffsetDateTime>,
    /// Whether a tutor or an admin is among them.
    pub(super) has_tutor: bool,
    /// A node that has the room open, if any has: the same one as long as it does.
    pub(super) node: Option<String>,
}

impl Presence {
    /// Over all nodes. Who waits is not there; who is there twice is there since the first time.
    pub(super) fn of(nodes: Vec<NodePresence>) -> Self {
        let mut presence = Self::default();
        for (person, entry) in nodes.iter().flat_map(|node| &node.entries) {
            let (Ok(person), Ok(entry)) = (person.parse::<Uuid>(), serde_json::from_slice::<PresenceEntry>(entry))
            else {
                continue;
            };
            let since = OffsetDateTime::from_unix_timestamp_nanos(i128::from(entry.since_ms) * 1_000_000);
            let Some(since) = since.ok().filter(|_| !entry.is_waiting) else { continue };
            presence.has_tutor |= entry.role != Role::Student;
            let first = presence.people.entry(person).or_insert(since);
            *first = since.min(*first);
        }
        presence.node = nodes.into_iter().map(|node| node.node).min();
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
        let (people, node_a) = (HashMap::from([(id(1), one_second)]), Some("a".to_owned()));
        let expected = Presence { people, has_tutor: false, node: node_a };
        assert_eq!(Presence::of(vec![first, second.clone()]), expected);
        let tutor = node("c", &[(3, r#"{"n":"Mona","r":"tutor","s":1000}"#)]);
        assert!(Presence::of(vec![second, tutor]).has_tutor);
        assert_eq!(Presence::of(Vec::new()), Presence::default());
    }
}
