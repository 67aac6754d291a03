//! Postgres: its pools, the wait for it at the start, the schema, and what is read from a replica.

use std::io;
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Postgres, Transaction};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::config::DatabaseConfig;

/// The schema, as part of the program.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// The first pause between two attempts to reach Postgres at the start; each is twice the one before.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// The longest.
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// Postgres itself ends a statement after `database.statement_ms_max`: who hears nothing for so much longer never will.
const SILENCE: Duration = Duration::from_secs(2);
/// Connections idle for so long are closed.
const IDLE_MAX: Duration = Duration::from_secs(600);

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// Not a URL.
    #[error("`database.{key}`: {error}")]
    Url {
        /// `url` or `replica_url`.
        key: &'static str,
        /// What is wrong with it.
        error: sqlx::Error,
    },
    /// It did not answer in time.
    #[error("Postgres did not answer within {waited_s} s: {error}")]
    Unreachable {
        /// How long it was waited for, seconds.
        waited_s: u64,
        /// The last attempt's.
        error: sqlx::Error,
    },
    /// The schema could not be brought up to date.
    #[error("migrations: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// The pools. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    primary: PgPool,
    replica: Option<Replica>,
    options: PgConnectOptions,
    answer_max: Duration,
}

/// A server that follows the primary.
#[derive(Clone, Debug)]
pub(crate) struct Replica {
    pub(crate) pool: PgPool,
    pub(crate) options: PgConnectOptions,
    /// Whether it is left alone: it was away when it was used or asked last, or is too far behind.
    pub(crate) is_away: watch::Sender<bool>,
    /// By how much it may be behind.
    pub(crate) behind_max: Duration,
}

impl Database {
    /// Waits for Postgres, and brings the schema up to date if configured.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn connect(config: &DatabaseConfig) -> Result<Self, DatabaseError> {
        let options = connect_options("url", &config.url)?;
        let primary = pool(config, &options);
        let replica = match &config.replica_url {
            Some(url) => {
                let options = connect_options("replica_url", url)?;
                let (pool, behind_max) = (pool(config, &options), Duration::from_millis(config.replica_behind_ms_max));
                // Left alone until it was asked how far it is.
                Some(Replica { pool, options, is_away: watch::Sender::new(true), behind_max })
            }
            None => None,
        };
        let answer_max = Duration::from_millis(config.acquire_ms_max) + silence_max(config);
        let database = Self { primary, replica, options, answer_max };
        // A connection of its own: a migration may take longer than a statement.
        let mut connection = database.wait(Duration::from_secs(config.wait_s_max)).await?;
        if config.migrate {
            MIGRATIONS.run(&mut connection).await?;
        }
        // What fails here was used for nothing any more.
        let _ = connection.close().await;
        Ok(database)
    }

    /// For what is written, and what must see what was just written.
    #[must_use]
    pub fn primary(&self) -> &PgPool {
        &self.primary
    }

    /// Reads what may be a moment old: from the replica, and from the primary if there is none, or it is away or too far behind.
    /// A read that the replica leaves without an answer goes to the primary as soon as it is known to be away.
    ///
    /// # Errors
    /// The query's, of whichever answered.
    pub async fn read<T, F>(&self, query: impl Fn(PgPool) -> F) -> Result<T, sqlx::Error>
    where
        F: Future<Output = Result<T, sqlx::Error>>,
    {
        let Some(replica) = &self.replica else { return query(self.primary.clone()).await };
        let mut away = replica.is_away.subscribe();
        let answered = tokio::select! {
            biased;
            _ = away.wait_for(|is_away| *is_away) => None,
            answered = query(replica.pool.clone()) => Some(answered),
        };
        match answered {
            Some(Err(error)) if is_away(&error) => {
                tracing::warn!(%error, "the replica is away: the primary is asked");
                replica.is_away.send_replace(true);
                query(self.primary.clone()).await
            }
            Some(answered) => answered,
            None => query(self.primary.clone()).await,
        }
    }

    /// The replica, if there is one.
    pub(crate) fn replica(&self) -> Option<&Replica> {
        self.replica.as_ref()
    }

    /// A transaction on the primary. Dropped without a commit, it is rolled back.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        self.primary.begin().await
    }

    /// Work that nobody else bounds: a Postgres that vanishes without a word, as behind a cable that is pulled, leaves it without
    /// an answer for as long as the system repeats itself, which is a quarter of an hour.
    ///
    /// # Errors
    /// The work's, or [`io::ErrorKind::TimedOut`] after as long as a connection and a statement may take.
    pub(crate) async fn bounded<T, E: From<sqlx::Error>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        timeout(self.answer_max, work).await.unwrap_or_else(|_| Err(timed_out().into()))
    }

    /// How to reach the primary beside the pool.
    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// A connection of its own for who listens to `NOTIFY`, which is made when it is used, and again when it was lost.
    pub(crate) fn listening(&self) -> PgPool {
        PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with(self.options.clone())
    }

    /// Closes every connection when its request is done.
    pub async fn close(&self) {
        self.primary.close().await;
        if let Some(replica) = &self.replica {
            replica.pool.close().await;
        }
    }

    async fn wait(&self, longest: Duration) -> Result<PgConnection, DatabaseError> {
        let start = Instant::now();
        let mut pause = PAUSE_MIN;
        loop {
            match PgConnection::connect_with(&self.options).await {
                Ok(connection) => return Ok(connection),
                Err(error) if start.elapsed() + pause > longest => {
                    return Err(DatabaseError::Unreachable { waited_s: longest.as_secs(), error });
                }
                Err(error) => tracing::warn!(%error, again_in = ?pause, "waiting for Postgres"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }
}

/// Whether an error says that a server is away, or refuses everybody for now, rather than what was asked.
pub(crate) fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(refusal) => {
            // Shutting down, crashed, starting up, out of connections, a connection that broke.
            let code = refusal.code().unwrap_or_default();
            matches!(&*code, "57P01" | "57P02" | "57P03" | "53300") || code.starts_with("08")
        }
        _ => false,
    }
}

fn connect_options(key: &'static str, url: &str) -> Result<PgConnectOptions, DatabaseError> {
    let options: PgConnectOptions = url.parse().map_err(|error| DatabaseError::Url { key, error })?;
    // Statements are logged by nobody: they hold what people wrote. Slow ones show in Postgres' own statistics.
    // That there is a table already, which a migration wanted to make, is no news.
    let options = options.options([("client_min_messages", "warning")]);
    Ok(options.application_name("lectern-control-api").disable_statement_logging())
}

fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(io::ErrorKind::TimedOut.into())
}

/// How long a connection may say nothing after a statement was sent.
fn silence_max(config: &DatabaseConfig) -> Duration {
    Duration::from_millis(config.statement_ms_max) + SILENCE
}

/// Connects when it is used first.
fn pool(config: &DatabaseConfig, options: &PgConnectOptions) -> PgPool {
    let limit = config.statement_ms_max.to_string();
    let silence_max = silence_max(config);
    PgPoolOptions::new()
        .max_connections(config.connections_max)
        .acquire_timeout(Duration::from_millis(config.acquire_ms_max))
        .idle_timeout(IDLE_MAX)
        // The pool asks as well, and would wait for ever: who gave up a request would leave it one connection less.
        .after_release(move |connection, _| {
            Box::pin(async move {
                let answered = timeout(silence_max, connection.ping()).await;
                answered.unwrap_or_else(|_| Err(timed_out())).map(|()| true)
            })
        })
        .connect_lazy_with(options.clone().options([("statement_timeout", limit)]))
}
