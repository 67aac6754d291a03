//! Packaging of uploaded videos: what is to be done comes from the school, each held by a lease, and is done by
//! [`lectern_recording::package`]. One run reads what was uploaded from the store, piece by piece, and stores what it becomes in a
//! folder of its own; a run that is not finished is begun anew by the next, and the school deletes what it left.

mod client;
mod run;

pub(crate) use client::{Video, claim};
pub(crate) use run::{Ended, work};
