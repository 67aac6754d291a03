//! Who listens at this node, and to what: person to streams, course to the people in it who listen.
//!
//! An event is serialised once, when the first listener is found, and shared by all. Nobody waits for anybody: a stream whose
//! queue is full is ended, its connection cut, and its client resumes. The table has no more courses and people than those of
//! the streams that are open, whose number is bounded.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use lectern_platform::http::Connection;
use uuid::Uuid;

use super::event::{self, Audience};
use super::message::{Moved, Sent};
use super::metrics::StreamMetrics;
use super::queue::{Receiver, Sender, queue};
use crate::gateway::Caller;

/// Streams of one person at a node; one more ends the oldest.
pub(super) const PER_PERSON_MAX: usize = 5;
/// Events that wait for a slow reader.
pub(super) const QUEUE_MAX: usize = 64;
/// Room in a queue that progress leaves to what comes once, frames.
const QUEUE_KEPT: usize = 48;
/// Students whose progress one message of the bus moves for a tutor. Beyond it their next report is soon enough.
const MOVED_MAX: usize = 64;
/// Events that are known to have been delivered, so that they are not again.
const SEEN_MAX: usize = 8_192;
/// What tells a client to load everything anew.
pub(super) const RESYNC: &str = "event: resync\ndata: {}\n\n";

/// What somebody is in a course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) student: bool,
    pub(super) tutor: bool,
}

/// See the [module](self).
#[derive(Debug)]
pub(crate) struct Streams {
    table: Mutex<Table>,
    streams_max: usize,
    metrics: StreamMetrics,
}

#[derive(Debug, Default)]
struct Table {
    people: HashMap<Uuid, Person>,
    courses: HashMap<Uuid, HashMap<Uuid, Part>>,
    streams: usize,
    /// Counts streams up: their names.
    last: u64,
    is_closed: bool,
    seen: Seen,
}

#[derive(Debug, Default)]
struct Person {
    /// The oldest first.
    streams: VecDeque<Stream>,
    courses: Vec<Uuid>,
    /// Counts what changed about their courses, so that what was read before a change is not taken for what is.
    changes: u64,
    /// Whether they may teach: whose role is a student's has no courses to teach, whatever the database says.
    teaches: bool,
}

#[derive(Debug)]
struct Stream {
    number: u64,
    session: Uuid,
    /// Of the token that it was opened with.
    version: i32,
    queue: Sender,
    connection: Option<Connection>,
}

/// A stream's place in the table, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    streams: Arc<Streams>,
    person: Uuid,
    number: u64,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// The node has as many streams as it may.
    Node,
    /// It goes away.
    Closed,
}

impl Streams {
    pub(crate) fn new(streams_max: usize, metrics: StreamMetrics) -> Self {
        Self { table: Mutex::default(), streams_max, metrics }
    }

    /// Makes a place for a stream of the caller's, with what is to be read from it. It hears of no course before
    /// [`Self::set_parts`].
    pub(super) fn enter(
        self: &Arc<Self>,
        caller: Caller,
        connection: Option<Connection>,
    ) -> Result<(Receiver, Place), Full> {
        let (queue, receiver) = queue(QUEUE_MAX);
        let mut table = self.table();
        let oldest_of_five = table.people.get(&caller.person).filter(|person| person.streams.len() >= PER_PERSON_MAX);
        if let Some(oldest) = oldest_of_five.and_then(|person| person.streams.front()).map(|oldest| oldest.number) {
            table.end(caller.person, |stream| stream.number == oldest);
            self.metrics.ended("too_many");
        }
        if table.is_closed {
            return Err(Full::Closed);
        }
        if table.streams >= self.streams_max {
            return Err(Full::Node);
        }
        (table.streams, table.last) = (table.streams + 1, table.last + 1);
        let number = table.last;
        let person = table.people.entry(caller.person).or_default();
        person.teaches = caller.role != lectern_platform::token::Role::Student;
        person.streams.push_back(Stream {
            number,
            session: caller.session,
            version: caller.version,
            queue,
            connection,
        });
        self.metrics.open.set(table.streams as i64);
        Ok((receiver, Place { streams: Arc::clone(self), person: caller.person, number }))
    }

    /// How often the person's courses changed; to be read before the database is.
    pub(super) fn changes(&self, person: Uuid) -> u64 {
        self.table().people.get(&person).map_or(0, |person| person.changes)
    }

    /// Says what the person is in which course. `false`, and nothing is done, if something changed since `changes`.
    pub(super) fn set_parts(&self, person: Uuid, parts: Vec<(Uuid, Part)>, changes: u64) -> bool {
        let mut table = self.table();
        let Some(entry) = table.people.get_mut(&person) else { return true };
        if entry.changes != changes {
            return false;
        }
        let before = std::mem::replace(&mut entry.courses, parts.iter().map(|(course, _)| *course).collect());
        table.forget(person, &before);
        for (course, part) in parts {
            table.courses.entry(course).or_default().insert(person, part);
        }
        true
    }

    /// Hands events to those whom they concern; those that were before are passed over.
    pub(super) fn deliver(&self, events: &[Sent]) {
        let mut table = self.table();
        for event in events {
            if table.seen.insert(event.id) {
                let slow = table.deliver(event);
                table.end_slow(slow, &self.metrics);
                table.follow(event);
            }
        }
        self.metrics.open.set(table.streams as i64);
    }

    /// Hands progress to those students and their tutors, if their queues are all but empty.
    pub(super) fn moved(&self, moved: &[Moved]) {
        let table = self.table();
        let mut courses: HashMap<Uuid, (String, usize)> = HashMap::new();
        for one in moved {
            if let Some(person) = table.people.get(&one.person) {
                let mut frame = String::new();
                one.write_frame(&mut frame);
                person.offer(&frame.into());
            }
            if table.courses.get(&one.course).is_some_and(|people| people.values().any(|part| part.tutor)) {
                let (frames, count) = courses.entry(one.course).or_default();
                if *count < MOVED_MAX {
                    one.write_frame(frames);
                    *count += 1;
                }
            }
        }
        for (course, (frames, _)) in courses {
            let frames = Bytes::from(frames);
            for (person, _) in table.courses[&course].iter().filter(|(_, part)| part.tutor) {
                if let Some(person) = table.people.get(person) {
                    person.offer(&frames);
                }
            }
        }
    }

    /// Ends every stream of which this is true, by person, session and the token's number.
    pub(super) fn end_where(&self, ends: impl Fn(Uuid, Uuid, i32) -> bool) {
        let mut table = self.table();
        let people: Vec<Uuid> = table.people.keys().copied().collect();
        for person in people {
            for _ in 0..table.end(person, |stream| ends(person, stream.session, stream.version)) {
                self.metrics.ended("signed_out");
            }
        }
        self.metrics.open.set(table.streams as i64);
    }

    /// How many are open.
    pub(crate) fn open(&self) -> usize {
        self.table().streams
    }

    /// Tells everybody to load everything anew, over a new stream: nobody knows what was missed, be it about courses.
    pub(super) fn resync(&self) {
        let mut table = self.table();
        for person in table.people.values() {
            for stream in &person.streams {
                let _ = stream.queue.send(Bytes::from_static(RESYNC.as_bytes()), 0);
            }
        }
        table.clear();
        self.metrics.ended("resync");
        self.metrics.open.set(0);
    }

    /// Ends all streams, and lets none begin any more.
    pub(crate) fn close(&self) {
        let mut table = self.table();
        table.is_closed = true;
        table.clear();
        self.metrics.open.set(0);
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Those whose queue was full.
    fn deliver(&self, event: &Sent) -> Vec<(Uuid, u64)> {
        let (mut frame, mut slow) = (None, Vec::new());
        let mut give = |id: &Uuid| {
            let Some(person) = self.people.get(id) else { return };
            let frame: &Bytes = frame.get_or_insert_with(|| event.frame());
            for stream in &person.streams {
                if stream.queue.send(frame.clone(), 0).is_err() {
                    slow.push((*id, stream.number));
                }
            }
        };
        let in_course = event.course.and_then(|course| self.courses.get(&course));
        let concerns = |part: &Part| match event.audience {
            Audience::Person => false,
            Audience::Tutors => part.tutor,
            Audience::Course => true,
        };
        for (person, _) in in_course.into_iter().flatten().filter(|(_, part)| concerns(part)) {
            // Whom it is about follows.
            if event.audience == Audience::Course || event.person != Some(*person) {
                give(person);
            }
        }
        if event.audience != Audience::Course {
            event.person.iter().for_each(give);
        }
        slow
    }

    /// What an event says about who is in a course.
    fn follow(&mut self, event: &Sent) {
        let (Some(person), Some(course)) = (event.person, event.course) else { return };
        let (is_tutor, is_in) = match event.kind.as_str() {
            event::ENROLMENT_STARTED => (false, true),
            event::ENROLMENT_ENDED => (false, false),
            event::TUTOR_ADDED => (true, true),
            event::TUTOR_REMOVED => (true, false),
            _ => return,
        };
        let Some(entry) = self.people.get_mut(&person) else { return };
        entry.changes += 1;
        let part = self.courses.entry(course).or_default().entry(person).or_default();
        if is_tutor {
            part.tutor = is_in && entry.teaches;
        } else {
            part.student = is_in;
        }
        if *part == Part::default() {
            entry.courses.retain(|known| *known != course);
            self.forget(person, &[course]);
        } else if !entry.courses.contains(&course) {
            entry.courses.push(course);
        }
    }

    fn end_slow(&mut self, slow: Vec<(Uuid, u64)>, metrics: &StreamMetrics) {
        for (person, number) in slow {
            self.end(person, |stream| {
                let is_it = stream.number == number;
                if is_it && let Some(connection) = &stream.connection {
                    // What waits to be written is not read by anybody.
                    connection.hang_up();
                }
                is_it
            });
            metrics.ended("slow");
        }
    }

    /// Ends some of a person's streams; how many.
    fn end(&mut self, person: Uuid, ends: impl Fn(&Stream) -> bool) -> usize {
        let Some(entry) = self.people.get_mut(&person) else { return 0 };
        let before = entry.streams.len();
        entry.streams.retain(|stream| !ends(stream));
        let ended = before - entry.streams.len();
        self.streams -= ended;
        if entry.streams.is_empty()
            && let Some(gone) = self.people.remove(&person)
        {
            self.forget(person, &gone.courses);
        }
        ended
    }

    fn forget(&mut self, person: Uuid, courses: &[Uuid]) {
        for course in courses {
            if let Some(people) = self.courses.get_mut(course) {
                people.remove(&person);
                if people.is_empty() {
                    self.courses.remove(course);
                }
            }
        }
    }

    fn clear(&mut self) {
        self.people.clear();
        self.courses.clear();
        self.streams = 0;
    }
}

impl Person {
    /// For what need not be had.
    fn offer(&self, frame: &Bytes) {
        for stream in &self.streams {
            let _ = stream.queue.send(frame.clone(), QUEUE_KEPT);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.streams.table();
        table.end(self.person, |stream| stream.number == self.number);
        self.streams.metrics.open.set(table.streams as i64);
    }
}

/// The last ids that were delivered.
#[derive(Debug, Default)]
struct Seen {
    ids: HashSet<i64>,
    order: VecDeque<i64>,
}

impl Seen {
    /// Whether it is new.
    fn insert(&mut self, id: i64) -> bool {
        if !self.ids.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > SEEN_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}
