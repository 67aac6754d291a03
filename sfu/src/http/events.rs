//! What workers report changes the tables and goes on to viewers.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use crate::command::{Command, Event};
use crate::session::{CloseReason, RoomId, SessionId, TrackId};

use super::control::Control;
use super::event_stream::{EventKind, frame};
use super::registry::{Purpose, Registry};
use super::room_state::RoomState;

/// How often a changed number of viewers is told.
const VIEWER_COUNT_PERIOD: Duration = Duration::from_secs(1);

/// How soon those who joined since the last policy are as it says.
const ENFORCE_PERIOD: Duration = Duration::from_millis(250);

/// Takes in what workers report until their side of the queue is closed. To be spawned once.
pub async fn follow(control: Arc<Control>, mut events: mpsc::Receiver<Event>) {
    let mut viewer_counts = tokio::time::interval(VIEWER_COUNT_PERIOD);
    viewer_counts.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut enforce = tokio::time::interval(ENFORCE_PERIOD);
    enforce.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(Event::RoomPanicked { room, worker }) => {
                    tracing::error!(%room, worker = worker.0, "a room was lost to a panic; its people must join again");
                    for other in control.worker_ids().filter(|other| *other != worker) {
                        // A full queue here means a worker that is in trouble itself; its viewers' consent will expire.
                        let command = Command::CloseRoom { room: room.clone(), reason: CloseReason::RoomClosed };
                        let _ = control.send(other, command);
                    }
                }
                Some(event) => control.registry().apply(event),
                None => return,
            },
            _ = viewer_counts.tick() => control.registry().tell_viewer_counts(),
            _ = enforce.tick() => control.enforce_all(),
        }
    }
}

impl Registry {
    /// Events of rooms and sessions that are gone by now are ignored: they crossed with a `DELETE`.
    fn apply(&mut self, event: Event) {
        match event {
            Event::Connected { session } => self.connected(session),
            Event::Closed { session, reason } => self.closed(session, reason),
            Event::Active { room, track, layers } => {
                self.change_tracks(&room, |state| state.activate(track, layers));
            }
            Event::Inactive { room, track } => self.deactivate(&room, track),
            Event::Speaker { room, source } => {
                let Some(state) = self.state(&room) else { return };
                if state.speak(source) {
                    let data = state.speaker_json();
                    self.broadcast(&room, EventKind::Speaker, &data);
                }
            }
            Event::Voices { room, sources } => {
                if self.state(&room).is_some_and(|state| state.voice(sources)) {
                    self.broadcast_slots(&room, &[EventKind::Slots]);
                }
            }
            Event::SlotLayer { session, mid, layer } => {
                let id = self.event_id();
                let Some(session) = self.sessions.get_mut(&session) else { return };
                let Some(room) = self.rooms.get(&session.room) else { return };
                let Some((slots, streams)) = session.viewer() else { return };
                let Some(slot) = slots.iter_mut().find(|slot| slot.mid == mid) else { return };
                slot.layer = layer;
                streams.send(EventKind::Slots, &frame(EventKind::Slots, id, &room.state.slots_json(slots)));
            }
            // It concerns other workers, so `follow` has dealt with it.
            Event::RoomPanicked { .. } => {}
        }
    }

    /// A viewer that did not want to go is asked to come again; its streams end.
    fn closed(&mut self, id: SessionId, reason: CloseReason) {
        let Some(mut session) = self.remove(id) else { return };
        tracing::debug!(room = %session.room, session = id.0, reason = reason.as_str(), "a session is over");
        if matches!(reason, CloseReason::Deleted | CloseReason::PeerClosed) {
            return;
        }
        if let Some(resource) = &session.resource {
            self.remember_end(resource.secret, reason);
        }
        if let Purpose::Watch { streams, .. } = &mut session.purpose {
            let data = json!({ "reason": reason.as_str() });
            streams.send(EventKind::Reconnect, &frame(EventKind::Reconnect, self.event_id(), &data));
        }
    }

    fn deactivate(&mut self, room: &RoomId, track: TrackId) {
        self.change_tracks(room, |state| state.deactivate(track));
    }

    /// Changes the tracks of a room and tells what follows from it.
    fn change_tracks(&mut self, room: &RoomId, change: impl FnOnce(&mut RoomState) -> bool) {
        let Some(state) = self.state(room) else { return };
        let before = state.active_json();
        if !change(state) {
            return;
        }
        let (active, after) = (state.is_active(), state.active_json());
        if !active {
            self.broadcast(room, EventKind::Inactive, &json!({}));
        } else if before != after {
            self.broadcast(room, EventKind::Active, &after);
        }
        self.broadcast_slots(room, &[EventKind::Layers, EventKind::Slots]);
    }

    fn state(&mut self, room: &RoomId) -> Option<&mut RoomState> {
        self.rooms.get_mut(room).map(|room| &mut room.state)
    }
}
