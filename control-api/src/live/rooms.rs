//! The rooms of our classes, from here: what is asked of them over the bus.

use std::sync::Arc;

use lectern_platform::bus::{Bus, Topic};
use lectern_platform::class_bus::ClassInquiry;
use tokio::sync::Notify;
use uuid::Uuid;

/// What the archive has of a room: everything up to an entry of one life of its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Archived {
    pub(super) room: Uuid,
    pub(super) epoch: String,
    pub(super) seq: i64,
}

/// Who is to answer, and what is to be done before.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    /// This node of the rooms' service, which has the room open.
    Node(String),
    /// Whoever has the room open.
    Open,
    /// Each node, which reads the room's log if need be.
    Anybody,
    /// This node, which reads the room's log if need be.
    Reader(String),
    /// Each node; and the room ends for good.
    End,
}

/// See the [module](self).
pub(crate) struct Rooms {
    pub(super) bus: Arc<dyn Bus>,
    /// This node's name among those of the school.
    pub(super) name: String,
    /// There is a room to be ended.
    pub(super) woken: Notify,
}

impl Rooms {
    pub(crate) fn new(bus: Arc<dyn Bus>) -> Self {
        Self { bus, name: Uuid::now_v7().to_string(), woken: Notify::new() }
    }

    /// A class is over: its room is ended now, not within a second.
    pub(super) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Asks. The answer is heard by [`reports`](super::reports), if one comes; whoever needs it asks again.
    pub(super) async fn ask(&self, archived: &Archived, ask: Ask) {
        let inquiry = ClassInquiry {
            room: archived.room.to_string(),
            from: self.name.clone(),
            reads_log: matches!(ask, Ask::Anybody | Ask::Reader(_)),
            ends: matches!(ask, Ask::End),
            node: match ask {
                Ask::Node(node) | Ask::Reader(node) => Some(node),
                Ask::Open | Ask::Anybody | Ask::End => None,
            },
            epoch: archived.epoch.clone(),
            seq: archived.seq.unsigned_abs(),
        };
        let Ok(bytes) = serde_json::to_vec(&inquiry) else { return };
        if let Err(error) = self.bus.publish(&Topic::ClassInquiry, bytes.into()).await {
            tracing::debug!(%error, room = %archived.room, "a room is not asked for now");
        }
    }
}
