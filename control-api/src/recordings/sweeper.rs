//! Ends recordings that no recorder has finished. Every node does so, none in another's way.

use std::time::Duration;

use super::job_store as store;
use crate::database::Database;

const PERIOD: Duration = Duration::from_secs(5);
/// Recordings of one round; more come with the next.
const ROUND_MAX: i64 = 50;

/// Sweeps for ever: to be spawned.
pub(crate) async fn run(database: Database, abandoned_s: u32) {
    loop {
        match sweep(&database, abandoned_s).await {
            Ok(0) => {}
            Ok(given_up) => tracing::warn!(given_up, "recordings have ended that no recorder has finished"),
            Err(error) => tracing::warn!(%error, "recordings are not swept for now"),
        }
        tokio::time::sleep(PERIOD).await;
    }
}

async fn sweep(database: &Database, abandoned_s: u32) -> Result<usize, sqlx::Error> {
    let mut transaction = database.begin().await?;
    let given_up = store::give_up(&mut transaction, abandoned_s.into(), ROUND_MAX).await?;
    transaction.commit().await?;
    Ok(given_up)
}
