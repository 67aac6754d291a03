//! Who did what, when: an append-only trail.
//!
//! There are two implementations, run by the same tests: [`FileAudit`] appends to files, [`TablesAudit`] writes to Azure Tables
//! through a spool on disk. With both, [`Audit::record`] returns when the event is on disk (many events share one `fsync`), so
//! what was recorded outlives the process, and what is in the spool outlives an outage of Azure. An event has an id; to write it
//! again is to write the same. Whoever cannot wait for a disk has a [`Recorder`] in front.

mod config;
mod event;
mod file;
mod journal;
mod metrics;
mod recorder;
mod tables;

pub use crate::azure::AzureAccount;
pub use config::AuditConfig;
pub use event::{AuditEvent, EVENT_BYTES_MAX};
pub use file::FileAudit;
pub use recorder::Recorder;
pub use tables::TablesAudit;

use std::fmt;

use futures_util::future::BoxFuture;
use time::OffsetDateTime;

/// Events of one page.
pub const PAGE_MAX: u32 = 100;

/// Why something was not recorded, or not found out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The event or the query breaks a rule: the field, and what is allowed.
    #[error("{field}: {allowed}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is allowed there.
        allowed: &'static str,
    },
    /// The spool has no room: Azure was away for too long. The event is not recorded.
    #[error("the audit spool is full")]
    Full,
    /// The disk or the table failed, or did not answer in time. The event may or may not be recorded.
    #[error("the audit trail is not available: {0}")]
    Unavailable(String),
}

/// What a future of the trail gives.
pub type AuditFuture<'a, T> = BoxFuture<'a, Result<T, AuditError>>;

/// Whose events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    All,
    /// Those in which a person acted, or was acted upon.
    Person(String),
    /// Those of a course.
    Course(String),
}

/// Which events, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditQuery {
    /// Whose.
    pub scope: Scope,
    /// Of this kind only.
    pub kind: Option<String>,
    /// Not before.
    pub from: OffsetDateTime,
    /// Before.
    pub until: OffsetDateTime,
    /// 1 to [`PAGE_MAX`].
    pub limit: u32,
    /// What the page before gave as [`AuditPage::next`].
    pub after: Option<String>,
}

/// Some events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditPage {
    /// The newest first.
    pub events: Vec<AuditEvent>,
    /// Where to go on. A search through much that does not match is cut into pages that may be short, or empty.
    pub next: Option<String>,
}

/// What a process has on its disk and not yet where the trail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spool {
    /// Its length.
    pub bytes: u64,
    /// How long it may become. Then nothing is recorded any more.
    pub bytes_max: u64,
    /// When the oldest of it was written, to a moment; `None` if there is nothing.
    pub oldest: Option<OffsetDateTime>,
}

/// See the [module](self).
pub trait Audit: fmt::Debug + Send + Sync + 'static {
    /// Keeps an event; when this has returned it is on disk. A future that is dropped may have recorded it.
    fn record(&self, event: AuditEvent) -> AuditFuture<'_, ()>;

    /// Looks events up. What was recorded moments ago may be missing yet.
    fn query<'a>(&'a self, query: &'a AuditQuery) -> AuditFuture<'a, AuditPage>;

    /// What waits to be sent to where the trail is; `None` of a trail that is where it is recorded.
    fn spool(&self) -> AuditFuture<'_, Option<Spool>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

impl AuditQuery {
    /// What a page before has to be checked for.
    fn validate(&self) -> Result<(), AuditError> {
        match &self.scope {
            Scope::Person(id) => event::check_id("person", id)?,
            Scope::Course(id) => event::check_id("course", id)?,
            Scope::All => {}
        }
        if let Some(kind) = &self.kind {
            event::check_kind(kind)?;
        }
        if !(1..=PAGE_MAX).contains(&self.limit) {
            return Err(AuditError::Invalid { field: "limit", allowed: "1 to 100" });
        }
        Ok(())
    }

    fn matches(&self, event: &AuditEvent) -> bool {
        let is_in_scope = match &self.scope {
            Scope::All => true,
            Scope::Person(person) => event.actor.as_ref() == Some(person) || event.subject.as_ref() == Some(person),
            Scope::Course(course) => event.course.as_ref() == Some(course),
        };
        let is_in_time = (self.from..self.until).contains(&event.at());
        is_in_scope && is_in_time && self.kind.as_ref().is_none_or(|kind| *kind == event.kind)
    }
}

/// What a cursor that is none of ours is answered with.
const FOREIGN_CURSOR: AuditError = AuditError::Invalid { field: "after", allowed: "`next` of the page before" };
