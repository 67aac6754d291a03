//! A session's events, listened to for as long as the session lasts.

use std::time::Duration;

use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::event_lines::{Event, EventLines};
use super::lost::Lost;
use super::room::Shown;
use super::whep::Whep;
use crate::backoff::Backoff;

/// Events that wait for the capture; the connection waits with them.
const WAITING_MAX: usize = 64;
/// Between attempts to listen again.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(5);
/// Longer than any server that is drained spreads its clients.
const LEAVE_AFTER_MAX: Duration = Duration::from_secs(300);
/// Slots and sources that are read of one event.
const LIST_LEN_MAX: usize = 64;

/// What a session tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RoomEvent {
    /// From here on it is told how things stand.
    Anew,
    /// Who is in which slot.
    Slots(Vec<Shown>),
    /// Who publishes; nobody, if it is empty.
    Active(Vec<String>),
    /// To be joined anew after this time.
    Reconnect {
        /// Its reason.
        reason: String,
        /// How long the session lasts at least.
        after: Duration,
    },
    /// There is no such session any more.
    Gone,
}

/// A task that listens; it ends with this.
#[derive(Debug)]
pub(crate) struct Events {
    receiver: mpsc::Receiver<RoomEvent>,
    _task: JoinSet<()>,
}

impl Events {
    /// Listens to the session at this URL, and again when it is cut off: whoever begins to listen is told how things stand.
    pub(crate) fn of(whep: Whep, session: reqwest::Url) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut backoff = Backoff::new(AGAIN_AFTER, AGAIN_AFTER_MAX);
            loop {
                match listen(&whep, &session, &sender).await {
                    Ok(()) => backoff = Backoff::new(AGAIN_AFTER, AGAIN_AFTER_MAX),
                    Err(Lost::SessionGone) => {
                        let _ = sender.send(RoomEvent::Gone).await;
                        return;
                    }
                    Err(error) => tracing::debug!(%error, "recorder: no events for now"),
                }
                backoff.wait().await;
            }
        });
        Self { receiver, _task: task }
    }

    /// The next one; `None` for ever after [`RoomEvent::Gone`]. May be dropped and called again.
    pub(crate) async fn next(&mut self) -> Option<RoomEvent> {
        self.receiver.recv().await
    }
}

/// Until the stream ends; `Ok` if there was any event.
async fn listen(whep: &Whep, session: &reqwest::Url, sender: &mpsc::Sender<RoomEvent>) -> Result<(), Lost> {
    let mut response = whep.listen(session).await?;
    // The receiver may be gone: so will this task be.
    let _ = sender.send(RoomEvent::Anew).await;
    let mut lines = EventLines::default();
    let mut any = false;
    loop {
        let chunk = match response.chunk().await {
            Ok(Some(chunk)) => chunk,
            _ if any => return Ok(()),
            Ok(None) => return Err(Lost::Unreachable("it ended at once".to_owned())),
            Err(error) => return Err(Lost::Unreachable(lectern_platform::answer::why(error))),
        };
        let mut events = Vec::new();
        lines.push(&chunk, |event| events.extend(read(&event))).map_err(|error| Lost::Unusable(error.to_string()))?;
        any |= !events.is_empty();
        for event in events {
            let _ = sender.send(event).await;
        }
    }
}

/// An event that is known and can be read; there may be newer ones.
fn read(event: &Event) -> Option<RoomEvent> {
    #[derive(Deserialize)]
    struct Slots {
        slots: Vec<Slot>,
    }
    #[derive(Deserialize)]
    struct Slot {
        mid: String,
        source: Option<String>,
    }
    #[derive(Deserialize)]
    struct Active {
        #[serde(default)]
        sources: Vec<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Reconnect {
        #[serde(default)]
        reason: String,
        #[serde(default)]
        retry_after_ms: u64,
    }
    let data = event.data.as_str();
    let event = match event.name.as_str() {
        "slots" => serde_json::from_str(data).map(|Slots { slots }| {
            let slots = slots.into_iter().take(LIST_LEN_MAX);
            RoomEvent::Slots(slots.map(|Slot { mid, source }| Shown { mid, source }).collect())
        }),
        "active" => serde_json::from_str(data).map(|Active { mut sources }| {
            sources.truncate(LIST_LEN_MAX);
            RoomEvent::Active(sources)
        }),
        "inactive" => Ok(RoomEvent::Active(Vec::new())),
        "reconnect" => serde_json::from_str(data).map(|Reconnect { reason, retry_after_ms }| RoomEvent::Reconnect {
            reason: reason.chars().take(LIST_LEN_MAX).collect(),
            after: Duration::from_millis(retry_after_ms).min(LEAVE_AFTER_MAX),
        }),
        _ => return None,
    };
    event.inspect_err(|error| tracing::warn!(%error, "recorder: an event that cannot be read")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, data: &str) -> Option<RoomEvent> {
        read(&Event { name: name.to_owned(), data: data.to_owned() })
    }

    #[test]
    fn events_are_read_as_the_protocol_has_them() {
        let slots = r#"{"slots":[{"mid":"4","kind":"video","slot":"camera","source":"camera","layer":{"rid":"h"}},
                        {"mid":"5","kind":"audio","slot":"tutor","source":null,"layer":null}]}"#;
        let shown = |mid: &str, source: Option<&str>| Shown { mid: mid.to_owned(), source: source.map(str::to_owned) };
        assert_eq!(event("slots", slots), Some(RoomEvent::Slots(vec![shown("4", Some("camera")), shown("5", None)])));
        let active = r#"{"sources":["camera","screen"]}"#;
        assert_eq!(event("active", active), Some(RoomEvent::Active(vec!["camera".to_owned(), "screen".to_owned()])));
        assert_eq!(event("inactive", "{}"), Some(RoomEvent::Active(Vec::new())));
        let drain = RoomEvent::Reconnect { reason: "draining".to_owned(), after: Duration::from_millis(4711) };
        assert_eq!(event("reconnect", r#"{"reason":"draining","retryAfterMs":4711}"#), Some(drain));
        let over = RoomEvent::Reconnect { reason: "consent_expired".to_owned(), after: Duration::ZERO };
        assert_eq!(event("reconnect", r#"{"reason":"consent_expired"}"#), Some(over));
        for (name, data) in [("viewercount", "{}"), ("slots", "{}"), ("slots", "[")] {
            assert_eq!(event(name, data), None, "{name} {data}");
        }
    }
}
