//! Gives up videos that break whoever packages them. Every node does so, none in another's way.

use std::time::Duration;

use super::job_store as store;
use crate::database::Database;

const PERIOD: Duration = Duration::from_secs(5);
/// Videos of one round; more come with the next.
const ROUND_MAX: i64 = 50;

/// Sweeps for ever: to be spawned.
pub(crate) async fn run(database: Database) {
    loop {
        match database.bounded(store::give_up(database.primary(), ROUND_MAX)).await {
            Ok(0) => {}
            Ok(given_up) => {
                tracing::warn!(given_up, "videos are played as they were uploaded: no recorder has packaged them")
            }
            Err(error) => tracing::warn!(%error, "packagings are not swept for now"),
        }
        tokio::time::sleep(PERIOD).await;
    }
}
