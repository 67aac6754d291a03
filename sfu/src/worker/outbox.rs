//! Events to the control side that its queue has no room for.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use crate::command::Event;

/// Beyond this many, events that describe a passing state are lost; a later one describes it anew. Those that open and
/// close sessions are kept: there are no more of them than sessions.
const WAITING_MAX: usize = 16_384;

/// Sends in order, and never waits.
pub(super) struct Outbox {
    events: mpsc::Sender<Event>,
    waiting: VecDeque<Event>,
}

impl Outbox {
    pub(super) fn new(events: mpsc::Sender<Event>) -> Self {
        Self { events, waiting: VecDeque::new() }
    }

    pub(super) fn send(&mut self, event: Event) {
        let passing = matches!(event, Event::SlotLayer { .. } | Event::Speaker { .. } | Event::Voices { .. });
        if !(passing && self.waiting.len() >= WAITING_MAX) {
            self.waiting.push_back(event);
        }
        self.drain();
    }

    /// Tries again; called every tick.
    pub(super) fn drain(&mut self) {
        while let Some(event) = self.waiting.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(event)) => {
                    self.waiting.push_front(event);
                    return;
                }
                // The control side is gone: the process ends.
                Err(mpsc::error::TrySendError::Closed(_)) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{CloseReason, RoomId, SessionId};

    #[test]
    fn what_describes_a_state_is_lost_before_what_ends_a_session() {
        let (sender, mut receiver) = mpsc::channel(1);
        let mut outbox = Outbox::new(sender);
        for _ in 0..WAITING_MAX + 10 {
            outbox.send(Event::Speaker { room: RoomId("class".into()), source: None });
        }
        assert_eq!(outbox.waiting.len(), WAITING_MAX);
        outbox.send(Event::Closed { session: SessionId(1), reason: CloseReason::Deleted });
        assert_eq!(outbox.waiting.len(), WAITING_MAX + 1);
        assert!(receiver.try_recv().is_ok());
        outbox.drain();
        assert_eq!(outbox.waiting.len(), WAITING_MAX);
    }
}
