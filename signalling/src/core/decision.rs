//! What a request comes to: entries for the log and an answer, or a refusal.

use lectern_room_protocol::{Code, Reply};

use super::entry::Entry;

/// A request that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What to append; nothing if it only reads, or if all is as it was asked for already.
    pub entries: Vec<Entry>,
    /// What to answer once the entries are committed.
    pub reply: ReplyKind,
}

/// What a request is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyKind {
    /// Done, and nothing more to say. For `ping`, `react` and `roster` the rest is the caller's.
    Done,
    /// [`Reply::Made`] with the number of the first of the entries.
    Made,
    /// This.
    Ready(Reply),
}

/// A request that is not done. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, for programs.
    pub code: Code,
    /// What exactly, if the code alone does not say.
    pub detail: Option<&'static str>,
    /// How long to wait before the same can succeed.
    pub retry_after_ms: Option<u64>,
}

impl Refusal {
    /// A refusal with the code's own sentence and a detail.
    #[must_use]
    pub fn because(code: Code, detail: &'static str) -> Self {
        Self { code, detail: Some(detail), retry_after_ms: None }
    }

    /// A refusal that time heals.
    #[must_use]
    pub fn for_now(code: Code, retry_after_ms: u64) -> Self {
        Self { code, detail: None, retry_after_ms: Some(retry_after_ms) }
    }

    /// Why, for people.
    #[must_use]
    pub fn message(&self) -> String {
        match self.detail {
            Some(detail) => format!("{} {detail}", self.code.sentence()),
            None => self.code.sentence().to_owned(),
        }
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self { code, detail: None, retry_after_ms: None }
    }
}
