//! libFuzzer around the target that the environment variable `FUZZ_TARGET` names.
#![no_main]
// The entry that libFuzzer calls is a C function.
#![allow(unsafe_code)]

use std::sync::LazyLock;

use lectern_fuzz::{TARGETS, Target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let found = TARGETS.iter().find(|(target, _)| *target == name);
    let names = TARGETS.map(|(target, _)| target).join(", ");
    found.unwrap_or_else(|| panic!("FUZZ_TARGET must be one of {names}")).1
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET(bytes));
