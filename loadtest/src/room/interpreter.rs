//! Reads what the server says, each distinct message once.
//!
//! A broadcast comes out of thousands of sockets with the same bytes. It is parsed whole when it comes the first time;
//! from then on it is recognised, byte by byte, for a fraction of the time. So everything is checked, and the machine is
//! left to the server.

use crate::room::dialect::{Dialect, Heard, Unreadable};

/// Messages remembered: more than are under way at once.
const SLOTS: usize = 256;
/// Longer ones are snapshots, which are each reader's own.
const REMEMBERED_LEN_MAX: usize = 4 << 10;

/// Turns bytes into meaning.
#[derive(Debug)]
pub struct Interpreter {
    dialect: Dialect,
    slots: Vec<(Vec<u8>, Heard)>,
    unremembered: Heard,
    parsed: u64,
}

impl Interpreter {
    /// One for this dialect.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, slots: vec![(Vec::new(), Heard::Nothing); SLOTS], unremembered: Heard::Nothing, parsed: 0 }
    }

    /// What `message` means.
    ///
    /// # Errors
    /// It is not in the dialect.
    pub fn hear(&mut self, message: &[u8]) -> Result<&Heard, Unreadable> {
        if message.len() > REMEMBERED_LEN_MAX {
            self.parsed += 1;
            self.unremembered = self.dialect.read(message)?;
            return Ok(&self.unremembered);
        }
        let (remembered, heard) = &mut self.slots[slot(message)];
        if remembered != message {
            self.parsed += 1;
            *heard = self.dialect.read(message)?;
            remembered.clear();
            remembered.extend_from_slice(message);
        }
        Ok(heard)
    }

    /// How many messages were not recognised.
    #[must_use]
    pub fn parsed(&self) -> u64 {
        self.parsed
    }
}

/// Any function of all bytes that spreads; two messages in one slot cost time, nothing else.
fn slot(message: &[u8]) -> usize {
    let (words, tail) = message.as_chunks::<8>();
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let hash = words.iter().map(|word| u64::from_le_bytes(*word)).fold(0, mix);
    let hash = tail.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)));
    (hash >> 32) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_message_is_parsed_once_and_another_is_not_taken_for_it() {
        let mut interpreter = Interpreter::new(Dialect::Lectern);
        for _ in 0..3 {
            for id in 0..40 {
                let message = format!(r#"{{"type":"ok","id":{id}}}"#);
                assert_eq!(interpreter.hear(message.as_bytes()), Ok(&Heard::Done { id, made: None }));
            }
        }
        // Two that share a slot displace each other.
        assert!((40..120).contains(&interpreter.parsed()), "{}", interpreter.parsed());
        assert!(interpreter.hear(b"{").is_err());
    }

    #[test]
    fn what_cannot_be_read_is_not_remembered_as_something_else() {
        let mut interpreter = Interpreter::new(Dialect::Lectern);
        assert!(interpreter.hear(b"[]").is_err());
        assert!(interpreter.hear(b"[]").is_err());
    }
}
