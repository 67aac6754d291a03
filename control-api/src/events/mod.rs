//! What happened, for those who want to see it at once.
//!
//! Whoever changes something [emits](emit) an [`Event`] in the same transaction: it is in the outbox if the change is in the
//! database, and never without it.

mod event;
mod outbox_store;

pub(crate) use event::{Event, LiveClass};
pub(crate) use outbox_store::{emit, emit_all};
