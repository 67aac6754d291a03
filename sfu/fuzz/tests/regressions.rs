//! Everything that was ever found, and every seed, goes through its target again.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use lectern_fuzz::{TARGETS, Target};

/// Runs every file of `folder/name`; returns how many there were. What panics is named.
fn run_all(folder: &str, name: &str, target: Target) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name);
    let Ok(entries) = fs::read_dir(&folder) else { return 0 };
    let files: Vec<_> =
        entries.map(|entry| entry.expect("a readable folder").path()).filter(|path| path.is_file()).collect();
    for file in &files {
        let bytes = fs::read(file).expect("a readable file");
        let outcome = catch_unwind(AssertUnwindSafe(|| target(&bytes)));
        assert!(outcome.is_ok(), "FUZZ_TARGET={name} fails on {}", file.display());
    }
    files.len()
}

#[test]
fn every_seed_and_every_find_passes_its_target() {
    for (name, target) in TARGETS {
        assert!(run_all("corpus", name, target) > 0, "{name} has no seed");
        run_all("artifacts", name, target);
    }
}

#[test]
fn no_prefix_of_a_seed_harms() {
    for (name, target) in TARGETS.into_iter().filter(|(name, _)| !matches!(*name, "dtls" | "datagram")) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        for entry in fs::read_dir(folder).expect("seeds") {
            let bytes = fs::read(entry.expect("a readable folder").path()).expect("a readable file");
            let step = (bytes.len() / 64).max(1);
            (0..bytes.len()).step_by(step).for_each(|len| target(&bytes[..len]));
        }
    }
}
