//! Names of blobs: `materials/0192f3….pdf`.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

const LENGTH_MAX: usize = 200;
const PART_LENGTH_MAX: usize = 64;

/// Parts of `[A-Za-z0-9_.-]` with a letter or digit first, between slashes; 200 bytes at most. So none is `..`, hidden, or
/// absolute, and none needs an escape in an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey(String);

/// It is no name of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("parts of letters, digits, `_`, `-` and `.`, a letter or digit first, between slashes; 200 bytes at most")]
pub struct NoKey;

impl BlobKey {
    /// A new one in a folder, unlike any other; the extension is for people who look into the store.
    ///
    /// # Panics
    /// When folder or extension cannot be part of a name: both are constants of the code.
    #[must_use]
    pub fn generate(folder: &'static str, extension: &'static str) -> Self {
        let name = format!("{folder}/{}.{extension}", Uuid::now_v7().simple());
        name.parse().unwrap_or_else(|_| panic!("`{name}` is no name"))
    }

    /// A blob below this name.
    ///
    /// # Errors
    /// When that is no name.
    pub fn join(&self, name: &str) -> Result<Self, NoKey> {
        format!("{}/{name}", self.0).parse()
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BlobKey {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let is_part = |part: &str| {
            let starts_well = part.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
            let is_plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
            starts_well && is_plain && part.len() <= PART_LENGTH_MAX
        };
        if text.len() <= LENGTH_MAX && text.split('/').all(is_part) { Ok(Self(text.to_owned())) } else { Err(NoKey) }
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        let key = BlobKey::generate("materials", "pdf");
        assert_eq!(key.as_str().parse(), Ok(key.clone()));
        assert_ne!(key, BlobKey::generate("materials", "pdf"));
        assert_eq!(key.join("..%2f"), Err(NoKey));
        let long = format!("a/{}", "b".repeat(PART_LENGTH_MAX + 1));
        for strange in [
            "",
            "/",
            "/etc/passwd",
            "a/../b",
            "..",
            ".",
            "a/.hidden",
            "a//b",
            "a/",
            "a\\b",
            "a b",
            "a%2e",
            "a\0",
            "ä",
            "-a",
            &long,
        ] {
            assert_eq!(strange.parse::<BlobKey>(), Err(NoKey), "{strange:?}");
        }
        for good in ["a", "a/b.c/D-1_2", "recordings/0/seg.00001.m4s"] {
            assert_eq!(good.parse::<BlobKey>().unwrap().as_str(), good);
        }
    }
}
