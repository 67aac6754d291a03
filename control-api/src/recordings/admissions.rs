//! Whether somebody with a ticket still may play. Tickets last for hours, in which people leave courses; players fetch playlists
//! every few seconds. So Postgres is asked now and then.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hashlink::LruCache;
use uuid::Uuid;

use super::playback_store as store;
use crate::courses;
use crate::gateway::Caller;
use crate::problem::{ApiError, not_found};
use crate::server::Api;

/// How long it is believed that somebody may. That they may not is not remembered: they may have come back.
const BELIEVED: Duration = Duration::from_secs(10);
/// People times recordings that are remembered, those who came last: less than 10 MB.
const KNOWN_MAX: usize = 50_000;

/// Until when who may play what. See the [module](self).
pub(crate) struct Admissions(Mutex<LruCache<(Uuid, Uuid), Instant>>);

impl Admissions {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(LruCache::new(KNOWN_MAX)))
    }

    /// Lets those play who are in the recording's course.
    ///
    /// # Errors
    /// `403 enrolment_needed` for who is not, or not any more; `404` if the recording is gone.
    pub(super) async fn check(&self, api: &Api, caller: Caller, recording: Uuid) -> Result<(), ApiError> {
        let key = (caller.person, recording);
        if self.is_known(key) {
            return Ok(());
        }
        let asked = Instant::now();
        match store::may_play(api.database.primary(), caller.into(), recording).await? {
            Some(true) => {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, asked + BELIEVED);
                Ok(())
            }
            Some(false) => Err(courses::enrolment_needed()),
            None => Err(not_found()),
        }
    }

    fn is_known(&self, key: (Uuid, Uuid)) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&key).is_some_and(|until| *until > Instant::now())
    }
}
