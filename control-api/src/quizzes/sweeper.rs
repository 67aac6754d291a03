//! Ends attempts whose time is over, when nobody asks for them. Every node does so; they do not get in each other's way,
//! because each passes over what another holds. A late request ends its attempt itself, and does not wait for this.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::attempt::EndedBy;
use super::attempt_store as store;
use crate::portfolio;
use crate::server::Api;

/// How long an attempt may be over before it is noticed. The score does not depend on it.
const PERIOD: Duration = Duration::from_secs(1);
/// Attempts of one round. A whole school's exam that ends at once takes a few.
const ROUND_MAX: i64 = 200;

/// Sweeps for ever: to be spawned.
pub(crate) async fn run(api: Arc<Api>) {
    loop {
        match sweep(&api).await {
            // There may be more.
            Ok(ended) if ended > 0 => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "attempts that are over stay in progress for now"),
        }
        tokio::time::sleep(PERIOD).await;
    }
}

/// How many it ended. Each in a transaction of its own: one that fails keeps no other.
async fn sweep(api: &Api) -> Result<usize, sqlx::Error> {
    let mut ended = 0;
    for attempt in api.database.bounded(store::overdue(api.database.primary(), ROUND_MAX)).await? {
        ended += usize::from(api.database.bounded(end(api, attempt)).await?);
    }
    Ok(ended)
}

/// Ends an attempt, if it is still to be ended and nobody else does; whether it did.
async fn end(api: &Api, attempt: Uuid) -> Result<bool, sqlx::Error> {
    let mut transaction = api.database.begin().await?;
    let Some(held) = store::hold_if_free(&mut transaction, attempt).await? else { return Ok(false) };
    if !held.is_overdue() {
        return Ok(false);
    }
    if let Err(error) = store::end(&mut transaction, &held, EndedBy::Deadline).await {
        tracing::error!(%error, %attempt, "could not end an attempt");
        return Ok(false);
    }
    transaction.commit().await?;
    portfolio::scored(api, held.quiz, held.person).await?;
    Ok(true)
}
