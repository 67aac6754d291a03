//! Whether the school should get new work: as long as Postgres answers.
//!
//! Asked on a connection of its own, so that a busy school, whose requests wait for connections, does not look like one
//! without a database.

use std::time::Duration;

use lectern_platform::health::Condition;
use sqlx::{Connection as _, PgConnection};

use crate::database::Database;

/// How often to ask.
const EVERY: Duration = Duration::from_secs(2);
/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// Keeps `ready` true to what Postgres answers, for ever.
pub(crate) async fn watch(database: Database, ready: Condition) {
    let mut connection = None;
    loop {
        tokio::time::sleep(EVERY).await;
        let answered = tokio::time::timeout(ANSWER_MAX, ask(&database, connection.take())).await;
        let failure = match answered {
            Ok(Ok(open)) => {
                connection = Some(open);
                None
            }
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no answer within {ANSWER_MAX:?}")),
        };
        match (&failure, ready.holds()) {
            (Some(error), true) => tracing::error!(error, "school: Postgres is away"),
            (None, false) => tracing::info!("school: Postgres is back"),
            _ => {}
        }
        ready.set(failure.is_none());
    }
}

async fn ask(database: &Database, connection: Option<PgConnection>) -> Result<PgConnection, sqlx::Error> {
    let mut connection = match connection {
        Some(connection) => connection,
        None => database.connect_alone().await?,
    };
    connection.ping().await?;
    Ok(connection)
}
