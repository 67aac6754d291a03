//! Looks into the rooms of live classes: who is there, and whether anybody still teaches.
//!
//! Every node does so; they take turns ([`attendance_store::take_turns`]), so that each class is looked at once in
//! [`PERIOD_S`]. What is not known is not concluded: while the bus is away, nobody came, left or was absent. A class that no
//! tutor is in any more ends by itself, `live.abandoned_s` after its time or after a tutor was last there, whichever is later;
//! one that nobody started is cancelled as long after its time.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use lectern_platform::bus::Bus;
use sqlx::PgConnection;
use uuid::Uuid;

use super::attendance_store::{self, Due};
use super::class_store;
use super::presence::Presence;
use crate::courses::viewer::Viewer;
use crate::database::Database;
use crate::events::{Event, LiveClass, emit, emit_all};

/// How often a class is looked at, seconds: as exact as attendance is.
const PERIOD_S: f64 = 5.0;
/// How often it is asked whose turn it is.
const PAUSE: Duration = Duration::from_secs(1);
/// Classes of one round; more come with the next.
const ROUND_MAX: i64 = 100;
/// Rooms looked into at once. Each takes a connection to Postgres for a moment.
const AT_ONCE: usize = 4;

/// Watches for ever: to be spawned.
pub(crate) async fn run(database: Database, bus: Arc<dyn Bus>, abandoned_s: u32) {
    let watcher = Watcher { database, bus, abandoned_s: f64::from(abandoned_s) };
    loop {
        if let Err(error) = watcher.round().await {
            tracing::warn!(%error, "live classes are not watched for now");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

struct Watcher {
    database: Database,
    bus: Arc<dyn Bus>,
    abandoned_s: f64,
}

impl Watcher {
    async fn round(&self) -> Result<(), sqlx::Error> {
        let due = attendance_store::take_turns(self.database.primary(), PERIOD_S, ROUND_MAX).await?;
        stream::iter(&due).for_each_concurrent(AT_ONCE, |due| self.look(due)).await;
        self.cancel_missed().await
    }

    async fn look(&self, due: &Due) {
        let room = due.id.to_string();
        let presence = match self.bus.presence(&room).await {
            Ok(nodes) => Presence::of(&nodes),
            Err(error) => {
                tracing::debug!(%error, room, "cannot look into a room");
                return;
            }
        };
        if let Err(error) = self.write(due, &presence).await {
            tracing::warn!(%error, room, "who is in a room is not written down");
        }
    }

    async fn write(&self, due: &Due, presence: &Presence) -> Result<(), sqlx::Error> {
        let mut transaction = self.database.begin().await?;
        let Some(watched) = attendance_store::hold(&mut transaction, due, self.abandoned_s).await? else {
            return Ok(());
        };
        attendance_store::write(&mut transaction, due, &watched, presence).await?;
        if !presence.has_tutor && due.at >= watched.abandoned_at {
            end(&mut transaction, due.id).await?;
            tracing::info!(room = %due.id, "a class without a tutor has ended");
        }
        transaction.commit().await
    }

    async fn cancel_missed(&self) -> Result<(), sqlx::Error> {
        let mut transaction = self.database.begin().await?;
        let missed = class_store::cancel_missed(&mut transaction, self.abandoned_s, ROUND_MAX).await?;
        let events: Vec<Event> = missed.iter().map(|class| Event::LiveCancelled(class.told())).collect();
        emit_all(&mut transaction, &events).await?;
        transaction.commit().await
    }
}

async fn end(connection: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    class_store::end(connection, id).await?;
    let everything = Viewer { admin: true, ..Viewer::default() };
    let told: Option<LiveClass> = class_store::one(&mut *connection, everything, id).await?.map(|class| class.told());
    match told {
        Some(told) => emit(connection, Event::LiveEnded(told)).await,
        None => Ok(()),
    }
}
