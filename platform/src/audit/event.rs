//! One event, and what it may hold.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::{NoContext, Timestamp, Uuid};

use super::AuditError;

/// An event as JSON, so that a hundred of them are far below what a table takes at once (4 MiB).
pub const EVENT_BYTES_MAX: usize = 8 * 1024;
/// Of a person, a course, a room.
const ID_LENGTH_MAX: usize = 64;
const KIND_LENGTH_MAX: usize = 64;

/// What happened. Ids are 1 to 64 of `[A-Za-z0-9_-]`; the whole is at most [`EVENT_BYTES_MAX`] as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditEvent {
    id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// 1 to 64 of `[a-z0-9_.]`: `room.joined`.
    pub kind: String,
    /// Who did it; nobody if it happened by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// In which course.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<String>,
    /// In which room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// From where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub detail: Map<String, Value>,
}

impl AuditEvent {
    /// One that happens now.
    #[must_use]
    pub fn now(kind: impl Into<String>) -> Self {
        Self::of(Uuid::now_v7(), kind.into())
    }

    /// One that happened then, to the millisecond; before 1970 is 1970.
    #[must_use]
    pub fn then(kind: impl Into<String>, at: OffsetDateTime) -> Self {
        let seconds = u64::try_from(at.unix_timestamp()).unwrap_or(0);
        Self::of(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, at.nanosecond())), kind.into())
    }

    /// One that may have been recorded already, under this id; `None` if it is no UUIDv7.
    #[must_use]
    pub fn with_id(id: Uuid, kind: impl Into<String>) -> Option<Self> {
        (id.get_version_num() == 7).then(|| Self::of(id, kind.into()))
    }

    fn of(id: Uuid, kind: String) -> Self {
        let (at, detail) = (time_of(id.as_u128()), Map::new());
        Self { id, at, kind, actor: None, subject: None, course: None, room: None, address: None, detail }
    }

    /// Unlike any other's; a UUIDv7.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// When it happened, to the millisecond; the id says the same.
    #[must_use]
    pub fn at(&self) -> OffsetDateTime {
        self.at
    }

    /// As a line of JSON.
    ///
    /// # Errors
    /// When it breaks a rule.
    pub(super) fn to_line(&self) -> Result<Vec<u8>, AuditError> {
        check_kind(&self.kind)?;
        let ids = [("actor", &self.actor), ("subject", &self.subject), ("course", &self.course), ("room", &self.room)];
        for (field, id) in ids {
            id.as_ref().map_or(Ok(()), |id| check_id(field, id))?;
        }
        let too_large = AuditError::Invalid { field: "detail", allowed: "8 KiB with all the rest" };
        let mut line = serde_json::to_vec(self).map_err(|_| too_large.clone())?;
        if line.len() > EVENT_BYTES_MAX {
            return Err(too_large);
        }
        line.push(b'\n');
        Ok(line)
    }

    /// From a line of JSON, if it is one of ours.
    pub(super) fn from_line(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}

/// The time in a UUIDv7: milliseconds in its first 48 bits (RFC 9562, section 5.7).
pub(super) fn time_of(id: u128) -> OffsetDateTime {
    let ms = (id >> 80) as i128;
    OffsetDateTime::from_unix_timestamp_nanos(ms * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// The least id of that time, or of 1970 if it is earlier.
pub(super) fn first_id(at: OffsetDateTime) -> u128 {
    // Whoever asks from half a millisecond on does not want what was before.
    let nanos = u128::try_from(at.unix_timestamp_nanos()).unwrap_or(0);
    nanos.div_ceil(1_000_000).min((1 << 48) - 1) << 80
}

pub(super) fn check_id(field: &'static str, id: &str) -> Result<(), AuditError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if (1..=ID_LENGTH_MAX).contains(&id.len()) && id.bytes().all(is_plain) {
        return Ok(());
    }
    Err(AuditError::Invalid { field, allowed: "1 to 64 letters, digits, hyphens and underscores" })
}

pub(super) fn check_kind(kind: &str) -> Result<(), AuditError> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.".contains(&byte);
    if (1..=KIND_LENGTH_MAX).contains(&kind.len()) && kind.bytes().all(is_plain) {
        return Ok(());
    }
    Err(AuditError::Invalid { field: "kind", allowed: "1 to 64 of a-z, 0-9, dots and underscores" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn the_id_tells_the_time() {
        let at = datetime!(2026-11-22 13:14:15.678 UTC);
        let event = AuditEvent::then("a", at);
        assert_eq!((event.at(), event.id().get_version_num()), (at, 7));
        assert!(first_id(at) <= event.id().as_u128());
        assert!(first_id(at + time::Duration::milliseconds(1)) > event.id().as_u128());
        assert_eq!(AuditEvent::with_id(event.id(), "b").unwrap().at(), at);
        assert!(AuditEvent::with_id(Uuid::nil(), "b").is_none());
        assert_eq!(AuditEvent::then("a", datetime!(1066-10-14 0:00 UTC)).at().year(), 1970);
        assert_eq!(first_id(datetime!(1066-10-14 0:00 UTC)), 0);
    }

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let mut event = AuditEvent::now("room.joined");
        event.actor = Some("0192-ab_C".into());
        event.address = Some("2001:db8::1".parse().unwrap());
        event.detail.insert("name\n".into(), "émile \u{1F600}".into());
        let line = event.to_line().unwrap();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        assert_eq!(AuditEvent::from_line(&line), Some(event));
        assert_eq!(AuditEvent::from_line(&line[..line.len() / 2]), None);
    }

    #[test]
    fn what_breaks_a_rule_names_its_field() {
        let field = |change: &dyn Fn(&mut AuditEvent)| {
            let mut event = AuditEvent::now("kind");
            change(&mut event);
            match event.to_line() {
                Err(AuditError::Invalid { field, .. }) => field,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(field(&|event| event.kind = "No".into()), "kind");
        assert_eq!(field(&|event| event.kind.clear()), "kind");
        assert_eq!(field(&|event| event.actor = Some("a/b".into())), "actor");
        assert_eq!(field(&|event| event.subject = Some(String::new())), "subject");
        assert_eq!(field(&|event| event.course = Some("c".repeat(65))), "course");
        assert_eq!(field(&|event| event.room = Some("r'r".into())), "room");
        let mut event = AuditEvent::now("kind");
        event.detail.insert("d".into(), String::new().into());
        let rest = event.to_line().unwrap().len() - 1;
        event.detail.insert("d".into(), "x".repeat(EVENT_BYTES_MAX - rest).into());
        assert_eq!(event.to_line().unwrap().len(), EVENT_BYTES_MAX + 1);
        event.detail.insert("d".into(), "x".repeat(EVENT_BYTES_MAX - rest + 1).into());
        assert!(event.to_line().is_err());
    }
}
