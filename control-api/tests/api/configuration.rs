//! `lectern-control-api` refuses a configuration that it cannot use, and its sample file holds every key.

use std::path::Path;
use std::process::{Command, Stdio};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/lectern-control-api.toml");

/// Exit code and standard error.
fn start(variable: (&str, &str)) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lectern-control-api"));
    command.arg("--config").arg(Path::new(SAMPLE)).env_remove("RUST_LOG").envs([variable]).stdin(Stdio::null());
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// The sample is read to its end: what is then missing is the folder of keys, which is looked for last.
#[test]
fn the_sample_file_is_accepted_and_without_keys_nothing_starts() {
    let (code, stderr) = start(("LECTERN_CONTROL_API__KEYS", "/nowhere/lectern-keys"));
    assert_eq!(code, Some(64), "{stderr}");
    assert!(stderr.contains("/nowhere/lectern-keys"), "{stderr}");
}

/// An unknown key is answered with the list of those that there are.
#[test]
fn the_sample_file_holds_every_key() {
    let sample = std::fs::read_to_string(SAMPLE).unwrap();
    let sections: Vec<&str> = sample.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']')).collect();
    for section in sections.iter().copied().chain(["", "oidc.providers.google"]) {
        let path = section.split('.').filter(|part| !part.is_empty()).chain(["no_such_key"]);
        let variable = format!("LECTERN_CONTROL_API__{}", path.collect::<Vec<_>>().join("__").to_uppercase());
        let (code, stderr) = start((&variable, "1"));
        assert_eq!(code, Some(64), "{stderr}");
        let (_, known) = stderr.split_once(", expected ").unwrap_or_else(|| panic!("{stderr}"));
        let found = sample.find(&format!("\n[{section}]\n")).or_else(|| sample.find(&format!("\n# [{section}]\n")));
        let start = if section.is_empty() { 0 } else { found.unwrap() + 1 };
        let body = &sample[start..];
        let body = &body[..body[1..].find("\n[").map_or(body.len(), |end| end + 1)];
        for key in known.split('`').skip(1).step_by(2) {
            let is_there = [format!("\n{key} = "), format!("\n# {key} = ")].iter().any(|line| body.contains(line));
            assert!(sections.contains(&key) || is_there, "{section}: {key}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_named() {
    for (variable, value, named) in [
        ("DATABASE__URL", "mysql://a", "database.url"),
        ("HTTP__PUBLIC_URL", "https://a/b", "http.public_url"),
        ("SESSIONS__ACCESS_S", "0", "sessions.access_s"),
        ("OIDC__PROVIDERS__GOOGLE__TITLE", "Google", "`google`: issuer"),
    ] {
        let (code, stderr) = start((&format!("LECTERN_CONTROL_API__{variable}"), value));
        assert_eq!(code, Some(64), "{stderr}");
        assert!(stderr.contains(named), "{stderr}");
    }
}
