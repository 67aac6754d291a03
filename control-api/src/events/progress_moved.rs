//! Progress as it moves, for open pages: the student's own, and their tutors'. At most once, and cheap: one message of the bus
//! for each commit, with those alone whose whole percent moved.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use lectern_platform::bus::{Bus, Topic};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::message::{Moved, write_moved};

/// Messages that wait for the bus; further ones are dropped.
const WAITING_MAX: usize = 4;
/// Percents that are remembered: those of the students who watch at this node. When there are more it begins anew, and says
/// once what was said before.
const KNOWN_MAX: usize = 50_000;

/// Tells the bus. It ends with this value.
#[derive(Debug)]
pub(crate) struct ProgressTeller {
    known: HashMap<(Uuid, Uuid), u32>,
    queue: mpsc::Sender<Bytes>,
}

impl ProgressTeller {
    /// To be called in a Tokio runtime.
    pub(crate) fn start(bus: Arc<dyn Bus>) -> Self {
        let (queue, mut messages) = mpsc::channel(WAITING_MAX);
        tokio::spawn(async move {
            while let Some(message) = messages.recv().await {
                // Who does not hear of it hears of the next.
                let _ = bus.publish(&Topic::School, message).await;
            }
        });
        Self { known: HashMap::new(), queue }
    }

    /// Tells what of a commit is worth it.
    pub(crate) fn tell(&mut self, written: &[Moved]) {
        let moved: Vec<Moved> = written.iter().copied().filter(|one| self.is_news(one)).collect();
        if !moved.is_empty() {
            let _ = self.queue.try_send(write_moved(&moved));
        }
    }

    fn is_news(&mut self, moved: &Moved) -> bool {
        let percent = (u64::from(moved.watched_s) * 100).checked_div(u64::from(moved.video_s)).unwrap_or(0) as u32;
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
        }
        self.known.insert((moved.person, moved.lesson), percent) != Some(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::message::Message;

    #[test]
    fn a_whole_percent_is_worth_a_message_and_less_is_not() {
        let (queue, mut messages) = mpsc::channel(8);
        let mut teller = ProgressTeller { known: HashMap::new(), queue };
        let [person, course, lesson] = [(); 3].map(|()| Uuid::now_v7());
        let at = |watched_s| Moved { person, course, lesson, position_s: watched_s, watched_s, video_s: 1_000 };
        for (watched_s, is_told) in [(0, true), (9, false), (10, true), (19, false), (10, false), (1_000, true)] {
            teller.tell(&[at(watched_s)]);
            let told = messages.try_recv().ok().and_then(|message| Message::read(&message));
            assert_eq!(told, is_told.then(|| Message::Moved(vec![at(watched_s)])), "{watched_s}");
        }
    }
}
