//! Who is in the room over all nodes: sorted, searched and cut into pages.

use std::collections::HashMap;

use lectern_platform::bus::NodePresence;
use lectern_platform::class_bus::PresenceEntry;
use lectern_room_protocol::{Person, RosterEntry, RosterFilter, RosterPage, limits};

use crate::core::{Actor, RoomState, role_of_token};

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) search: Option<String>,
    pub(super) filter: RosterFilter,
    pub(super) after: Option<String>,
    pub(super) limit: u32,
    /// Whether hands are shown.
    pub(super) is_moderator: bool,
}

/// Everybody at one moment, sorted.
#[derive(Debug, Default)]
pub(super) struct Roster {
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    /// Moderators first, then by name, then by id: also where a page begins.
    key: String,
    person: Person,
    since_ms: u64,
    is_waiting: bool,
}

impl Roster {
    /// Merges the people of all nodes; `here` are this node's, which the bus may know less well.
    pub(super) fn new(
        node: &str,
        here: Vec<(String, PresenceEntry)>,
        presence: &[NodePresence],
        state: &RoomState,
    ) -> Self {
        let mut people: HashMap<String, PresenceEntry> = HashMap::new();
        let others = presence.iter().filter(|presence| presence.node != node).flat_map(|presence| &presence.entries);
        for (id, entry) in others {
            if let Ok(entry) = serde_json::from_slice::<PresenceEntry>(entry) {
                merge(&mut people, id.clone(), entry);
            }
        }
        for (id, entry) in here {
            merge(&mut people, id, entry);
        }
        let mut lines: Vec<Line> = people.into_iter().map(|(id, entry)| Line::new(id, entry, state)).collect();
        lines.sort_by(|one, other| one.key.cmp(&other.key));
        Self { lines }
    }

    /// Whether somebody is in the room.
    pub(super) fn has(&self, person: &str) -> bool {
        self.lines.iter().any(|line| line.person.id == person && !line.is_waiting)
    }

    /// The page asked for.
    pub(super) fn page(&self, query: &Query, state: &RoomState) -> RosterPage {
        let is_waiting = query.filter == RosterFilter::Waiting;
        page(self.lines.iter().filter(|line| line.is_waiting == is_waiting), query, state)
    }

    /// The page asked for of those who are banned.
    pub(super) fn banned(query: &Query, state: &RoomState) -> RosterPage {
        let lines: Vec<Line> = state
            .banned()
            .into_iter()
            .map(|person| Line { key: key(&person), person, since_ms: 0, is_waiting: false })
            .collect();
        page(lines.iter(), query, state)
    }
}

impl Line {
    fn new(id: String, entry: PresenceEntry, state: &RoomState) -> Self {
        let actor = Actor { id, name: entry.name, role: role_of_token(entry.role), issued_at_s: u64::MAX };
        let role = state.role_of(&actor);
        let person = Person { id: actor.id, name: actor.name, role };
        Self { key: key(&person), person, since_ms: entry.since_ms, is_waiting: entry.is_waiting }
    }
}

fn key(person: &Person) -> String {
    let class = if person.role.is_moderator() { '0' } else { '1' };
    format!("{class}{}\u{0}{}", person.name.to_lowercase(), person.id)
}

/// Somebody at two nodes was there first where they have been longer, and waits only if they wait at both.
fn merge(people: &mut HashMap<String, PresenceEntry>, id: String, entry: PresenceEntry) {
    match people.get_mut(&id) {
        Some(known) if known.is_waiting == entry.is_waiting => known.since_ms = known.since_ms.min(entry.since_ms),
        Some(known) if known.is_waiting => *known = entry,
        Some(_) => {}
        None => {
            people.insert(id, entry);
        }
    }
}

fn page<'a>(lines: impl Iterator<Item = &'a Line>, query: &Query, state: &RoomState) -> RosterPage {
    let search = query.search.as_ref().map(|search| search.to_lowercase());
    let matching =
        |line: &&Line| search.as_ref().is_none_or(|search| line.person.name.to_lowercase().contains(search.as_str()));
    let limit = usize::try_from(query.limit.clamp(1, limits::PAGE_MAX)).unwrap_or(1);
    let (mut total, mut entries, mut last, mut more) = (0u32, Vec::new(), None, false);
    for line in lines.filter(matching) {
        total = total.saturating_add(1);
        if query.after.as_ref().is_some_and(|after| line.key <= *after) {
            continue;
        }
        if entries.len() == limit {
            more = true;
            continue;
        }
        let id = &line.person.id;
        entries.push(RosterEntry {
            person: line.person.clone(),
            since_ms: line.since_ms,
            hand: query.is_moderator && state.hand_of(id),
            place: state.place_of(id),
            muted: state.is_muted(id),
        });
        last = Some(&line.key);
    }
    RosterPage { entries, total, next: if more { last.cloned() } else { None } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::RoomLimits;
    use lectern_platform::token::Role;

    fn entry(name: &str, role: Role, since_ms: u64, is_waiting: bool) -> PresenceEntry {
        PresenceEntry { name: name.into(), role, since_ms, is_waiting }
    }

    fn query(limit: u32) -> Query {
        Query { search: None, filter: RosterFilter::Present, after: None, limit, is_moderator: false }
    }

    fn names(page: &RosterPage) -> Vec<&str> {
        page.entries.iter().map(|entry| entry.person.name.as_str()).collect()
    }

    #[test]
    fn nodes_are_merged_moderators_first_and_pages_follow_each_other() {
        let state = RoomState::new(RoomLimits::default());
        let here = vec![
            ("1".to_owned(), entry("zoe", Role::Student, 5, false)),
            ("2".to_owned(), entry("Ann", Role::Student, 5, false)),
        ];
        let encode = |entry: &PresenceEntry| serde_json::to_vec(entry).unwrap().into();
        let there = vec![
            ("1".to_owned(), encode(&entry("zoe", Role::Student, 3, false))),
            ("3".to_owned(), encode(&entry("Tom", Role::Tutor, 1, false))),
            ("4".to_owned(), encode(&entry("Wim", Role::Student, 1, true))),
            ("5".to_owned(), "nonsense".into()),
        ];
        let stale = vec![("9".to_owned(), encode(&entry("gone", Role::Student, 1, false)))];
        let presence =
            [NodePresence { node: "b".into(), entries: there }, NodePresence { node: "a".into(), entries: stale }];
        let roster = Roster::new("a", here, &presence, &state);
        let first = roster.page(&query(2), &state);
        assert_eq!((names(&first), first.total), (vec!["Tom", "Ann"], 3));
        let second = roster.page(&Query { after: first.next, ..query(2) }, &state);
        assert_eq!((names(&second), second.total, second.next.as_ref()), (vec!["zoe"], 3, None));
        assert_eq!(second.entries[0].since_ms, 3);
        let waiting = roster.page(&Query { filter: RosterFilter::Waiting, ..query(2) }, &state);
        assert_eq!(names(&waiting), ["Wim"]);
        assert!(roster.has("1") && !roster.has("4"));
        let found = roster.page(&Query { search: Some("AN".into()), ..query(9) }, &state);
        assert_eq!(names(&found), ["Ann"]);
    }
}
