//! All participants on one thread: a tutor, students who stay, and guests who come and go.

use std::io;
use std::ops::Range;
use std::thread;
use std::time::Duration;

use lectern_udp::Events;

use crate::clock::now_us;
use crate::receivers::TICK;
use crate::room::dialect::{Ask, Dialect};
use crate::room::ledger::Ledger;
use crate::room::member::{Desk, Door, Member, Stage};
use crate::room::note::Note;

/// Sockets looked at in one round: a few milliseconds of reading.
const EVENTS: usize = 512;
/// Those whose connection was lost are dialled again at this interval.
const REDIAL_US: u64 = 500_000;
/// And at most so many at a time.
const REDIALS: usize = 500;

/// The participants.
#[derive(Debug)]
pub struct Classroom {
    doors: Vec<Door>,
    members: Vec<Member>,
    students: usize,
    desk: Desk,
    events: Events,
    looked_us: u64,
    redialled_us: u64,
}

impl Classroom {
    /// The tutor, so many students and some guests, with these tokens, in this order; spread over the doors in turn.
    ///
    /// # Errors
    /// Too many open files.
    pub fn new(dialect: Dialect, doors: Vec<Door>, students: usize, tokens: Vec<String>) -> io::Result<Self> {
        let members = tokens
            .into_iter()
            .enumerate()
            .map(|(index, token)| Member::new(index, index % doors.len().max(1), token))
            .collect();
        let (desk, events) = (Desk::new(dialect)?, Events::with_capacity(EVENTS));
        Ok(Self { doors, members, students, desk, events, looked_us: now_us(), redialled_us: 0 })
    }

    /// The tutor's place.
    pub const TUTOR: usize = 0;

    /// The students' places.
    #[must_use]
    pub fn students(&self) -> Range<usize> {
        Self::TUTOR + 1..Self::TUTOR + 1 + self.students
    }

    /// The places of the tutor and the students.
    #[must_use]
    pub fn residents(&self) -> Range<usize> {
        Self::TUTOR..self.students().end
    }

    /// The guests' places.
    #[must_use]
    pub fn guests(&self) -> Range<usize> {
        self.students().end..self.members.len()
    }

    /// Those in these places.
    #[must_use]
    pub fn members(&self, places: Range<usize>) -> &[Member] {
        &self.members[places]
    }

    /// The account.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.desk.ledger
    }

    /// The account, to open or close a part of it.
    pub fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.desk.ledger
    }

    /// How many messages were parsed; the others were recognised.
    #[must_use]
    pub fn parsed(&self) -> u64 {
        self.desk.interpreter.parsed()
    }

    /// How many of these are in the room.
    #[must_use]
    pub fn present(&self, places: Range<usize>) -> usize {
        self.members[places].iter().filter(|member| member.stage() == Stage::Present).count()
    }

    /// Read what there is, then rest until the next tick, unless there is more.
    ///
    /// The thread looks around once a tick instead of being woken by every message: on loopback it is the sender that pays
    /// for waking a reader. It returns after each look, so that what is due is not late because much comes in.
    ///
    /// # Errors
    /// What `epoll_wait` says.
    pub fn turn(&mut self) -> io::Result<()> {
        let ready = self.desk.epoll.wait(&mut self.events, Some(Duration::ZERO))?;
        for event in self.events.iter() {
            self.members[event.token as usize].ready(event, &mut self.desk);
        }
        let now_us = now_us();
        self.desk.ledger.blind_us_max = self.desk.ledger.blind_us_max.max(now_us - self.looked_us);
        self.looked_us = now_us;
        self.redial(now_us);
        if ready < EVENTS {
            thread::sleep(TICK);
        }
        Ok(())
    }

    /// Go on for so long.
    ///
    /// # Errors
    /// See [`Self::turn`].
    pub fn idle(&mut self, time: Duration) -> io::Result<()> {
        let until_us = now_us() + time.as_micros() as u64;
        while now_us() < until_us {
            self.turn()?;
        }
        Ok(())
    }

    /// Go on until `done`, but at most for `patience`; whether it was done.
    ///
    /// # Errors
    /// See [`Self::turn`].
    pub fn until(&mut self, patience: Duration, mut done: impl FnMut(&Self) -> bool) -> io::Result<bool> {
        let until_us = now_us() + patience.as_micros() as u64;
        loop {
            self.turn()?;
            if done(self) {
                return Ok(true);
            }
            if now_us() > until_us {
                return Ok(false);
            }
        }
    }

    /// The member asks for something.
    pub fn ask(&mut self, place: usize, ask: Ask) {
        self.members[place].ask(ask, &mut self.desk);
    }

    /// The member writes the next note, which was due at `due_us`.
    pub fn write_note(&mut self, place: usize, due_us: u64) {
        let sent_us = now_us();
        let note = Note { number: self.desk.ledger.notes_sent, sent_us };
        self.desk.ledger.notes_sent += 1;
        self.desk.ledger.lateness.record(sent_us.saturating_sub(due_us));
        self.ask(place, Ask::Chat(note));
    }

    /// The member comes in.
    pub fn dial(&mut self, place: usize) {
        let member = &mut self.members[place];
        let door = &self.doors[member.door()];
        member.dial(door, &mut self.desk);
    }

    /// The member goes.
    pub fn leave(&mut self, place: usize) {
        self.members[place].leave(&mut self.desk);
    }

    /// The connections of all these break at once; they are not dialled again by themselves.
    pub fn drop_connections(&mut self, places: Range<usize>) {
        for member in &mut self.members[places] {
            member.drop_connection(&mut self.desk);
        }
    }

    /// Counting of presence notices and tallies begins anew.
    pub fn reset_pulses(&mut self) {
        for member in &mut self.members {
            (member.presence, member.tallies) = Default::default();
        }
    }

    /// Dial those of `places` who have never been there, or have gone, as long as at most `at_once` are under way.
    pub fn dial_some(&mut self, places: Range<usize>, at_once: usize) {
        let under_way = |member: &Member| matches!(member.stage(), Stage::Dialling | Stage::Upgrading | Stage::Joining);
        let busy = self.members[places.clone()].iter().filter(|member| under_way(member)).count();
        let away: Vec<usize> = places
            .filter(|place| self.members[*place].stage() == Stage::Away)
            .take(at_once.saturating_sub(busy))
            .collect();
        for place in away {
            self.dial(place);
        }
    }

    /// Dial those again whom the server has lost.
    fn redial(&mut self, now_us: u64) {
        if now_us < self.redialled_us + REDIAL_US {
            return;
        }
        self.redialled_us = now_us;
        let lost = (0..self.members.len()).filter(|place| self.members[*place].stage() == Stage::Lost);
        for place in lost.take(REDIALS).collect::<Vec<_>>() {
            self.dial(place);
        }
    }
}

/// A rhythm: things that are due one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Rhythm {
    start_us: u64,
    per_s: f64,
    done: u64,
}

impl Rhythm {
    /// So many a second from now on.
    #[must_use]
    pub fn new(per_s: f64, now_us: u64) -> Self {
        Self { start_us: now_us, per_s, done: 0 }
    }

    /// The next one and when it was due, if it is.
    pub fn due(&mut self, now_us: u64) -> Option<(u64, u64)> {
        let due_us = self.start_us + (self.done as f64 * 1e6 / self.per_s) as u64;
        (now_us >= due_us).then(|| {
            self.done += 1;
            (self.done - 1, due_us)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_catches_up_and_does_not_run_ahead() {
        let mut rhythm = Rhythm::new(10.0, 1_000);
        assert_eq!(rhythm.due(1_000), Some((0, 1_000)));
        assert_eq!(rhythm.due(1_000), None);
        assert_eq!(rhythm.due(350_000), Some((1, 101_000)));
        assert_eq!(rhythm.due(350_000), Some((2, 201_000)));
        assert_eq!(rhythm.due(350_000), Some((3, 301_000)));
        assert_eq!(rhythm.due(350_000), None);
    }
}
