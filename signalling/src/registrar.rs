//! Answers what the school asks of its classes: how a room is, what was written in it, and that it is to end for good.
//!
//! A room that runs here answers itself. For one that does not, and for every end, the room's log is read, and appended to, right
//! here: whoever has the room open, at this node or another, learns of the end as of any commit, and of several nodes that
//! are asked for it one appends it and the others find it done.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lectern_platform::bus::{Appended, BusError, BusEvent, Commit, CommitId, Opened, Topic};
use lectern_platform::class_bus::ClassInquiry;
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::core::{self, RoomState};
use crate::node::Node;
use crate::room::now_ms;

/// Logs that are read at once. Whoever asks for more asks again.
const AT_ONCE: usize = 16;
/// How long one may take; a log that has to be made again takes its time.
const WORK_MAX: Duration = Duration::from_secs(30);
/// How often an end is decided anew because something else was appended meanwhile.
const ATTEMPTS_MAX: usize = 20;
/// After the bus would not be listened to.
const RETRY: Duration = Duration::from_secs(1);

/// Why an inquiry is not answered. It comes again.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error("the room's log cannot be read: {0}")]
    Log(String),
    #[error("the room is too busy")]
    Busy,
}

/// Answers for as long as it is let: to be spawned.
pub(crate) async fn run(node: Arc<Node>) {
    let mut reading = JoinSet::new();
    loop {
        match node.bus.subscribe(&Topic::ClassInquiry).await {
            Ok(mut inquiries) => {
                while let Some(event) = inquiries.next().await {
                    while reading.try_join_next().is_some() {}
                    if let BusEvent::Message(bytes) = event
                        && let Some(inquiry) = heard(&node, &bytes)
                        && reading.len() < AT_ONCE
                    {
                        reading.spawn(answer(Arc::clone(&node), inquiry));
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "rooms: the school cannot be heard for now"),
        }
        sleep(RETRY).await;
    }
}

/// What is left to be read from a log.
fn heard(node: &Node, bytes: &[u8]) -> Option<ClassInquiry> {
    let inquiry: ClassInquiry = match serde_json::from_slice(bytes) {
        Ok(inquiry) => inquiry,
        Err(error) => {
            tracing::warn!(%error, "rooms: did not understand the school");
            return None;
        }
    };
    if inquiry.node.as_ref().is_some_and(|asked| *asked != node.name) || (!inquiry.ends && node.ask(&inquiry)) {
        return None;
    }
    (inquiry.ends || inquiry.reads_log).then_some(inquiry)
}

async fn answer(node: Arc<Node>, inquiry: ClassInquiry) {
    let result = timeout(WORK_MAX, read_and_report(&node, &inquiry)).await;
    if let Err(error) = result.unwrap_or(Err(Unanswered::Busy)) {
        tracing::warn!(room = inquiry.room, ends = inquiry.ends, %error, "rooms: the school waits for an answer");
    }
}

async fn read_and_report(node: &Node, inquiry: &ClassInquiry) -> Result<(), Unanswered> {
    for _ in 0..ATTEMPTS_MAX {
        let opened = node.bus.open(&inquiry.room, None).await?;
        let mut state = fold(node, &opened)?;
        let closing = state.closing(now_ms()).filter(|_| inquiry.ends);
        if let Some(entry) = closing {
            let payload = core::encode(std::slice::from_ref(&entry));
            let commit = Commit { id: CommitId(rand::random()), first: state.seq() + 1, count: 1, payload };
            match node.bus.append(&inquiry.room, &opened.epoch, &commit).await? {
                Appended::Committed => drop(state.apply(&entry)),
                Appended::Conflict | Appended::Gone => continue,
            }
        }
        if inquiry.ends {
            // Nobody may have the room open who would say so; media servers may have people of it.
            let policy = Topic::MediaPolicy(inquiry.room.clone());
            node.bus.publish(&policy, json(&state.media_policy(&opened.epoch))).await?;
        }
        let report = state.report(inquiry, &opened.epoch, &node.name);
        return Ok(node.bus.publish(&Topic::ClassReport, json(&report)).await?);
    }
    Err(Unanswered::Busy)
}

/// The room as its log says.
fn fold(node: &Node, opened: &Opened) -> Result<RoomState, Unanswered> {
    let limits = node.config.room.clone();
    let mut state = match &opened.snapshot {
        Some(snapshot) => RoomState::restore(limits, &snapshot.state, snapshot.seq)
            .map_err(|error| Unanswered::Log(error.to_string()))?,
        None => RoomState::new(limits),
    };
    for commit in &opened.commits {
        for entry in core::decode(&commit.payload).map_err(|error| Unanswered::Log(error.to_string()))? {
            state.apply(&entry);
        }
    }
    Ok(state)
}

fn json(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value).expect("it has a form in JSON").into()
}
