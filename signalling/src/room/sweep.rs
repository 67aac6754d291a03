//! Hands and places on stage of people who are nowhere any more.
//!
//! Whoever loses their connection keeps both for a while, at whatever node they come back. Each node looks for itself; the
//! log sees to it that only the first to notice changes anything.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::roster::Roster;
use super::{Room, now_ms};

/// How long somebody is away before it counts.
const ABSENCE_MAX: Duration = Duration::from_secs(10);
/// How often to look.
const INTERVAL: Duration = Duration::from_secs(2);

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Sweep {
    at: Instant,
    /// Since when those have been missed who have a hand up or a place. Bounded by the limits on both.
    missed: HashMap<String, Instant>,
    /// Those who are to be swept with the next commit.
    gone: HashSet<String>,
}

impl Sweep {
    pub(super) fn new(now: Instant) -> Self {
        Self { at: now + INTERVAL, missed: HashMap::new(), gone: HashSet::new() }
    }

    /// When to look again.
    pub(super) fn at(&self) -> Instant {
        self.at
    }

    /// Those who are to be swept.
    pub(super) fn take_gone(&mut self) -> HashSet<String> {
        std::mem::take(&mut self.gone)
    }

    /// Whether anybody is to be swept.
    pub(super) fn has_gone(&self) -> bool {
        !self.gone.is_empty()
    }
}

impl Room {
    /// Looks for people who matter and are not here; only if there are any the other nodes are asked.
    pub(super) fn sweep(&mut self, now: Instant) {
        self.sweep.at = now + INTERVAL;
        let missed = self.missed();
        if missed.is_empty() || self.journal.is_cut_off() {
            self.sweep.missed.clear();
        } else {
            self.read_presence();
        }
    }

    /// The other nodes have answered.
    pub(super) fn sweep_with(&mut self, roster: &Roster, now: Instant) {
        let missed: HashSet<String> = self.missed().into_iter().filter(|person| !roster.has(person)).collect();
        self.sweep.missed.retain(|person, _| missed.contains(person));
        for person in missed {
            let since = *self.sweep.missed.entry(person.clone()).or_insert(now);
            if now.duration_since(since) > ABSENCE_MAX {
                self.sweep.gone.insert(person);
            }
        }
    }

    /// Those with a hand up or a place who are not at this node.
    fn missed(&self) -> Vec<String> {
        let missed = std::cell::RefCell::new(Vec::new());
        let is_here = |person: &str| {
            if !self.people.is_present(person) {
                missed.borrow_mut().push(person.to_owned());
            }
            true
        };
        // It is asked for whom it asks.
        let _ = self.journal.state.absent(&is_here, now_ms());
        missed.into_inner()
    }
}
