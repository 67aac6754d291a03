//! Deletes sessions, refresh tokens and password resets that nobody needs any more. Every node does so; they pass over what
//! another one holds.

use std::time::Duration;

use super::session_store;
use crate::database::Database;

/// How often.
const PERIOD: Duration = Duration::from_secs(3_600);
/// Rows of each kind that one statement deletes.
const ROWS_MAX: i64 = 2_000;

/// Sweeps for ever: to be spawned. `idle_s` is how long a session lives that nobody uses.
pub(crate) async fn run(database: Database, idle_s: u64) {
    loop {
        match database.bounded(sweep(&database, idle_s)).await {
            // There may be more.
            Ok(deleted) if deleted > 0 => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "sessions that are over stay for now"),
        }
        tokio::time::sleep(PERIOD).await;
    }
}

async fn sweep(database: &Database, idle_s: u64) -> Result<u64, sqlx::Error> {
    let mut transaction = database.begin().await?;
    let deleted = session_store::delete_old(&mut transaction, idle_s as f64, ROWS_MAX).await?;
    transaction.commit().await?;
    Ok(deleted)
}
