//! Whether the school should get new work: as long as Postgres answers. And whether its replica does, which it can do without.
//!
//! Asked on connections of their own, so that a busy school, whose requests wait for connections, does not look like one
//! without a database.

use std::time::Duration;

use lectern_platform::health::Condition;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

use crate::database::Database;

/// How often to ask.
const EVERY: Duration = Duration::from_secs(2);
/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// Keeps `ready` true to what Postgres answers, and the replica's state to what that does, for ever.
pub(crate) async fn watch(database: Database, ready: Condition) {
    let primary = follow("Postgres", database.options(), |is_there| ready.set(is_there));
    let replica = async {
        if let Some(replica) = database.replica() {
            follow("the replica", &replica.options, |is_there| {
                replica.is_away.send_if_modified(|is_away| std::mem::replace(is_away, !is_there) == is_there);
            })
            .await;
        }
    };
    tokio::join!(primary, replica);
}

/// Tells whether a server answers, each time it was asked.
async fn follow(name: &str, options: &PgConnectOptions, tell: impl Fn(bool)) {
    let (mut connection, mut was_there) = (None, true);
    loop {
        tokio::time::sleep(EVERY).await;
        let answered = tokio::time::timeout(ANSWER_MAX, ask(options, connection.take())).await;
        let failure = match answered {
            Ok(Ok(open)) => {
                connection = Some(open);
                None
            }
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no answer within {ANSWER_MAX:?}")),
        };
        match (&failure, was_there) {
            (Some(error), true) => tracing::error!(error, "school: {name} is away"),
            (None, false) => tracing::info!("school: {name} is back"),
            _ => {}
        }
        was_there = failure.is_none();
        tell(was_there);
    }
}

async fn ask(options: &PgConnectOptions, connection: Option<PgConnection>) -> Result<PgConnection, sqlx::Error> {
    let mut connection = match connection {
        Some(connection) => connection,
        None => PgConnection::connect_with(options).await?,
    };
    connection.ping().await?;
    Ok(connection)
}
