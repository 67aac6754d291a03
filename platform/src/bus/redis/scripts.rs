//! The scripts, each of which is one atomic step on the server.

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Open,
    Read,
    Append,
    Save,
    WritePresence,
    Presence,
}

/// In the order of [`Script`].
pub(super) const TEXTS: &[&str] = &[
    include_str!("scripts/open.lua"),
    include_str!("scripts/read.lua"),
    include_str!("scripts/append.lua"),
    include_str!("scripts/save.lua"),
    include_str!("scripts/write_presence.lua"),
    include_str!("scripts/presence.lua"),
];
