//! `lectern-recorder` refuses a configuration that it cannot use, and its sample file holds every key.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/lectern-recorder.toml");

/// Exit code and standard error.
fn start(config: &Path, variable: Option<(&str, &str)>) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lectern-recorder"));
    command.arg("--config").arg(config).env_remove("RUST_LOG").envs(variable).stdin(Stdio::null());
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn write(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("lectern-recorder-{name}-{}.toml", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}

/// The sample is read to its end: what is then missing is the folder of keys, which is looked for last.
#[test]
fn the_sample_file_is_accepted_and_without_keys_nothing_starts() {
    let keyless = std::fs::read_to_string(SAMPLE).unwrap().replace("/etc/lectern/keys", "/nowhere/lectern-keys");
    let path = write("sample", &keyless);
    let (code, stderr) = start(&path, None);
    std::fs::remove_file(path).unwrap();
    assert_eq!(code, Some(64), "{stderr}");
    assert!(stderr.contains("/nowhere/lectern-keys"), "{stderr}");
}

/// An unknown key is answered with the list of those that there are.
#[test]
fn the_sample_file_holds_every_key() {
    let sample = std::fs::read_to_string(SAMPLE).unwrap();
    let sections = ["", "log", "blobs", "jobs", "node", "spool"];
    for section in sections {
        let path = section.split('.').filter(|part| !part.is_empty()).chain(["no_such_key"]);
        let variable = format!("LECTERN_RECORDER__{}", path.collect::<Vec<_>>().join("__").to_uppercase());
        let (code, stderr) = start(Path::new(SAMPLE), Some((&variable, "1")));
        assert_eq!(code, Some(64), "{stderr}");
        let (found, known) =
            stderr.split_once(", expected one of ").or_else(|| stderr.split_once(", expected ")).unwrap();
        assert!(found.contains(&variable), "{stderr}");
        let start = if section.is_empty() { 0 } else { sample.find(&format!("\n[{section}]\n")).expect(section) + 1 };
        let body = &sample[start..];
        let end = body[1..].find("\n[").map_or(body.len(), |end| end + 1);
        for key in known.split('`').skip(1).step_by(2) {
            let is_section = sections.contains(&format!("{section}.{key}").trim_start_matches('.'));
            let is_there =
                [format!("\n{key} = "), format!("\n# {key} = ")].iter().any(|line| body[..end].contains(line));
            assert!(is_section || is_there, "{section}: {key}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_named_with_its_place() {
    for (text, named) in [
        ("admin_listen = \"9093\"\n", ":1: invalid"),
        ("[node]\n\nroom_max = 2\n", ":3: unknown field `room_max`"),
        ("[node]\nrooms_max = 0\n", "node.rooms_max"),
        ("[jobs]\nurl = \"school\"\n", "jobs.url"),
        ("[spool]\nbytes_max = 1\n", "spool.bytes_max"),
        ("[blobs]\ncontainer = \"A\"\n", "blobs.container"),
        ("[log]\nfilter = \"recorder=shout\"\n", "log.filter"),
        ("[node\n", ":1: "),
    ] {
        let path = write("bad", text);
        let (code, stderr) = start(&path, None);
        std::fs::remove_file(path).unwrap();
        assert_eq!(code, Some(64), "{text}: {stderr}");
        assert!(stderr.contains(named), "{text}: {stderr}");
    }
    let unknown = Command::new(env!("CARGO_BIN_EXE_lectern-recorder")).arg("--no-such-argument").output().unwrap();
    assert_eq!(unknown.status.code(), Some(64));
    let (code, stderr) = start(Path::new("/nowhere/recorder.toml"), None);
    assert_eq!(code, Some(64));
    assert!(stderr.contains("/nowhere/recorder.toml"), "{stderr}");
}
