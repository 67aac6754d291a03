//! Media workers: one thread, one UDP port, its own peers and its own part of every room that has some of them.

mod inbox;

pub use self::inbox::{COMMANDS_MAX, FEEDS_MAX, Inbox};
