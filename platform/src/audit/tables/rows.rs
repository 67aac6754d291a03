//! How events lie in the table.
//!
//! One event is up to four rows, each the whole event, in the partitions that queries ask for: `d.2026-11-22` the day, `p.{person}`
//! who acted and who was acted upon, `c.{course}`. So each query is a range of one partition (of one a day for everybody's), without a
//! look-up by row. A partition of a table takes 2,000 rows a second; a day's has one row for each event, and a school of ten
//! thousand that enters in one minute makes 170.
//!
//! The row key is the id of the event with all bits turned, in hexadecimal: a table reads in order of its keys, and so the
//! newest comes first. The same event has the same keys, whoever sends it how often.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, Time};
use uuid::Uuid;

use super::super::event::{AuditEvent, first_id, time_of};

/// A row, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    partition: String,
    key: String,
    json: String,
}

impl Row {
    fn new(partition: String, event: &AuditEvent) -> Self {
        let key = key_of_id(event.id().as_u128());
        let mut row = Map::new();
        row.insert("PartitionKey".into(), json!(partition));
        row.insert("RowKey".into(), json!(key));
        row.insert("Id".into(), json!(event.id()));
        row.insert("At@odata.type".into(), json!("Edm.DateTime"));
        row.insert("At".into(), json!(event.at().format(&Rfc3339).unwrap_or_default()));
        row.insert("Kind".into(), json!(event.kind));
        let texts = [
            ("Actor", event.actor.clone()),
            ("Subject", event.subject.clone()),
            ("Course", event.course.clone()),
            ("Room", event.room.clone()),
            ("Address", event.address.map(|address| address.to_string())),
            ("Detail", (!event.detail.is_empty()).then(|| json!(event.detail).to_string())),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                row.insert(name.into(), json!(text));
            }
        }
        Self { partition, key, json: Value::Object(row).to_string() }
    }

    /// As the address of a row has it; none of the characters needs an escape.
    pub(super) fn address(&self) -> String {
        format!("(PartitionKey='{}',RowKey='{}')", self.partition, self.key)
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn json(&self) -> &str {
        &self.json
    }
}

/// The rows of a segment's lines, partition by partition, each row once. What is no line of ours was never acknowledged.
pub(super) fn by_partition<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Vec<Vec<Row>> {
    let mut partitions: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for event in lines.filter(|line| line.ends_with(b"\n")).filter_map(AuditEvent::from_line) {
        // A batch must not have a row twice.
        if seen.insert(event.id()) {
            for partition in partitions_of(&event) {
                partitions.entry(partition.clone()).or_default().push(Row::new(partition, &event));
            }
        }
    }
    partitions.into_values().collect()
}

fn partitions_of(event: &AuditEvent) -> Vec<String> {
    let mut partitions = vec![day_partition(event.at())];
    partitions.extend(event.actor.as_deref().map(person_partition));
    let other = event.subject.as_deref().filter(|subject| event.actor.as_deref() != Some(subject));
    partitions.extend(other.map(person_partition));
    partitions.extend(event.course.as_deref().map(course_partition));
    partitions
}

pub(super) fn person_partition(person: &str) -> String {
    format!("p.{person}")
}

pub(super) fn course_partition(course: &str) -> String {
    format!("c.{course}")
}

fn day_partition(at: OffsetDateTime) -> String {
    format!("d.{}", at.date())
}

/// The day of the ids right before this one, which is not 0, and its first id.
pub(super) fn day_before(before: u128) -> (String, u128) {
    let at = time_of(before - 1);
    let begin = OffsetDateTime::new_utc(at.date(), Time::MIDNIGHT);
    (day_partition(at), first_id(begin))
}

/// Ids from one, before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: u128,
    pub(super) before: u128,
}

impl Range {
    pub(super) fn of(from: OffsetDateTime, until: OffsetDateTime) -> Self {
        Self { from: first_id(from), before: first_id(until) }
    }
}

fn key_of_id(id: u128) -> String {
    format!("{:032x}", !id)
}

pub(super) fn id_of_key(key: &str) -> Option<u128> {
    u128::from_str_radix(key, 16).ok().map(|key| !key)
}

/// The rows of a partition in a range; partition and kind are plain, and need no escape.
pub(super) fn filter(partition: &str, range: Range, kind: Option<&str>) -> String {
    let (after, last) = (key_of_id(range.before), key_of_id(range.from));
    let kind = kind.map_or_else(String::new, |kind| format!(" and Kind eq '{kind}'"));
    format!("PartitionKey eq '{partition}' and RowKey gt '{after}' and RowKey le '{last}'{kind}")
}

/// What a row says.
pub(super) fn event(row: &Value) -> Option<AuditEvent> {
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    let mut event = AuditEvent::with_id(Uuid::try_parse(text("Id")?).ok()?, text("Kind")?)?;
    let owned = |name: &str| text(name).map(str::to_owned);
    event.actor = owned("Actor");
    event.subject = owned("Subject");
    event.course = owned("Course");
    event.room = owned("Room");
    event.address = text("Address").map(str::parse).transpose().ok()?;
    event.detail = text("Detail").map(serde_json::from_str).transpose().ok()?.unwrap_or_default();
    Some(event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn full() -> AuditEvent {
        let mut event = AuditEvent::then("room.muted", datetime!(2026-11-22 23:59:59.999 UTC));
        event.actor = Some("ada".into());
        event.subject = Some("bob".into());
        event.course = Some("c1".into());
        event.room = Some("r1".into());
        event.address = Some("2001:db8::1".parse().unwrap());
        event.detail.insert("why".into(), json!({"text": "it's \"loud\"\n", "n": 9_007_199_254_740_993_u64}));
        event
    }

    #[test]
    fn an_event_is_a_row_for_each_question() {
        let partitions = ["d.2026-11-22", "p.ada", "p.bob", "c.c1"];
        assert_eq!(partitions_of(&full()), partitions);
        let mut alone = full();
        (alone.subject, alone.course) = (Some("ada".into()), None);
        assert_eq!(partitions_of(&alone), partitions[..2]);
        let sent = full();
        for partition in partitions {
            let row = Row::new(partition.to_owned(), &sent);
            let read: Value = serde_json::from_str(row.json()).unwrap();
            assert_eq!(event(&read).as_ref(), Some(&sent));
        }
        let bare = AuditEvent::now("bare");
        let row = Row::new("d".into(), &bare);
        assert_eq!(event(&serde_json::from_str(row.json()).unwrap()), Some(bare));
    }

    #[test]
    fn lines_are_gathered_by_partition_and_the_same_event_once() {
        let line = full().to_line().unwrap();
        let torn = &line[..line.len() - 1];
        let partitions = by_partition([&line[..], &line, b"noise\n", torn].into_iter());
        assert_eq!(partitions.len(), 4);
        assert!(partitions.iter().all(|rows| rows.len() == 1));
    }

    #[test]
    fn keys_have_the_newest_first_and_ranges_have_their_ends() {
        let (early, late) = (datetime!(2026-11-22 0:00 UTC), datetime!(2026-11-22 0:00:00.001 UTC));
        let (first, second) = (AuditEvent::then("a", early), AuditEvent::then("a", late));
        let key = |event: &AuditEvent| key_of_id(event.id().as_u128());
        assert!(key(&second) < key(&first));
        assert_eq!(id_of_key(&key(&first)), Some(first.id().as_u128()));
        let range = Range::of(early, late);
        assert!(range.from <= first.id().as_u128() && first.id().as_u128() < range.before);
        assert!(second.id().as_u128() >= range.before);
    }

    #[test]
    fn days_are_walked_backwards() {
        let midnight = first_id(datetime!(2026-03-01 0:00 UTC));
        assert_eq!(day_before(midnight), ("d.2026-02-28".into(), first_id(datetime!(2026-02-28 0:00 UTC))));
        assert_eq!(day_before(midnight + 1), ("d.2026-03-01".into(), midnight));
        assert_eq!(day_before(1), ("d.1970-01-01".into(), 0));
    }
}
