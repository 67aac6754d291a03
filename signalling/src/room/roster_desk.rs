//! Where the roster is asked for, and read from the presence of all nodes: once for everybody who asks within a second.

use std::sync::Arc;
use std::time::Duration;

use lectern_platform::bus::{BusError, NodePresence};
use lectern_room_protocol::{Action, ActionName, Code, Reply, RosterFilter, RosterPage, ServerMessage};
use tokio::time::Instant;

use super::roster::{Query, Roster};
use super::{Done, Room, retry_ms};
use crate::core::Refusal;
use crate::frame;
use crate::socket::SocketId;

/// The roster is read again when it is older.
const AGE_MAX: Duration = Duration::from_secs(1);
/// Rosters that are asked for at once; more are refused.
const QUEUE_MAX: usize = 1_000;

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct RosterDesk {
    newest: Option<(Instant, Arc<Roster>)>,
    asked: Vec<(SocketId, u32, Query)>,
    is_reading: bool,
}

impl Room {
    pub(super) fn answer_roster(&mut self, socket: SocketId, id: u32, action: Action) {
        let Action::Roster { search, filter, after, limit } = action else { return };
        let Some(seat) = self.people.seat(socket) else { return };
        let is_moderator = self.people.is_moderator(&seat.actor.id);
        let query = Query { search, filter, after, limit, is_moderator };
        if filter == RosterFilter::Banned {
            let page = Roster::banned(&query, &self.journal.state);
            return self.reply_roster(socket, id, page);
        }
        let fresh = self.rosters.newest.as_ref().filter(|(at, _)| at.elapsed() < AGE_MAX);
        match fresh.map(|(_, roster)| Arc::clone(roster)) {
            Some(roster) => {
                let page = roster.page(&query, &self.journal.state);
                self.reply_roster(socket, id, page);
            }
            None if self.rosters.asked.len() < QUEUE_MAX => {
                self.rosters.asked.push((socket, id, query));
                self.read_presence();
            }
            None => self.refuse(socket, id, Refusal::for_now(Code::RateLimited, retry_ms())),
        }
    }

    fn reply_roster(&mut self, socket: SocketId, id: u32, page: RosterPage) {
        self.node.metrics.request(ActionName::Roster, None);
        self.answer(socket, frame::text(&ServerMessage::Ok { id, reply: Some(Reply::Roster(page)) }));
    }

    pub(super) fn read_presence(&mut self) {
        if !std::mem::replace(&mut self.rosters.is_reading, true) {
            let (node, name) = (Arc::clone(&self.node), self.name.clone());
            self.jobs.push(Box::pin(async move { Done::Presence(node.bus.presence(&name).await) }));
        }
    }

    pub(super) fn presence_was_read(&mut self, result: Result<Vec<NodePresence>, BusError>) {
        self.rosters.is_reading = false;
        let asked = std::mem::take(&mut self.rosters.asked);
        match result {
            Ok(presence) => {
                let state = &self.journal.state;
                let roster = Arc::new(Roster::new(&self.node.name, self.people.entries(), &presence, state));
                let now = Instant::now();
                self.rosters.newest = Some((now, Arc::clone(&roster)));
                self.sweep_with(&roster, now);
                for (socket, id, query) in asked {
                    let page = roster.page(&query, &self.journal.state);
                    self.reply_roster(socket, id, page);
                }
            }
            Err(error) => {
                for (socket, id, _) in asked {
                    self.refuse(socket, id, Code::Unavailable.into());
                }
                self.cut_off(&error);
            }
        }
    }
}
