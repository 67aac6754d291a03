//! `lectern-signalling` refuses a configuration that it cannot use, and its sample file holds every key.

use std::path::Path;
use std::process::{Command, Stdio};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/lectern-signalling.toml");

/// Exit code and standard error.
fn start(config: &Path, variable: (&str, &str)) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lectern-signalling"));
    command.arg("--config").arg(config).env_remove("RUST_LOG").env(variable.0, variable.1).stdin(Stdio::null());
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// The sample is read to its end: what is then missing is the folder of keys, which is looked for last.
#[test]
fn the_sample_file_is_accepted_and_without_keys_nothing_starts() {
    let (code, stderr) = start(Path::new(SAMPLE), ("LECTERN_SIGNALLING__KEYS", "/nowhere/lectern-keys"));
    assert_eq!(code, Some(64), "{stderr}");
    assert!(stderr.contains("/nowhere/lectern-keys"), "{stderr}");
}

/// An unknown key is answered with the list of those that there are.
#[test]
fn the_sample_file_holds_every_key() {
    let sample = std::fs::read_to_string(SAMPLE).unwrap();
    let sections = ["", "log", "bus", "audit", "http", "socket", "admission", "node", "room"];
    for section in sections {
        let path = section.split('.').filter(|part| !part.is_empty()).chain(["no_such_key"]);
        let variable = format!("LECTERN_SIGNALLING__{}", path.collect::<Vec<_>>().join("__").to_uppercase());
        let (code, stderr) = start(Path::new(SAMPLE), (&variable, "1"));
        assert_eq!(code, Some(64), "{stderr}");
        let (found, known) =
            stderr.split_once(", expected one of ").or_else(|| stderr.split_once(", expected ")).unwrap();
        assert!(found.contains(&variable), "{stderr}");
        let start = if section.is_empty() { 0 } else { sample.find(&format!("\n[{section}]\n")).expect(section) + 1 };
        let body = &sample[start..];
        let end = body[1..].find("\n[").map_or(body.len(), |end| end + 1);
        for key in known.split('`').skip(1).step_by(2) {
            let is_section = section.is_empty() && sections.contains(&key);
            let is_there =
                [format!("\n{key} = "), format!("\n# {key} = ")].iter().any(|line| body[..end].contains(line));
            assert!(is_section || is_there, "{section}: {key}");
        }
    }
}

#[test]
fn what_contradicts_itself_is_named() {
    let (code, stderr) = start(Path::new(SAMPLE), ("LECTERN_SIGNALLING__SOCKET__SILENCE_MS", "20000"));
    assert_eq!(code, Some(64), "{stderr}");
    assert!(stderr.contains("socket.silence_ms"), "{stderr}");
}
