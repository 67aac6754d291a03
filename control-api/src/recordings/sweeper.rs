//! Ends recordings that no recorder has finished, and tells the metrics how things are. Every node does so, none in another's way.

use std::time::Duration;

use super::job_store::{self as store, Ended};
use super::metrics::Metrics;
use crate::database::Database;

const PERIOD: Duration = Duration::from_secs(5);
/// Recordings of one round; more come with the next.
const ROUND_MAX: i64 = 50;

/// Sweeps for ever: to be spawned.
pub(crate) async fn run(database: Database, abandoned_s: u32, metrics: Metrics) {
    loop {
        match database.bounded(sweep(&database, abandoned_s)).await {
            Ok(given_up) if given_up.is_empty() => {}
            Ok(given_up) => {
                let count = given_up.len();
                tracing::warn!(given_up = count, "recordings have ended that no recorder has finished");
                given_up.into_iter().for_each(|ended| metrics.ended(ended));
            }
            Err(error) => tracing::warn!(%error, "recordings are not swept for now"),
        }
        match database.bounded(store::backlog(database.primary())).await {
            Ok(backlog) => metrics.show(&backlog),
            Err(error) => tracing::debug!(%error, "what waits for recorders is not known for now"),
        }
        tokio::time::sleep(PERIOD).await;
    }
}

async fn sweep(database: &Database, abandoned_s: u32) -> Result<Vec<Ended>, sqlx::Error> {
    let mut transaction = database.begin().await?;
    let given_up = store::give_up(&mut transaction, abandoned_s.into(), ROUND_MAX).await?;
    store::forget_recorders(&mut transaction).await?;
    transaction.commit().await?;
    Ok(given_up)
}
