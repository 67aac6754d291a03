//! Jobs: which classes are to be recorded, from the school's API, each held by a lease.
//!
//! The holder says every five seconds that it is still there, and how far it is. While the API cannot be reached it records on;
//! only the answer that another holds the job (`lease_lost`), or that there is none any more, stops it, at once. See
//! `docs/decisions/recording-jobs.md`.

mod client;
mod lease;
mod run;

pub(crate) use client::Job;
pub(crate) use client::{JobsClient, JobsError, Outcome};
pub(crate) use lease::{Doubts, LeaseState, RENEW_EVERY, until};
pub(crate) use run::{Ended, Run, Shared};
