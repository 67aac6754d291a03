//! The way to the rooms' service, over the bus: reports go out, policies come in. Without a bus, or while it is away, media
//! goes on as it is.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lectern_platform::bus::{Bus, BusEvent, Topic};
use lectern_platform::media_bus::{MediaPolicy, MediaReport, REPEAT_MS};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::session::RoomId;

use super::control::Control;

/// How often rooms are looked at: a change is reported this soon.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long the policy of a room without sessions is kept and followed, for those who were sent away and come back.
const KEPT_EMPTY: Duration = Duration::from_secs(60);
/// How long to wait before listening is tried again.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// Follows all rooms of this node, for ever: to be spawned.
pub async fn link(control: Arc<Control>, bus: Arc<dyn Bus>) {
    let node = format!("{:016x}", rand::random::<u64>());
    let mut followed = HashSet::new();
    let mut tasks: JoinSet<RoomId> = JoinSet::new();
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = look.tick() => {
                let rooms: Vec<RoomId> = control.registry().rooms.keys().cloned().collect();
                for room in rooms {
                    if followed.insert(room.clone()) {
                        tasks.spawn(follow_room(control.clone(), bus.clone(), node.clone(), room));
                    }
                }
            }
            Some(ended) = tasks.join_next() => match ended {
                Ok(room) => {
                    followed.remove(&room);
                    control.registry().policies.remove(&room);
                }
                Err(error) => tracing::error!(%error, "the way to a room's service was lost to a panic"),
            },
        }
    }
}

/// Follows one room until it has been empty for [`KEPT_EMPTY`].
async fn follow_room(control: Arc<Control>, bus: Arc<dyn Bus>, node: String, room: RoomId) -> RoomId {
    let (policies, reports) = (Topic::MediaPolicy(room.to_string()), Topic::MediaReport(room.to_string()));
    let mut told: Option<(MediaReport, Instant)> = None;
    let mut seen = Instant::now();
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut listening = None;
    let mut listen_at = Instant::now();
    loop {
        if listening.is_none() && Instant::now() >= listen_at {
            listening = bus.subscribe(&policies).await.ok();
            listen_at = Instant::now() + LISTEN_AGAIN;
        }
        let policy = async {
            match &mut listening {
                Some(subscription) => subscription.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            event = policy => match event {
                Some(BusEvent::Message(bytes)) => match serde_json::from_slice::<MediaPolicy>(&bytes) {
                    Ok(policy) => control.obey(&room, policy),
                    Err(error) => tracing::warn!(%room, %error, "ignored a policy that cannot be read"),
                },
                // A policy is said again soon.
                Some(BusEvent::Gap | BusEvent::Commit(_)) => {}
                None => listening = None,
            },
            _ = look.tick() => {
                let now = Instant::now();
                let Some(report) = control.registry().report(&room, &node) else {
                    if now - seen >= KEPT_EMPTY {
                        return room;
                    }
                    continue;
                };
                seen = now;
                let repeat = Duration::from_millis(REPEAT_MS);
                let same = told.as_ref().is_some_and(|(last, at)| *last == report && now - *at < repeat);
                if !same && let Ok(json) = serde_json::to_vec(&report) {
                    // What is lost now is said again soon.
                    let _ = bus.publish(&reports, json.into()).await;
                    told = Some((report, now));
                }
            }
        }
    }
}
