//! The room's log, from this node's side: what is committed, what is on its way, and what to do when the bus is away.
//!
//! One call at a time is under way. A commit whose answer is lost is in doubt: before anything else is decided the log is
//! read, and the commit is found in it by its id, or appended again under the same id. So nothing is done twice, and nothing
//! is acknowledged that is not in the log.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use lectern_platform::bus::{Appended, BusError, Commit, CommitId, Opened, Read, Snapshot, Topic};
use lectern_room_protocol::{Code, Notice};
use tokio::time::Instant;

use super::desk::Asked;
use super::told::{self, Told};
use super::{Done, End, Inbound, Joining, POLICY_WAIT, Room};
use crate::core::{self, Applied, Effect, Entry, RoomLimits, RoomState};

/// A snapshot is saved after so many entries…
const SAVE_ENTRIES: u64 = 500;
/// … or after this time, if there are any.
const SAVE_INTERVAL: Duration = Duration::from_secs(30);
/// The first pause after a failed call; each is twice the one before.
const RETRY_MIN: Duration = Duration::from_millis(50);
/// The longest.
const RETRY_MAX: Duration = Duration::from_secs(1);
/// A bus that is back so soon was not away for anybody.
const CUT_OFF_UNTOLD: Duration = Duration::from_millis(300);

/// See the [module](self).
pub(super) struct Journal {
    limits: RoomLimits,
    pub(super) epoch: String,
    /// After the last commit known.
    pub(super) state: RoomState,
    pub(super) flight: Option<Flight>,
    /// Whether a call is under way.
    is_busy: bool,
    /// Whether commits may have been missed. Until they are read, those that are announced may be another log's.
    pub(super) needs_read: bool,
    /// Whether one was announced meanwhile.
    has_ignored: bool,
    /// The epoch before, and up to which number it is part of this one.
    pub(super) before: Option<(String, u64)>,
    needs_open: bool,
    cut_off: Option<CutOff>,
    saved_seq: u64,
    saved_at: Instant,
}

/// A commit that is not known to be in the log.
pub(super) struct Flight {
    commit: Commit,
    /// The state after it.
    state: RoomState,
    applied: Vec<Applied>,
    /// Whom to answer.
    asked: Vec<Asked>,
    begun: Instant,
}

struct CutOff {
    since: Instant,
    is_told: bool,
    retry_at: Instant,
    pause: Duration,
}

impl Flight {
    /// Since when the oldest of what waits for it does.
    pub(super) fn oldest_asked(&self) -> Option<Instant> {
        self.asked.iter().map(Asked::at).min()
    }
}

impl Journal {
    pub(super) fn new(limits: RoomLimits) -> Self {
        Self {
            epoch: String::new(),
            state: RoomState::new(limits.clone()),
            limits,
            flight: None,
            is_busy: false,
            needs_read: false,
            has_ignored: false,
            before: None,
            needs_open: false,
            cut_off: None,
            saved_seq: 0,
            saved_at: Instant::now(),
        }
    }

    /// Whether somebody's number of an epoch means something in this one.
    pub(super) fn knows(&self, epoch: &str, seq: u64) -> bool {
        epoch == self.epoch || self.before.as_ref().is_some_and(|(before, last)| epoch == before && seq <= *last)
    }

    /// Commits may have been missed, also by a call that is under way; but the bus answers again.
    pub(super) fn suspect(&mut self, now: Instant) {
        self.needs_read = true;
        self.has_ignored |= self.is_busy;
        if let Some(cut_off) = &mut self.cut_off {
            cut_off.retry_at = now;
        }
    }

    /// The committed state, for the bus.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot { epoch: self.epoch.clone(), seq: self.state.seq(), state: self.state.save().into() }
    }

    /// Whether the bus does not answer.
    pub(super) fn is_cut_off(&self) -> bool {
        self.cut_off.is_some()
    }

    /// Whether people know that it does not.
    pub(super) fn is_told_cut_off(&self) -> bool {
        self.cut_off.as_ref().is_some_and(|cut_off| cut_off.is_told)
    }

    /// When something has to be done even if nothing comes.
    pub(super) fn wake_at(&self, now: Instant) -> Option<Instant> {
        if let Some(cut_off) = &self.cut_off {
            let tell_at = (!cut_off.is_told).then(|| cut_off.since + CUT_OFF_UNTOLD);
            let retry_at = (!self.is_busy).then_some(cut_off.retry_at);
            return tell_at.into_iter().chain(retry_at).min();
        }
        if self.is_busy {
            return None;
        }
        let due = self.state.next_due_ms().map(|at_ms| {
            let wait_ms = at_ms.saturating_sub(super::now_ms());
            now + Duration::from_millis(wait_ms.clamp(10, 3_600_000))
        });
        let save = (self.state.seq() > self.saved_seq).then(|| self.saved_at + SAVE_INTERVAL);
        due.into_iter().chain(save).min()
    }
}

impl Room {
    /// Goes on with the log: catches up, settles what is in doubt, or decides what was asked for.
    pub(super) async fn advance(&mut self) -> Result<(), End> {
        let now = Instant::now();
        self.expire(now);
        self.tell_cut_off(now);
        self.save_if_due(now);
        if self.journal.is_busy {
            return Ok(());
        }
        if self.journal.cut_off.as_ref().is_some_and(|cut_off| now < cut_off.retry_at) {
            return Ok(());
        }
        let (node, name) = (Arc::clone(&self.node), self.name.clone());
        let epoch = self.journal.epoch.clone();
        if self.journal.needs_open {
            let known = self.journal.snapshot();
            self.call(async move { Done::Opened(node.bus.open(&name, Some(&known)).await) });
        } else if self.journal.needs_read {
            let after = self.journal.state.seq();
            self.call(async move { Done::Read(node.bus.read(&name, &epoch, after).await) });
        } else if let Some(flight) = &self.journal.flight {
            let commit = flight.commit.clone();
            self.call(async move { Done::Appended(commit.id, node.bus.append(&name, &epoch, &commit).await) });
        } else if let Some(flight) = self.decide().await? {
            let commit = flight.commit.clone();
            self.journal.flight = Some(flight);
            self.call(async move { Done::Appended(commit.id, node.bus.append(&name, &epoch, &commit).await) });
        }
        Ok(())
    }

    fn call(&mut self, call: impl Future<Output = Done> + Send + 'static) {
        self.journal.is_busy = true;
        self.jobs.push(Box::pin(call));
    }

    /// Makes a commit of what was decided.
    pub(super) fn flight(
        &self,
        entries: &[Entry],
        state: RoomState,
        applied: Vec<Applied>,
        asked: Vec<Asked>,
    ) -> Flight {
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        self.node.metrics.batch_entries.observe(f64::from(count));
        let commit = Commit {
            id: CommitId(rand::random()),
            first: self.journal.state.seq() + 1,
            count,
            payload: core::encode(entries),
        };
        Flight { commit, state, applied, asked, begun: Instant::now() }
    }

    pub(super) async fn appended(&mut self, id: CommitId, result: Result<Appended, BusError>) -> Result<(), End> {
        self.journal.is_busy = false;
        let is_ours = self.journal.flight.as_ref().is_some_and(|flight| flight.commit.id == id);
        match result {
            Ok(Appended::Committed) => {
                self.reached();
                // Its announcement may have been here first.
                if is_ours {
                    self.land().await?;
                }
            }
            Ok(Appended::Conflict) => {
                self.reached();
                self.node.metrics.conflicts.inc();
                self.journal.needs_read = true;
            }
            Ok(Appended::Gone) => {
                self.reached();
                self.journal.needs_open = true;
            }
            Err(error) => self.cut_off(&error),
        }
        Ok(())
    }

    pub(super) async fn was_read(&mut self, result: Result<Read, BusError>) -> Result<(), End> {
        self.journal.is_busy = false;
        match result {
            Ok(Read::Commits(commits)) => {
                self.journal.needs_read = std::mem::take(&mut self.journal.has_ignored);
                self.reached();
                for commit in commits {
                    self.committed(commit).await?;
                }
                self.give_up_flight_if_late();
            }
            Ok(Read::Gone) => {
                self.reached();
                self.journal.needs_open = true;
            }
            Err(error) => self.cut_off(&error),
        }
        Ok(())
    }

    pub(super) async fn opened(&mut self, result: Result<Opened, BusError>) -> Result<(), End> {
        self.journal.is_busy = false;
        let opened = match result {
            Ok(opened) => opened,
            Err(error) => {
                self.cut_off(&error);
                return Ok(());
            }
        };
        (self.journal.needs_open, self.journal.needs_read) = (false, std::mem::take(&mut self.journal.has_ignored));
        self.reached();
        self.lease.write_all = true;
        let seq = self.journal.state.seq();
        let came_from = opened.origin.as_ref().filter(|origin| origin.epoch == self.journal.epoch);
        let lost_nothing = opened.epoch == self.journal.epoch || came_from.is_some_and(|origin| seq <= origin.seq);
        let reaches_back = opened.snapshot.as_ref().is_none_or(|snapshot| snapshot.seq <= seq);
        tracing::warn!(room = self.name, lost_nothing, "rooms: a log was opened again");
        if lost_nothing && reaches_back {
            self.journal.before = came_from.map(|origin| (origin.epoch.clone(), origin.seq));
            self.journal.epoch = opened.epoch;
            for commit in opened.commits {
                self.committed(commit).await?;
            }
            self.give_up_flight_if_late();
        } else {
            self.adopt(opened)?;
            // What was in doubt is decided again, unless it is in there: then it is done, and seen to be.
            self.decide_flight_again();
            self.greet_all_again();
        }
        Ok(())
    }

    /// Takes over what the log says, whatever was known before.
    pub(super) fn adopt(&mut self, opened: Opened) -> Result<(), End> {
        let unreadable = |_| End::Failed("the log cannot be read");
        let (limits, mut applied) = (self.journal.limits.clone(), Vec::new());
        let mut state = match &opened.snapshot {
            Some(snapshot) => RoomState::restore(limits, &snapshot.state, snapshot.seq)
                .map_err(|_| End::Failed("the room's snapshot cannot be read"))?,
            None => RoomState::new(limits),
        };
        let begin = state.seq();
        for commit in &opened.commits {
            for entry in core::decode(&commit.payload).map_err(unreadable)? {
                applied.push(state.apply(&entry));
            }
        }
        let is_there = |flight: &mut Flight| opened.commits.iter().any(|commit| commit.id == flight.commit.id);
        let done = self.journal.flight.take_if(is_there);
        self.past.restart(begin);
        for applied in &applied {
            self.past.push(applied, Told::event(applied, |person| self.people.is_moderator(person)));
        }
        (self.journal.saved_seq, self.journal.saved_at) = (begin, Instant::now());
        (self.journal.epoch, self.journal.state) = (opened.epoch, state);
        self.journal.before = opened.origin.map(|origin| (origin.epoch, origin.seq));
        if let Some(flight) = done {
            self.finish(flight.asked);
        }
        Ok(())
    }

    /// A commit was announced.
    pub(super) async fn announced(&mut self, commit: Commit) -> Result<(), End> {
        if self.journal.needs_read || self.journal.needs_open {
            self.journal.has_ignored = true;
            return Ok(());
        }
        self.committed(commit).await
    }

    /// A commit is in the log: this node's own, or another's.
    pub(super) async fn committed(&mut self, commit: Commit) -> Result<(), End> {
        let next = self.journal.state.seq() + 1;
        if commit.last() < next {
            return Ok(());
        }
        if commit.first != next {
            self.journal.needs_read = true;
            return Ok(());
        }
        if self.journal.flight.as_ref().is_some_and(|flight| flight.commit.id == commit.id) {
            return self.land().await;
        }
        let entries = core::decode(&commit.payload).map_err(|error| {
            tracing::error!(room = self.name, %error, "rooms: a commit cannot be read");
            End::Failed("a commit cannot be read")
        })?;
        let applied: Vec<Applied> = entries.iter().map(|entry| self.journal.state.apply(entry)).collect();
        self.tell(&applied).await;
        // What was decided was decided on another state.
        self.decide_flight_again();
        Ok(())
    }

    /// This node's own commit is in the log.
    async fn land(&mut self) -> Result<(), End> {
        let Some(flight) = self.journal.flight.take() else { return Ok(()) };
        self.node.metrics.commit.observe(flight.begun.elapsed().as_secs_f64());
        self.journal.state = flight.state;
        self.tell(&flight.applied).await;
        self.finish(flight.asked);
        Ok(())
    }

    /// Puts what is on its way back to be decided on the state as it is now, if it was decided on another one.
    fn decide_flight_again(&mut self) {
        let next = self.journal.state.seq() + 1;
        if let Some(flight) = self.journal.flight.take_if(|flight| flight.commit.first != next) {
            self.ask_again(flight.asked);
        }
    }

    fn ask_again(&mut self, asked: Vec<Asked>) {
        for asked in asked.into_iter().rev() {
            self.inbox.push_front(asked.into_inbound());
        }
    }

    /// Everybody was refused already whom it would answer: it must not be done after all.
    fn give_up_flight_if_late(&mut self) {
        self.journal.flight.take_if(|flight| flight.asked.is_empty());
    }

    /// Refuses what has waited for too long.
    fn expire(&mut self, now: Instant) {
        let timeout = self.commit_timeout();
        let is_cut_off = self.journal.is_told_cut_off();
        let is_late = |at: Instant| is_cut_off || now >= at + timeout;
        let mut late = Vec::new();
        if !self.journal.is_cut_off() && self.journal.flight.is_none() && !self.journal.is_busy {
            return;
        }
        if let Some(flight) = &mut self.journal.flight
            && flight.oldest_asked().is_some_and(|at| now >= at + timeout)
        {
            // All of it: what is refused must not be done later because others still wait for the same commit.
            late.extend(std::mem::take(&mut flight.asked).into_iter().map(Asked::into_inbound));
        }
        let inbox: VecDeque<_> = std::mem::take(&mut self.inbox);
        for (at, inbound) in inbox {
            if is_late(at) { late.push((at, inbound)) } else { self.inbox.push_back((at, inbound)) }
        }
        for (_, inbound) in late {
            self.answer_from_state(inbound);
        }
    }

    /// A call of the bus failed.
    pub(super) fn cut_off(&mut self, error: &BusError) {
        let now = Instant::now();
        self.node.metrics.bus_failures.inc();
        self.journal.needs_read = true;
        match &mut self.journal.cut_off {
            Some(cut_off) => {
                cut_off.pause = (cut_off.pause * 2).min(RETRY_MAX);
                cut_off.retry_at = now + cut_off.pause.mul_f64(rand::random_range(0.5..1.0));
            }
            None => {
                tracing::warn!(room = self.name, %error, "rooms: the bus does not answer");
                self.node.metrics.rooms_cut_off.inc();
                let retry_at = now + RETRY_MIN;
                self.journal.cut_off = Some(CutOff { since: now, is_told: false, retry_at, pause: RETRY_MIN });
            }
        }
    }

    /// A call of the bus on the log was answered.
    fn reached(&mut self) {
        if let Some(cut_off) = self.journal.cut_off.take() {
            self.node.metrics.rooms_cut_off.dec();
            tracing::info!(room = self.name, "rooms: the bus answers again");
            if cut_off.is_told {
                self.telling.push(Told::everyone(Notice::Service { available: true }));
            }
        }
    }

    fn tell_cut_off(&mut self, now: Instant) {
        if let Some(cut_off) = &mut self.journal.cut_off
            && !cut_off.is_told
            && now >= cut_off.since + CUT_OFF_UNTOLD
        {
            cut_off.is_told = true;
            self.telling.push(Told::everyone(Notice::Service { available: false }));
        }
    }

    fn save_if_due(&mut self, now: Instant) {
        let journal = &mut self.journal;
        let seq = journal.state.seq();
        let is_due = seq >= journal.saved_seq + SAVE_ENTRIES
            || (seq > journal.saved_seq && now >= journal.saved_at + SAVE_INTERVAL);
        if is_due && journal.cut_off.is_none() {
            (journal.saved_seq, journal.saved_at) = (seq, now);
            let snapshot = journal.snapshot();
            let (node, name) = (Arc::clone(&self.node), self.name.clone());
            self.jobs.push(Box::pin(async move { Done::Told(node.bus.save(&name, &snapshot).await) }));
        }
    }

    /// Tells what entries did, and does what follows from them.
    async fn tell(&mut self, applied: &[Applied]) {
        let has = |wanted: &Effect| applied.iter().any(|applied| applied.effects.contains(wanted));
        if has(&Effect::PolicyChanged) {
            // The media servers first: who is told that they are on stage finds the door open.
            let (bus, policy) = (Arc::clone(&self.node.bus), self.policy());
            let topic = Topic::MediaPolicy(self.name.clone());
            let _ = tokio::time::timeout(POLICY_WAIT, bus.publish(&topic, policy)).await;
        }
        for applied in applied {
            let told = Told::event(applied, |person| self.people.is_moderator(person));
            self.past.push(applied, told.clone());
            self.telling.push(told);
        }
        for effect in applied.iter().flat_map(|applied| &applied.effects) {
            self.follow(effect);
        }
        // Whoever waits need not any more, if nobody has to.
        if !self.journal.state.settings().waiting_room {
            self.let_in(None, false);
        }
    }

    fn follow(&mut self, effect: &Effect) {
        match effect {
            Effect::TallyChanged => self.board.tally_changed(),
            Effect::ReactionsChanged { message } => self.board.reactions_changed(*message),
            Effect::PolicyChanged => {}
            Effect::PollClosed { poll } => self.tell_scores(*poll),
            Effect::RightsChanged { person } => self.greet_again(person),
            Effect::Admitted { person } => self.let_in(Some(person), true),
            Effect::AdmittedAll => self.let_in(None, true),
            Effect::Disconnect { person, code } => {
                self.pass_on();
                for seat in self.people.seats_of(person) {
                    self.close(&seat, *code, None);
                }
            }
            Effect::Ended => {
                self.pass_on();
                self.fanout.close_all(Code::RoomEnded, None);
                for seat in self.people.waiting_seats() {
                    seat.socket.close(Code::RoomEnded, None);
                }
                self.report_end();
            }
        }
    }

    fn tell_scores(&mut self, poll: u64) {
        let score = |person: &str| {
            let notice = self.journal.state.quiz_score(person, poll)?;
            Some((person.to_owned(), told::notice_frame(notice)))
        };
        let scores: Vec<_> = self.people.present_ids().filter_map(score).collect();
        if !scores.is_empty() {
            self.telling.push(Told::persons(scores));
        }
    }

    /// Asks again for those who wait, or for one of them.
    fn let_in(&mut self, person: Option<&str>, is_admitted: bool) {
        for seat in self.people.waiting_seats() {
            if person.is_none_or(|person| person == seat.actor.id) {
                let actor = (*seat.actor).clone();
                let joining = Joining { socket: seat.socket, actor, resume: None, is_admitted, has_waited: false };
                self.inbox.push_front((Instant::now(), Inbound::Join(Box::new(joining))));
            }
        }
    }
}
