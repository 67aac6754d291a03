//! Portfolios in the cache: an entity tag, and then the very bytes of the answer. A hit is one way to the cache and back, with
//! nothing to parse.
//!
//! A change in a course is a change in the portfolio of each of its students, and deletes each of them. To mark the course
//! instead would make every read of a portfolio ask for the marks of all its courses; reads are the ones that come thousands
//! of times a second.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use lectern_platform::cache::{Cache, Found};
use uuid::Uuid;

use super::portfolio_store as store;
use crate::problem::ApiError;
use crate::server::Api;

/// How long what the cache did not forget, though it should have, may be seen.
const TTL: Duration = Duration::from_secs(300);
/// Portfolios that are deleted at a time, between which other commands to Redis come through.
const DELETES_MAX: usize = 1_000;
/// An entity tag: 128 bits of a SHA-256 in base64, with its quotes.
const TAG_LENGTH: usize = 24;

/// A portfolio as it is answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// Changes with the body, and with nothing else.
    pub(super) tag: Bytes,
    /// JSON.
    pub(super) body: Bytes,
}

impl Answer {
    fn new(mut kept: Bytes) -> Option<Self> {
        (kept.len() > TAG_LENGTH).then(|| Self { tag: kept.split_to(TAG_LENGTH), body: kept })
    }
}

fn key(person: Uuid) -> String {
    format!("portfolio:{person}")
}

/// Somebody's portfolio: from the cache, else from the database.
pub(super) async fn portfolio(api: &Api, person: Uuid) -> Result<Answer, ApiError> {
    let (cache, key) = (&api.stores.cache, key(person));
    let lease = match cache.read(&key).await {
        Ok(Found::Here(kept)) => match Answer::new(kept) {
            Some(answer) => return Ok(answer),
            None => None,
        },
        Ok(Found::Absent(lease)) => Some(lease),
        Err(_) => None,
    };
    let mut connection = api.database.primary().acquire().await?;
    let (portfolio, left) = store::portfolio(&mut connection, person).await?;
    drop(connection);
    let body = serde_json::to_vec(&portfolio).map_err(|error| ApiError::Internal(error.to_string()))?;
    let hash = digest::digest(&digest::SHA256, &body);
    let tag = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]);
    let kept = Bytes::from([b"\"", tag.as_bytes(), b"\"", &body].concat());
    if let Some(lease) = lease {
        // Whether it is kept makes no difference to this answer.
        let _ = cache.put(&key, &lease, kept.clone(), TTL.min(left)).await;
    }
    Answer::new(kept).ok_or_else(|| ApiError::Internal("a portfolio of no bytes".to_owned()))
}

/// To be called when something that these people's portfolios show has been committed, before it is answered.
pub(crate) async fn changed(cache: &dyn Cache, people: impl IntoIterator<Item = Uuid>) {
    let keys: Vec<String> = people.into_iter().map(key).collect();
    for keys in keys.chunks(DELETES_MAX) {
        // What the cache does not get now it gets later, and is not read before; see there.
        let _ = cache.delete_many(keys).await;
    }
}

/// As [`changed`], for everybody in a course: its title, state, lessons or their order are not what they were.
///
/// # Errors
/// The database's.
pub(crate) async fn course_changed(api: &Api, course: Uuid) -> Result<(), sqlx::Error> {
    let most = i64::try_from(DELETES_MAX).unwrap_or(i64::MAX);
    let mut connection = api.database.primary().acquire().await?;
    let mut after = Uuid::nil();
    loop {
        let people = store::students_after(&mut connection, course, after, most).await?;
        let Some(last) = people.last() else { return Ok(()) };
        after = *last;
        changed(&*api.stores.cache, people).await;
    }
}
