//! What people have asked for at this node that the account which all nodes share does not know yet.
//!
//! Nearly everybody is far from their limit, and to ask Redis about each of their requests would cost as much as to answer it.
//! So a person whose account was at least half full may put a twentieth of the burst on a tab; then the tab is paid as a whole,
//! and the account asked anew. A person's requests are all paid for; what several nodes may let pass beyond the limit is a
//! twentieth of the burst each. A small burst has no tab, and is exact.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hashlink::LruCache;
use lectern_platform::cache::{Cache, Rate, Spending};
use uuid::Uuid;

/// Of the burst, what a tab may have.
const SHARE: u32 = 20;
/// The oldest a tab may be, so that what is spent at other nodes is seen.
const AGE_MAX: Duration = Duration::from_secs(10);
/// People with a tab, those who asked last: 5 MB. Who is forgotten need not pay.
const PEOPLE_MAX: usize = 32_768;

/// See the [module](self).
#[derive(Debug)]
pub(crate) struct Tabs(Mutex<LruCache<Uuid, Tab>>);

#[derive(Debug)]
struct Tab {
    /// What the account had when it was asked.
    remaining: u32,
    full_after: Duration,
    asked_at: Instant,
    owed: u32,
}

impl Tabs {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(LruCache::new(PEOPLE_MAX)))
    }

    /// Takes one request from `account`, which is that of `person`.
    pub(super) async fn spend(&self, cache: &dyn Cache, person: Uuid, account: &str, rate: Rate) -> Spending {
        let owed = match self.put_on(person, rate) {
            Ok(spending) => return spending,
            Err(owed) => owed,
        };
        let spending = cache.spend(account, owed + 1, rate).await;
        let mut tabs = self.tabs();
        match spending {
            Spending::Allowed { remaining, full_after } => {
                // What was put on it in the meantime is owed still.
                let owed = tabs.get_mut(&person).map_or(0, |tab| tab.owed);
                tabs.insert(person, Tab { remaining, full_after, asked_at: Instant::now(), owed });
            }
            Spending::Refused { .. } => {
                if let Some(tab) = tabs.get_mut(&person) {
                    tab.owed += owed;
                }
            }
        }
        spending
    }

    /// What is left when one more is on the tab; else what has to be paid first.
    fn put_on(&self, person: Uuid, rate: Rate) -> Result<Spending, u32> {
        let mut tabs = self.tabs();
        let Some(tab) = tabs.get_mut(&person) else { return Err(0) };
        let may = tab.owed < rate.burst() / SHARE && tab.remaining >= rate.burst() / 2;
        if may && tab.asked_at.elapsed() < AGE_MAX {
            tab.owed += 1;
            let remaining = tab.remaining.saturating_sub(tab.owed);
            return Ok(Spending::Allowed { remaining, full_after: tab.full_after });
        }
        Err(std::mem::take(&mut tab.owed))
    }

    fn tabs(&self) -> MutexGuard<'_, LruCache<Uuid, Tab>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lectern_platform::cache::InProcess;
    use prometheus::Registry;

    fn cache() -> InProcess {
        InProcess::new(1 << 20, &Registry::new()).unwrap()
    }

    /// How many of so many requests at once are let through.
    async fn allowed(tabs: &[&Tabs], cache: &dyn Cache, rate: Rate, requests: usize) -> usize {
        let mut count = 0;
        for number in 0..requests {
            let spending = tabs[number % tabs.len()].spend(cache, Uuid::nil(), "person:a", rate).await;
            count += usize::from(spending.is_allowed());
        }
        count
    }

    #[tokio::test]
    async fn one_node_lets_as_many_through_as_the_account_has() {
        let rate = Rate::new(200, 0.001);
        assert_eq!(allowed(&[&Tabs::new()], &cache(), rate, 500).await, 200);
        assert_eq!(allowed(&[&Tabs::new()], &cache(), Rate::new(3, 0.001), 10).await, 3);
    }

    #[tokio::test]
    async fn several_nodes_let_no_more_than_a_tab_each_through_beyond_it() {
        let (rate, cache) = (Rate::new(200, 0.001), cache());
        let (one, two) = (Tabs::new(), Tabs::new());
        let count = allowed(&[&one, &two], &cache, rate, 1_000).await;
        assert!((200..=220).contains(&count), "{count}");
    }

    #[tokio::test]
    async fn the_account_is_asked_for_a_tab_as_a_whole() {
        let (rate, cache, tabs) = (Rate::new(200, 0.001), cache(), Tabs::new());
        assert_eq!(allowed(&[&tabs], &cache, rate, 11).await, 11);
        let left = |spending| match spending {
            Spending::Allowed { remaining, .. } => remaining,
            Spending::Refused { .. } => 0,
        };
        assert_eq!(left(cache.spend("person:a", 0, rate).await), 199, "the first asked, ten are on the tab");
        assert_eq!(left(tabs.spend(&cache, Uuid::nil(), "person:a", rate).await), 188);
        assert_eq!(left(cache.spend("person:a", 0, rate).await), 188, "and now they are paid");
    }
}
