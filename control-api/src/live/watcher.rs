//! Looks into the rooms of live classes: who is there, and whether anybody still teaches.
//!
//! Every node does so; they take turns ([`attendance_store::take_turns`]), so that each class is looked at once in
//! [`PERIOD_S`], and its room asked for what was written in it since ([`rooms`](super::rooms)). What is not known is not
//! concluded: while the bus is away, nobody came, left or was absent. A class that no tutor is in any more ends by itself,
//! `live.abandoned_s` after its time or after a tutor was last there, whichever is later; one that nobody started is cancelled
//! as long after its time. The rooms of classes that are over are ended, and asked to end again until they say that they have.

use std::sync::Arc;
use std::time::Duration;

use super::attendance_store::{self, Due};
use super::presence::Presence;
use super::rooms::{Archived, Ask, Rooms};
use super::{class_store, ending, room_end_store};
use crate::database::Database;
use crate::events::{Event, emit_all};
use futures_util::StreamExt as _;
use futures_util::stream;

/// How often a class is looked at, seconds: as exact as attendance is.
const PERIOD_S: f64 = 5.0;
/// How often it is asked whose turn it is.
const PAUSE: Duration = Duration::from_secs(1);
/// Classes of one round; more come with the next.
const ROUND_MAX: i64 = 100;
/// Rooms looked into at once. Each takes a connection to Postgres for a moment.
const AT_ONCE: usize = 4;

/// A room in which nobody is may be open nowhere; so often its log is read all the same: once a minute.
const EMPTY_READ_SHARE: f64 = PERIOD_S / 60.0;

/// Watches for ever: to be spawned.
pub(crate) async fn run(database: Database, rooms: Arc<Rooms>, abandoned_s: u32) {
    let watcher = Watcher { database, rooms, abandoned_s: f64::from(abandoned_s) };
    loop {
        if let Err(error) = watcher.round().await {
            tracing::warn!(%error, "live classes are not watched for now");
        }
        let _ = tokio::time::timeout(PAUSE, watcher.rooms.woken.notified()).await;
    }
}

struct Watcher {
    database: Database,
    rooms: Arc<Rooms>,
    abandoned_s: f64,
}

impl Watcher {
    async fn round(&self) -> Result<(), sqlx::Error> {
        let take = attendance_store::take_turns(self.database.primary(), PERIOD_S, ROUND_MAX);
        let due = self.database.bounded(take).await?;
        stream::iter(&due).for_each_concurrent(AT_ONCE, |due| self.look(due)).await;
        self.database.bounded(self.cancel_missed()).await?;
        self.end_rooms().await
    }

    async fn look(&self, due: &Due) {
        let room = due.id.to_string();
        let presence = match self.rooms.bus.presence(&room).await {
            Ok(nodes) => Presence::of(nodes),
            Err(error) => {
                tracing::debug!(%error, room, "cannot look into a room");
                return;
            }
        };
        if let Err(error) = self.database.bounded(self.write(due, &presence)).await {
            tracing::warn!(%error, room, "who is in a room is not written down");
        }
        let archived = Archived { room: due.id, epoch: due.archive_epoch.clone(), seq: due.archive_seq };
        let ask = match presence.node {
            Some(node) => Ask::Node(node),
            None if rand::random_bool(EMPTY_READ_SHARE) => Ask::Anybody,
            None => Ask::Open,
        };
        self.rooms.ask(&archived, ask).await;
    }

    async fn write(&self, due: &Due, presence: &Presence) -> Result<(), sqlx::Error> {
        let mut transaction = self.database.begin().await?;
        let Some(watched) = attendance_store::hold(&mut transaction, due, self.abandoned_s).await? else {
            return Ok(());
        };
        attendance_store::write(&mut transaction, due, &watched, presence).await?;
        if !presence.has_tutor && due.at >= watched.abandoned_at {
            ending::end(&mut transaction, due.id).await?;
            tracing::info!(room = %due.id, "a class without a tutor has ended");
        }
        transaction.commit().await
    }

    async fn end_rooms(&self) -> Result<(), sqlx::Error> {
        let primary = self.database.primary();
        let due = self.database.bounded(room_end_store::take_turns(primary, ROUND_MAX)).await?;
        stream::iter(&due).for_each_concurrent(AT_ONCE, |archived| self.rooms.ask(archived, Ask::End)).await;
        let given_up = self.database.bounded(room_end_store::give_up(primary)).await?;
        if given_up > 0 {
            tracing::warn!(given_up, "rooms of classes that are over never said that they have ended");
        }
        Ok(())
    }

    async fn cancel_missed(&self) -> Result<(), sqlx::Error> {
        let mut transaction = self.database.begin().await?;
        let missed = class_store::cancel_missed(&mut transaction, self.abandoned_s, ROUND_MAX).await?;
        let events: Vec<Event> = missed.iter().map(|class| Event::LiveCancelled(class.told())).collect();
        emit_all(&mut transaction, &events).await?;
        transaction.commit().await
    }
}
