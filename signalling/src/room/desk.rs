//! Where requests are decided, batch by batch, and answered once what they came to is committed.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use lectern_room_protocol::{Action, Code, Notice, Reply, Request, Resume, Role, ServerMessage};
use tokio::time::Instant;

use super::fanout::Command;
use super::journal::Flight;
use super::people::Seat;
use super::told::notice_frame;
use super::{End, Inbound, Joining, Room, now_ms, retry_ms};
use crate::core::{Actor, Admission, Applied, Entry, Refusal, ReplyKind, RoomState};
use crate::frame;
use crate::socket::SocketId;

/// Entries of one commit, at most but for those of its last request.
const ENTRIES_MAX: usize = 512;

/// Something that was asked for, and what it comes to.
pub(super) struct Asked {
    at: Instant,
    inbound: Inbound,
    answer: Answer,
}

enum Answer {
    /// Come in, as this.
    Enter(Role),
    /// Wait until you are admitted.
    Wait,
    /// Go away.
    TurnAway(Code),
    /// It is done.
    Done(Option<Reply>),
    /// It is done, and everybody will see it.
    React,
    /// The other nodes have to be asked.
    Roster,
    /// It is not done.
    Refuse(Refusal),
}

impl Asked {
    /// Since when it waits.
    pub(super) fn at(&self) -> Instant {
        self.at
    }

    /// To be asked again.
    pub(super) fn into_inbound(self) -> (Instant, Inbound) {
        (self.at, self.inbound)
    }
}

/// A commit that is being decided.
struct Draft {
    state: RoomState,
    entries: Vec<Entry>,
    applied: Vec<Applied>,
    asked: Vec<Asked>,
    /// Who comes in with it: by socket, the place in `asked`.
    joins: HashMap<SocketId, usize>,
}

impl Draft {
    fn new(state: RoomState) -> Self {
        Self { state, entries: Vec::new(), applied: Vec::new(), asked: Vec::new(), joins: HashMap::new() }
    }

    fn push(&mut self, entry: Entry) {
        self.applied.push(self.state.apply(&entry));
        self.entries.push(entry);
    }
}

impl Room {
    /// Decides what was asked for; what needs no entry is answered at once.
    pub(super) async fn decide(&mut self) -> Result<Option<Flight>, End> {
        let now_ms = now_ms();
        let is_due = self.journal.state.next_due_ms().is_some_and(|at_ms| at_ms <= now_ms);
        if self.inbox.is_empty() && !is_due && !self.sweep.has_gone() {
            return Ok(None);
        }
        let mut draft = Draft::new(self.journal.state.clone());
        for entry in draft.state.due(now_ms) {
            draft.push(entry);
        }
        let gone = self.sweep.take_gone();
        if !gone.is_empty() {
            for entry in draft.state.absent(&|person| !gone.contains(person), now_ms) {
                draft.push(entry);
            }
        }
        while draft.entries.len() < ENTRIES_MAX
            && let Some((at, mut inbound)) = self.inbox.pop_front()
        {
            if self.is_behind(&mut inbound) {
                self.journal.needs_read = true;
                self.inbox.push_front((at, inbound));
                break;
            }
            self.decide_one(&mut draft, at, inbound, now_ms);
        }
        if draft.entries.is_empty() {
            self.finish(draft.asked);
            self.fanout.end_step().await?;
            return Ok(None);
        }
        Ok(Some(self.flight(&draft.entries, draft.state, draft.applied, draft.asked)))
    }

    /// Whether somebody has seen, at another node, what this one has not yet. It is looked for once.
    fn is_behind(&self, inbound: &mut Inbound) -> bool {
        let Inbound::Join(joining) = inbound else { return false };
        let Some(resume) = &joining.resume else { return false };
        let is_ahead = resume.epoch == self.journal.epoch && resume.seq > self.journal.state.seq();
        is_ahead && !std::mem::replace(&mut joining.has_waited, true)
    }

    fn decide_one(&mut self, draft: &mut Draft, at: Instant, inbound: Inbound, now_ms: u64) {
        let answer = match &inbound {
            Inbound::Join(joining) if joining.socket.is_closing() => return,
            Inbound::Join(joining) => {
                draft.joins.insert(joining.socket.id, draft.asked.len());
                self.decide_join(draft, joining, now_ms)
            }
            Inbound::Request(socket, request, _) => match self.asking(draft, *socket) {
                Some((actor, false)) => decide_request(draft, &actor, &request.action, now_ms),
                Some((_, true)) => Answer::Refuse(Code::NotAllowed.into()),
                None => return,
            },
            Inbound::Left(_) | Inbound::Drain | Inbound::Inquiry(_) => return,
        };
        draft.asked.push(Asked { at, inbound, answer });
    }

    fn decide_join(&self, draft: &mut Draft, joining: &Joining, now_ms: u64) -> Answer {
        let is_known = self.people.seat(joining.socket.id).is_some();
        if self.is_draining {
            return Answer::TurnAway(Code::Draining);
        }
        if !is_known && self.people.sockets() + draft.joins.len() > self.node.config.admission.sockets_per_room_max {
            return Answer::TurnAway(Code::RoomFull);
        }
        if joining.resume.is_none()
            && let Some(entry) = draft.state.reopening(&joining.actor, now_ms)
        {
            draft.push(entry);
        }
        let admission = if joining.is_admitted {
            draft.state.admit(&joining.actor, now_ms)
        } else {
            draft.state.admission(&joining.actor, now_ms)
        };
        match admission {
            Admission::In { role } => Answer::Enter(role),
            Admission::New { role, entry } => {
                draft.push(entry);
                Answer::Enter(role)
            }
            Admission::Wait => Answer::Wait,
            Admission::Refused(code) => Answer::TurnAway(code),
        }
    }

    /// Who asks, and whether they wait to be let in; they may have joined within the same batch.
    fn asking(&self, draft: &Draft, socket: SocketId) -> Option<(Arc<Actor>, bool)> {
        if let Some(&place) = draft.joins.get(&socket)
            && let Some(Asked { inbound: Inbound::Join(joining), answer, .. }) = draft.asked.get(place)
        {
            return match answer {
                Answer::Enter(_) => Some((Arc::new(joining.actor.clone()), false)),
                Answer::Wait => Some((Arc::new(joining.actor.clone()), true)),
                _ => None,
            };
        }
        let seat = self.people.seat(socket)?;
        Some((Arc::clone(&seat.actor), seat.shard.is_none()))
    }

    /// Answers what is done, in the order in which it was asked for, behind what it has brought about.
    pub(super) fn finish(&mut self, asked: Vec<Asked>) {
        self.pass_on();
        for Asked { inbound, answer, .. } in asked {
            match (inbound, answer) {
                (Inbound::Join(joining), Answer::Enter(role)) => self.enter(*joining, role),
                (Inbound::Join(joining), Answer::Wait) => self.wait(*joining),
                (Inbound::Join(joining), Answer::TurnAway(code)) => {
                    let comes_back = matches!(code, Code::Draining | Code::RoomFull | Code::Unavailable);
                    joining.socket.close(code, comes_back.then(retry_ms));
                }
                (Inbound::Request(socket, request, _), answer) => self.reply(socket, *request, answer),
                _ => {}
            }
        }
    }

    /// Answers without the log as far as that goes.
    pub(super) fn answer_from_state(&mut self, inbound: Inbound) {
        let mut draft = Draft::new(self.journal.state.clone());
        self.decide_one(&mut draft, Instant::now(), inbound, now_ms());
        if !draft.entries.is_empty() {
            for asked in &mut draft.asked {
                asked.answer = match asked.inbound {
                    Inbound::Join(_) => Answer::TurnAway(Code::Unavailable),
                    _ => Answer::Refuse(Refusal::for_now(Code::Unavailable, retry_ms())),
                };
            }
        }
        self.finish(draft.asked);
    }

    fn enter(&mut self, joining: Joining, role: Role) {
        let Joining { socket, actor, resume, .. } = joining;
        let is_in = self.people.seat(socket.id).is_some_and(|seat| seat.shard.is_some());
        if is_in || socket.is_closing() {
            return;
        }
        let actor = Arc::new(actor);
        let person: Arc<str> = actor.id.as_str().into();
        let mut seat = Seat { socket: Arc::clone(&socket), actor: Arc::clone(&actor), shard: None };
        // Who is new counts in what they are told.
        let sockets_max = self.node.config.admission.sockets_per_person_max;
        let is_new = !self.people.is_present(&actor.id);
        let frames = self.greet(&actor, role, resume.as_ref(), u32::from(is_new));
        if is_new {
            self.record_joined(&seat, role);
        }
        seat.shard = Some(self.fanout.add(socket, person, role.is_moderator(), frames));
        let replaced = self.people.enter(seat, role, now_ms(), sockets_max);
        self.replace(&replaced);
    }

    fn wait(&mut self, joining: Joining) {
        let Joining { socket, actor, .. } = joining;
        if self.people.seat(socket.id).is_some() || socket.is_closing() {
            return;
        }
        let actor = Arc::new(actor);
        let (sockets_max, now_ms) = (self.node.config.admission.sockets_per_person_max, now_ms());
        let seat = Seat { socket: Arc::clone(&socket), actor: Arc::clone(&actor), shard: None };
        let replaced = self.people.enter(seat, actor.role, now_ms, sockets_max);
        let since_ms = self.people.since_ms(&actor.id).unwrap_or(now_ms);
        socket.send(&frame::text(&ServerMessage::Waiting { since_ms }));
        self.replace(&replaced);
    }

    fn replace(&mut self, replaced: &[SocketId]) {
        for &socket in replaced {
            if let Some(seat) = self.people.seat(socket).cloned() {
                self.close(&seat, Code::Replaced, None);
            }
        }
    }

    /// Says goodbye to one socket, behind everything that it was told before.
    pub(super) fn close(&mut self, seat: &Seat, code: Code, retry_after_ms: Option<u64>) {
        match seat.shard {
            Some(shard) => self.fanout.tell(shard, Command::Close(seat.socket.id, code, retry_after_ms)),
            None => seat.socket.close(code, retry_after_ms),
        }
    }

    /// What somebody who comes in is told: what they missed, or all there is. `newcomers` are not counted yet.
    fn greet(&self, actor: &Actor, role: Role, resume: Option<&Resume>, newcomers: u32) -> Bytes {
        let state = &self.journal.state;
        let mut notices = self.notices(role.is_moderator());
        if let Some(Notice::Presence { present, .. }) = notices.first_mut() {
            *present = present.saturating_add(newcomers);
        }
        let known = |resume: &&Resume| self.journal.knows(&resume.epoch, resume.seq) && resume.seq <= state.seq();
        let missed = resume.filter(known);
        let missed = missed.and_then(|resume| self.past.since(resume.seq, &actor.id, role.is_moderator()));
        let Some(missed) = missed else {
            return frame::text(&ServerMessage::Welcome {
                epoch: self.journal.epoch.clone(),
                seq: state.seq(),
                you: state.you(actor),
                room: Box::new(state.snapshot_for(actor, notices)),
                now_ms: now_ms(),
            });
        };
        if let Some((poll, tally, audience)) = state.tally()
            && audience.includes(&actor.id, role.is_moderator())
        {
            notices.push(Notice::PollTally { poll, tally });
        }
        let you = state.you(actor);
        let resumed = ServerMessage::Resumed { seq: state.seq(), you, notices, now_ms: now_ms() };
        let mut frames = BytesMut::from(&frame::text(&resumed)[..]);
        missed.events.iter().for_each(|event| frames.extend_from_slice(event));
        // Behind the events: they are about what those bring.
        if !missed.reactions.is_empty() {
            let reactions = |message: u64| (message, state.chat_reactions(message));
            let messages = missed.reactions.into_iter().map(reactions).collect();
            frames.extend_from_slice(&notice_frame(Notice::ChatReactions { messages }));
        }
        if let Some(score) = missed.poll.and_then(|poll| state.quiz_score(&actor.id, poll)) {
            frames.extend_from_slice(&notice_frame(score));
        }
        frames.freeze()
    }

    /// Somebody's rights are others: they get the room anew, and from now on what belongs to their role.
    pub(super) fn greet_again(&mut self, person: &str) {
        self.pass_on();
        for seat in self.people.seats_of(person) {
            self.greet_seat_again(&seat);
        }
    }

    /// The log is another one: so does everybody.
    pub(super) fn greet_all_again(&mut self) {
        self.pass_on();
        let seats: Vec<Seat> = self.people.seats().cloned().collect();
        for seat in seats {
            self.greet_seat_again(&seat);
        }
    }

    fn greet_seat_again(&mut self, seat: &Seat) {
        let Some(shard) = seat.shard else { return };
        let role = self.journal.state.role_of(&seat.actor);
        self.people.change(&seat.actor.id, role);
        let frames = self.greet(&seat.actor, role, None, 0);
        let change = Command::Change { socket: seat.socket.id, is_moderator: role.is_moderator(), frames };
        self.fanout.tell(shard, change);
    }

    fn reply(&mut self, socket: SocketId, request: Request, answer: Answer) {
        let Request { id, action } = request;
        let name = action.name();
        let reply = match answer {
            Answer::Refuse(refusal) => {
                self.node.metrics.request(name, Some(refusal.code));
                return self.refuse(socket, id, refusal);
            }
            Answer::Roster => return self.answer_roster(socket, id, action),
            Answer::Done(reply) => {
                if let Some(seat) = self.people.seat(socket) {
                    self.record_action(seat, &action);
                }
                reply
            }
            Answer::React => {
                if let Action::React { emoji } = &action {
                    self.board.react(emoji);
                }
                None
            }
            Answer::Enter(_) | Answer::Wait | Answer::TurnAway(_) => return,
        };
        self.node.metrics.request(name, None);
        self.answer(socket, frame::text(&ServerMessage::Ok { id, reply }));
    }

    pub(super) fn refuse(&mut self, socket: SocketId, id: u32, refusal: Refusal) {
        let frame = frame::refused(Some(id), refusal.code, Some(refusal.message()), refusal.retry_after_ms);
        self.answer(socket, frame);
    }

    /// Tells one socket something, behind everything that it was told before.
    pub(super) fn answer(&mut self, socket: SocketId, frame: Bytes) {
        match self.people.seat(socket) {
            Some(Seat { shard: Some(shard), .. }) => {
                let shard = *shard;
                self.fanout.tell(shard, Command::To(socket, frame));
            }
            Some(seat) => seat.socket.send(&frame),
            None => {}
        }
    }
}

fn decide_request(draft: &mut Draft, actor: &Actor, action: &Action, now_ms: u64) -> Answer {
    #[cfg(test)]
    super::tests::panic_if_asked(action);
    match draft.state.decide(actor, action, now_ms) {
        Ok(decision) => {
            let first = draft.state.seq() + 1;
            decision.entries.into_iter().for_each(|entry| draft.push(entry));
            match (decision.reply, action) {
                (ReplyKind::Done, Action::React { .. }) => Answer::React,
                (ReplyKind::Done, Action::Roster { .. }) => Answer::Roster,
                (ReplyKind::Done, _) => Answer::Done(None),
                (ReplyKind::Made, _) => Answer::Done(Some(Reply::Made { seq: first })),
                (ReplyKind::Ready(reply), _) => Answer::Done(Some(reply)),
            }
        }
        Err(refusal) => Answer::Refuse(refusal),
    }
}
