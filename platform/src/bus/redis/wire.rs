//! How commits and events are written in streams and channels, and what the scripts' answers mean.
//!
//! A commit is its id (16 bytes), the number of its first entry (8), how many there are (4), big-endian, and the payload. On
//! a channel a byte goes before: `c` a commit, `m` a message, `g` a new epoch of the log.

use bytes::Bytes;
use redis::Value;

use crate::bus::{Appended, BusError, BusEvent, Commit, CommitId, NodePresence, Opened, Origin, Read, Snapshot};

/// Bytes before a commit's payload.
const COMMIT_HEAD: usize = 28;

pub(super) fn write_commit(commit: &Commit) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(COMMIT_HEAD + commit.payload.len());
    bytes.extend_from_slice(&commit.id.0.to_be_bytes());
    bytes.extend_from_slice(&commit.first.to_be_bytes());
    bytes.extend_from_slice(&commit.count.to_be_bytes());
    bytes.extend_from_slice(&commit.payload);
    bytes
}

fn read_commit(bytes: &Bytes) -> Option<Commit> {
    let id = u128::from_be_bytes(bytes.get(..16)?.try_into().ok()?);
    let first = u64::from_be_bytes(bytes.get(16..24)?.try_into().ok()?);
    let count = u32::from_be_bytes(bytes.get(24..COMMIT_HEAD)?.try_into().ok()?);
    let is_sound = first > 0 && count > 0 && first.checked_add(u64::from(count)).is_some();
    is_sound.then(|| Commit { id: CommitId(id), first, count, payload: bytes.slice(COMMIT_HEAD..) })
}

pub(super) fn write_message(payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + payload.len());
    bytes.push(b'm');
    bytes.extend_from_slice(payload);
    bytes
}

/// What came on a channel; something else is a gap to those who listen.
pub(super) fn read_event(bytes: Vec<u8>) -> BusEvent {
    let mut bytes = Bytes::from(bytes);
    match bytes.first() {
        Some(b'm') => BusEvent::Message(bytes.split_off(1)),
        Some(b'c') => read_commit(&bytes.split_off(1)).map_or(BusEvent::Gap, BusEvent::Commit),
        _ => BusEvent::Gap,
    }
}

/// What `open.lua` answers.
pub(super) enum OpenAnswer {
    /// The log.
    Log(Opened),
    /// Ask again with the state.
    Offer,
    /// Ask again after so many milliseconds.
    Wait(u64),
}

pub(super) fn read_opened(value: Value) -> Result<OpenAnswer, BusError> {
    let mut parts = array(value)?.into_iter();
    let mut next = || parts.next().ok_or_else(nonsense);
    match text(next()?)?.as_str() {
        "offer" => return Ok(OpenAnswer::Offer),
        "wait" => return Ok(OpenAnswer::Wait(number(next()?)?)),
        "log" => {}
        _ => return Err(nonsense()),
    }
    let epoch = text(next()?)?;
    let (origin_epoch, origin_seq) = (text(next()?)?, text(next()?)?);
    let (covered, state) = (text(next()?)?, bytes(next()?)?);
    let origin = (!origin_epoch.is_empty()).then(|| parse(&origin_seq)).transpose()?;
    let covered = (!covered.is_empty()).then(|| parse(&covered)).transpose()?;
    let commits = read_commits(next()?)?;
    Ok(OpenAnswer::Log(Opened {
        origin: origin.map(|seq| Origin { epoch: origin_epoch, seq }),
        snapshot: covered.map(|seq| Snapshot { epoch: epoch.clone(), seq, state }),
        epoch,
        commits,
    }))
}

pub(super) fn read_read(value: Value) -> Result<Read, BusError> {
    match value {
        Value::Array(_) => read_commits(value).map(Read::Commits),
        _ if is(&value, "gone") => Ok(Read::Gone),
        _ => Err(nonsense()),
    }
}

pub(super) fn read_appended(value: &Value) -> Result<Appended, BusError> {
    let meanings = [("committed", Appended::Committed), ("conflict", Appended::Conflict), ("gone", Appended::Gone)];
    meanings.iter().find(|(word, _)| is(value, word)).map(|(_, meaning)| *meaning).ok_or_else(nonsense)
}

pub(super) fn read_presence(value: Value) -> Result<Vec<NodePresence>, BusError> {
    pairs(value)?
        .map(|(node, entries)| {
            let entries = pairs(entries)?.map(|(person, entry)| Ok((text(person)?, bytes(entry)?)));
            Ok(NodePresence { node: text(node)?, entries: entries.collect::<Result<_, BusError>>()? })
        })
        .collect()
}

pub(super) fn read_counts(value: Value) -> Result<Vec<(String, u32)>, BusError> {
    pairs(value)?.map(|(node, count)| Ok((text(node)?, u32::try_from(number(count)?).unwrap_or(u32::MAX)))).collect()
}

/// As `XRANGE` answers: id and fields, of which there is one. Without holes.
fn read_commits(value: Value) -> Result<Vec<Commit>, BusError> {
    let mut commits: Vec<Commit> = Vec::new();
    for entry in array(value)? {
        let fields = array(entry)?.pop().ok_or_else(nonsense)?;
        let commit = bytes(array(fields)?.pop().ok_or_else(nonsense)?)?;
        let commit = read_commit(&commit).ok_or_else(nonsense)?;
        if commits.last().is_some_and(|before| before.last() + 1 != commit.first) {
            return Err(nonsense());
        }
        commits.push(commit);
    }
    Ok(commits)
}

fn nonsense() -> BusError {
    BusError::Protocol("an answer that no script of ours gives".to_owned())
}

fn is(value: &Value, word: &str) -> bool {
    match value {
        Value::BulkString(bytes) => bytes == word.as_bytes(),
        Value::SimpleString(text) => text == word,
        _ => false,
    }
}

fn array(value: Value) -> Result<Vec<Value>, BusError> {
    match value {
        Value::Array(values) => Ok(values),
        _ => Err(nonsense()),
    }
}

fn pairs(value: Value) -> Result<impl Iterator<Item = (Value, Value)>, BusError> {
    let mut values = array(value)?.into_iter();
    Ok(std::iter::from_fn(move || Some((values.next()?, values.next()?))))
}

fn bytes(value: Value) -> Result<Bytes, BusError> {
    match value {
        Value::BulkString(bytes) => Ok(bytes.into()),
        Value::SimpleString(text) => Ok(text.into()),
        _ => Err(nonsense()),
    }
}

fn text(value: Value) -> Result<String, BusError> {
    String::from_utf8(bytes(value)?.into()).map_err(|_| nonsense())
}

fn number(value: Value) -> Result<u64, BusError> {
    match value {
        Value::Int(number) => u64::try_from(number).map_err(|_| nonsense()),
        _ => Err(nonsense()),
    }
}

fn parse(digits: &str) -> Result<u64, BusError> {
    digits.parse().map_err(|_| nonsense())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_read_as_it_was_written() {
        let commit =
            Commit { id: CommitId(u128::MAX - 7), first: 1 << 50, count: 3, payload: Bytes::from_static(b"x") };
        assert_eq!(read_commit(&write_commit(&commit).into()), Some(commit.clone()));
        let event = [b"c".as_slice(), &write_commit(&commit)].concat();
        assert_eq!(read_event(event), BusEvent::Commit(commit));
        assert_eq!(read_event(write_message(b"")), BusEvent::Message(Bytes::new()));
    }

    #[test]
    fn what_is_cut_off_or_impossible_is_a_gap() {
        let commit = Commit { id: CommitId(1), first: 1, count: 1, payload: Bytes::new() };
        let whole = [b"c".as_slice(), &write_commit(&commit)].concat();
        for length in 0..whole.len() {
            assert_eq!(read_event(whole[..length].to_vec()), BusEvent::Gap, "{length} bytes");
        }
        for (first, count) in [(0, 1), (1, 0), (u64::MAX, 1)] {
            let commit = Commit { first, count, ..commit.clone() };
            assert_eq!(read_commit(&write_commit(&commit).into()), None);
        }
        assert_eq!(read_event(b"?".to_vec()), BusEvent::Gap);
    }

    #[test]
    fn answers_of_another_shape_are_refused() {
        let strange = [Value::Nil, Value::Int(-1), Value::Array(vec![]), Value::SimpleString("log".into())];
        for value in strange {
            assert!(read_opened(value.clone()).is_err(), "{value:?}");
            assert!(read_appended(&value).is_err(), "{value:?}");
        }
        assert!(read_read(Value::Nil).is_err());
        assert!(read_presence(Value::Array(vec![Value::Int(1), Value::Int(1)])).is_err());
    }
}
