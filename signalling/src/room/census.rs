//! How many people are in the room over all nodes, and the lease that says that this node's are.
//!
//! Nodes tell each other their numbers over the room's topic, on change at most once a second and with every renewal of the
//! lease; the number of a node that falls silent is forgotten with its lease.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use lectern_platform::bus::PRESENCE_LEASE_MS;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// How often the lease is renewed: twice may fail.
pub(super) const RENEW: Duration = Duration::from_millis(PRESENCE_LEASE_MS * 3 / 8);
/// Changes of who is here reach the bus at most this often.
pub(super) const WRITE_INTERVAL: Duration = Duration::from_millis(500);
/// How often a changed number is told, to sockets and to other nodes.
const TELL_INTERVAL: Duration = Duration::from_secs(1);

/// What the nodes of a room say to each other; it is not numbered and may be lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Whisper {
    /// How many people are at a node.
    Count {
        node: String,
        present: u32,
        waiting: u32,
        /// Whether the others should say theirs: the node is new to the room.
        #[serde(default)]
        asks: bool,
    },
    /// Reactions over the screen from a node's people.
    Reactions { node: String, counts: BTreeMap<String, u32> },
}

#[derive(Debug)]
struct Count {
    present: u32,
    waiting: u32,
    until: Instant,
}

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Census {
    /// Other nodes; bounded by the cluster's size, each for the time of a lease.
    others: HashMap<String, Count>,
    /// What the sockets were told last, and when.
    told: Option<((u32, u32), Instant)>,
    /// What other nodes were told last, and when.
    said: Option<((u32, u32), Instant)>,
}

impl Census {
    /// Another node said its numbers.
    pub(super) fn hear(&mut self, node: String, present: u32, waiting: u32, now: Instant) {
        let until = now + Duration::from_millis(PRESENCE_LEASE_MS);
        if present == 0 && waiting == 0 {
            self.others.remove(&node);
        } else {
            self.others.insert(node, Count { present, waiting, until });
        }
    }

    /// Forgets nodes whose lease has ended.
    pub(super) fn expire(&mut self, now: Instant) {
        self.others.retain(|_, count| count.until > now);
    }

    /// Everybody: in the room, and in the waiting room.
    pub(super) fn total(&self, here: (u32, u32)) -> (u32, u32) {
        self.others.values().fold(here, |(present, waiting), count| {
            (present.saturating_add(count.present), waiting.saturating_add(count.waiting))
        })
    }

    /// Whether the sockets have to be told, and from when on they may be.
    pub(super) fn tell_at(&self, here: (u32, u32), now: Instant) -> Option<Instant> {
        due(self.told, self.total(here), now)
    }

    /// The numbers that the sockets are told now.
    pub(super) fn tell(&mut self, here: (u32, u32), now: Instant) -> (u32, u32) {
        let total = self.total(here);
        self.told = Some((total, now));
        total
    }

    /// Whether other nodes have to be told, and from when on they may be.
    pub(super) fn say_at(&self, here: (u32, u32), now: Instant) -> Option<Instant> {
        due(self.said, here, now)
    }

    /// Other nodes are told now.
    pub(super) fn say(&mut self, here: (u32, u32), now: Instant) {
        self.said = Some((here, now));
    }
}

fn due(last: Option<((u32, u32), Instant)>, current: (u32, u32), now: Instant) -> Option<Instant> {
    match last {
        Some((known, at)) => (known != current).then(|| at + TELL_INTERVAL),
        None => Some(now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_nodes_count_until_their_lease_ends() {
        let now = Instant::now();
        let mut census = Census::default();
        census.hear("b".into(), 10, 2, now);
        assert_eq!(census.total((5, 0)), (15, 2));
        census.expire(now + Duration::from_millis(PRESENCE_LEASE_MS - 1));
        assert_eq!(census.total((5, 0)), (15, 2));
        census.expire(now + Duration::from_millis(PRESENCE_LEASE_MS));
        assert_eq!(census.total((5, 0)), (5, 0));
        census.hear("b".into(), 10, 2, now);
        census.hear("b".into(), 0, 0, now);
        assert_eq!(census.total((5, 0)), (5, 0), "it said that nobody is left");
    }

    #[test]
    fn a_change_is_told_once_a_second_and_nothing_without_one() {
        let now = Instant::now();
        let mut census = Census::default();
        assert_eq!(census.tell_at((1, 0), now), Some(now), "the first is told at once");
        census.tell((1, 0), now);
        assert_eq!(census.tell_at((1, 0), now), None);
        assert_eq!(census.tell_at((2, 0), now), Some(now + TELL_INTERVAL));
        census.say((1, 0), now);
        census.hear("b".into(), 1, 0, now);
        assert_eq!(census.say_at((1, 0), now), None, "what others say is not said again");
        assert!(census.tell_at((1, 0), now).is_some());
    }
}
