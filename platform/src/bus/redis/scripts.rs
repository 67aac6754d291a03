//! The scripts, each of which is one atomic step on the server.

use redis::aio::MultiplexedConnection;

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

const TEXTS: [(Script, &str); 6] = [
    (Script::Open, include_str!("scripts/open.lua")),
    (Script::Read, include_str!("scripts/read.lua")),
    (Script::Append, include_str!("scripts/append.lua")),
    (Script::Save, include_str!("scripts/save.lua")),
    (Script::WritePresence, include_str!("scripts/write_presence.lua")),
    (Script::Presence, include_str!("scripts/presence.lua")),
];

/// The names under which a server knows the scripts.
#[derive(Debug, Default)]
pub(super) struct Loaded([String; TEXTS.len()]);

impl Script {
    pub(super) fn text(self) -> &'static str {
        TEXTS[self as usize].1
    }
}

impl Loaded {
    pub(super) async fn load(connection: &mut MultiplexedConnection) -> redis::RedisResult<Self> {
        let mut pipeline = redis::pipe();
        for (script, text) in TEXTS {
            debug_assert_eq!(TEXTS[script as usize].0, script);
            pipeline.cmd("SCRIPT").arg("LOAD").arg(text);
        }
        pipeline.query_async(connection).await.map(Self)
    }

    pub(super) fn name(&self, script: Script) -> &str {
        &self.0[script as usize]
    }
}
