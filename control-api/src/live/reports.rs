//! What rooms say of themselves: written into the archive, and taken as the end of the class when it is.
//!
//! Every node of the school hears everything and takes what it asked for, and what nobody asked for. A report is taken if it
//! begins where the archive ends, or before; so it does no harm to hear one late, twice, or from two nodes of the rooms.

use std::sync::Arc;
use std::time::Duration;

use lectern_platform::bus::{BusEvent, Topic};
use lectern_platform::class_bus::ClassReport;
use tokio::time::sleep;
use uuid::Uuid;

use super::archive_store::{self as store, Held};
use super::class::State;
use super::rooms::{Archived, Ask, Rooms};
use super::{ending, room_end_store};
use crate::database::Database;

/// After the bus would not be listened to.
const RETRY: Duration = Duration::from_secs(1);

/// Hears for ever: to be spawned.
pub(crate) async fn run(database: Database, rooms: Arc<Rooms>) {
    let clerk = Clerk { database, rooms };
    loop {
        match clerk.rooms.bus.subscribe(&Topic::ClassReport).await {
            Ok(mut reports) => {
                while let Some(event) = reports.next().await {
                    if let BusEvent::Message(bytes) = event {
                        clerk.hear(&bytes).await;
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "the rooms cannot be heard for now"),
        }
        sleep(RETRY).await;
    }
}

struct Clerk {
    database: Database,
    rooms: Arc<Rooms>,
}

impl Clerk {
    async fn hear(&self, bytes: &[u8]) {
        let report: ClassReport = match serde_json::from_slice(bytes) {
            Ok(report) => report,
            Err(error) => return tracing::warn!(%error, "did not understand a room"),
        };
        // Rooms of other names are no classes of ours.
        let Ok(room) = report.room.parse::<Uuid>() else { return };
        let has_nothing = report.messages.is_empty() && report.deleted.is_empty() && report.polls.is_empty();
        if (!report.to.is_empty() && report.to != self.rooms.name) || (has_nothing && !report.ended) {
            return;
        }
        match self.database.bounded(self.file(room, &report)).await {
            Ok(Some(archived)) if report.more => self.rooms.ask(&archived, Ask::Reader(report.node)).await,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, %room, "what was written in a room is not in the archive yet"),
        }
    }

    /// Takes a report; what the archive has then, if the class is there.
    async fn file(&self, room: Uuid, report: &ClassReport) -> Result<Option<Archived>, sqlx::Error> {
        let mut transaction = self.database.begin().await?;
        let Some(Held { state, mut archived }) = store::hold(&mut transaction, room).await? else {
            if report.for_good {
                room_end_store::settle(&mut *transaction, room).await?;
            }
            transaction.commit().await?;
            return Ok(None);
        };
        if follows(&archived, report) {
            store::keep_messages(&mut transaction, room, &report.messages).await?;
            store::forget_messages(&mut transaction, room, &report.deleted).await?;
            store::keep_polls(&mut transaction, room, &report.polls).await?;
            archived = store::advance(&mut transaction, room, report).await?;
        }
        let has_ended = report.ended && state == State::Live;
        if has_ended {
            ending::end(&mut transaction, room).await?;
        }
        if report.for_good
            && !report.more
            && archived.epoch == report.epoch
            && archived.seq.unsigned_abs() >= report.seq
        {
            room_end_store::settle(&mut *transaction, room).await?;
        }
        transaction.commit().await?;
        if has_ended {
            tracing::info!(%room, "a class has ended in its room");
            self.rooms.wake();
        }
        Ok(Some(archived))
    }
}

/// Whether a report goes on where the archive ends, and says something new. Lives of a log are ordered.
fn follows(archived: &Archived, report: &ClassReport) -> bool {
    let seq = archived.seq.unsigned_abs();
    if report.epoch == archived.epoch {
        report.after <= seq && report.seq > seq
    } else {
        report.epoch > archived.epoch && report.after == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_taken_once_and_never_over_a_newer_one() {
        let archived = |epoch: &str, seq| Archived { room: Uuid::nil(), epoch: epoch.into(), seq };
        let report =
            |epoch: &str, after, seq| ClassReport { epoch: epoch.into(), after, seq, ..ClassReport::default() };
        for (has, says, is_taken) in [
            (("", 0), ("1a", 0, 7), true),
            (("", 0), ("1a", 3, 7), false),
            (("1a", 7), ("1a", 7, 9), true),
            (("1a", 7), ("1a", 0, 9), true),
            (("1a", 7), ("1a", 0, 7), false),
            (("1a", 7), ("1a", 0, 5), false),
            (("1a", 7), ("1a", 8, 9), false),
            (("1a", 7), ("2b", 0, 3), true),
            (("1a", 7), ("2b", 7, 9), false),
            (("2b", 3), ("1a", 0, 9), false),
        ] {
            assert_eq!(follows(&archived(has.0, has.1), &report(says.0, says.1, says.2)), is_taken, "{has:?} {says:?}");
        }
    }
}
