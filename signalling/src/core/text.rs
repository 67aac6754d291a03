//! Text that people write, as others get to see it.

/// The name of somebody whose own has nothing in it that can be seen.
pub const NAMELESS: &str = "Guest";

/// A name, cleaned.
#[must_use]
pub fn name(raw: &str) -> String {
    let cleaned = raw.trim();
    if cleaned.is_empty() { NAMELESS.to_owned() } else { cleaned.to_owned() }
}
