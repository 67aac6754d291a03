//! Session tokens whose signature was found good: a client sends the same one hundreds of times, and to verify it again costs
//! more than all else that is done about most requests.
//!
//! Kept are a token's SHA-256 and its claims, not the token. Times are not judged here, and what is known belongs to one set
//! of keys.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest;
use hashlink::LruCache;

use super::SessionClaims;

/// Tokens that are remembered, those that were used last: 10 MB.
const TOKENS_MAX: usize = 32_768;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct KnownSessions(Mutex<LruCache<Name, Arc<SessionClaims>>>);

/// What a token is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Name([u8; digest::SHA256_OUTPUT_LEN]);

impl Name {
    pub(super) fn of(token: &str) -> Self {
        let mut name = [0; digest::SHA256_OUTPUT_LEN];
        name.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
        Self(name)
    }
}

impl Default for KnownSessions {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(TOKENS_MAX)))
    }
}

impl KnownSessions {
    pub(super) fn get(&self, name: Name) -> Option<Arc<SessionClaims>> {
        self.recent().get(&name).map(Arc::clone)
    }

    pub(super) fn insert(&self, name: Name, claims: Arc<SessionClaims>) {
        self.recent().insert(name, claims);
    }

    fn recent(&self) -> MutexGuard<'_, LruCache<Name, Arc<SessionClaims>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
