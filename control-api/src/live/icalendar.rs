//! Classes as iCalendar (RFC 5545), for calendar programs that subscribe to an address.
//!
//! Times are in UTC, so that no time zone has to be described. A change counts `SEQUENCE` up under the same `UID`; a class that
//! is cancelled stays with its `STATUS` for a while, so that it leaves every calendar. There are no alarms: they are the
//! reader's own business.

use time::OffsetDateTime;
use time::macros::format_description;

use super::class::{Class, State};

/// The longest line, in bytes without its end (section 3.1).
const LINE_BYTES_MAX: usize = 75;

/// A calendar of classes. `school` is where people see the school.
pub(super) fn write(classes: &[Class], school: &str) -> String {
    let mut calendar = Calendar(String::new());
    calendar.line("BEGIN", "VCALENDAR");
    calendar.line("VERSION", "2.0");
    calendar.line("PRODID", "-//Lectern//Live classes//EN");
    calendar.line("CALSCALE", "GREGORIAN");
    calendar.line("X-WR-CALNAME", "Lectern");
    // How often to look again: RFC 7986 section 5.7, and what programs understood before.
    calendar.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    calendar.line("X-PUBLISHED-TTL", "PT1H");
    for class in classes {
        calendar.event(class, school);
    }
    calendar.line("END", "VCALENDAR");
    calendar.0
}

struct Calendar(String);

impl Calendar {
    fn event(&mut self, class: &Class, school: &str) {
        let status = if class.state == State::Cancelled { "CANCELLED" } else { "CONFIRMED" };
        self.line("BEGIN", "VEVENT");
        self.line("UID", &class.id.to_string());
        // Without a METHOD both say when the event was changed last (section 3.8.7.2).
        self.line("DTSTAMP", &utc(class.updated_at));
        self.line("LAST-MODIFIED", &utc(class.updated_at));
        self.line("SEQUENCE", &class.revision.to_string());
        self.line("DTSTART", &utc(class.starts_at));
        self.line("DTEND", &utc(class.ends_at));
        self.line("SUMMARY", &escaped(&format!("{}: {}", class.course_title, class.title)));
        self.line("STATUS", status);
        self.line("URL", &format!("{school}/courses/{}", class.course_id));
        self.line("END", "VEVENT");
    }

    /// Adds a content line, folded where it is too long: never within a character.
    fn line(&mut self, name: &str, value: &str) {
        let line = format!("{name}:{value}");
        let mut rest = line.as_str();
        let mut room = LINE_BYTES_MAX;
        while rest.len() > room {
            let (now, later) = rest.split_at(rest.floor_char_boundary(room));
            self.0.push_str(now);
            self.0.push_str("\r\n ");
            // The space counts.
            (rest, room) = (later, LINE_BYTES_MAX - 1);
        }
        self.0.push_str(rest);
        self.0.push_str("\r\n");
    }
}

/// The form of section 3.3.5 that ends with `Z`. The years of classes have four digits.
fn utc(at: OffsetDateTime) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    at.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

/// A value of the type TEXT (section 3.3.11).
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => value.extend(['\\', character]),
            '\n' => value.push_str("\\n"),
            // Nothing else of the kind may stand in a line.
            _ if character.is_control() => value.push(' '),
            _ => value.push(character),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;
    use uuid::Uuid;

    fn class(course_title: &str, title: &str) -> Class {
        let at = datetime!(2026-11-26 09:30:05 +1);
        Class {
            recording: None,
            id: Uuid::from_u128(1),
            course_id: Uuid::from_u128(2),
            course_title: course_title.to_owned(),
            lesson_id: None,
            title: title.to_owned(),
            state: State::Scheduled,
            starts_at: at,
            ends_at: at + time::Duration::HOUR,
            started_at: None,
            ended_at: None,
            updated_at: at,
            revision: 3,
            may_change: false,
        }
    }

    fn unfolded(calendar: &str) -> Vec<String> {
        calendar.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn an_event_says_what_calendars_need() {
        let cancelled = Class { state: State::Cancelled, ..class("Algebra", "Sums") };
        let calendar = write(&[class("Algebra", "Sums; products, \\ more"), cancelled], "https://school.example");
        let lines = unfolded(&calendar);
        for line in [
            "UID:00000000-0000-0000-0000-000000000001",
            "DTSTAMP:20261126T083005Z",
            "SEQUENCE:3",
            "DTSTART:20261126T083005Z",
            "DTEND:20261126T093005Z",
            "SUMMARY:Algebra: Sums\\; products\\, \\\\ more",
            "STATUS:CONFIRMED",
            "STATUS:CANCELLED",
            "URL:https://school.example/courses/00000000-0000-0000-0000-000000000002",
        ] {
            assert!(lines.iter().any(|one| one == line), "{line} in {calendar}");
        }
        assert_eq!((lines[0].as_str(), lines.last().unwrap().as_str()), ("BEGIN:VCALENDAR", "END:VCALENDAR"));
    }

    proptest! {
        /// Whatever a title is, lines are short, whole characters, and say the title again when they are joined.
        #[test]
        fn lines_are_folded_between_characters(title in "\\PC{0,120}") {
            let calendar = write(&[class("Algebra", &title)], "https://school.example");
            for line in calendar.split_terminator("\r\n") {
                prop_assert!(line.len() <= LINE_BYTES_MAX, "{} bytes: {line}", line.len());
                prop_assert!(!line.contains(['\r', '\n']));
            }
            let summary = format!("SUMMARY:Algebra: {}", escaped(&title));
            prop_assert!(unfolded(&calendar).contains(&summary));
        }
    }
}
