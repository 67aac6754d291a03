//! Configuration: one struct, read once from a TOML file and the environment, before any socket is bound.
//!
//! A service derives `Deserialize` for its struct, with `#[serde(deny_unknown_fields)]` on every level, and calls
//! [`load`]. Each key can be set or overridden by a variable `LECTERN_{SERVICE}__{SECTION}__{KEY}`; its value is read as
//! TOML (`4000`, `true`, `["a", "b"]`, `"4000"` for a text of digits) and, if it is none, as the text that it is.
//!
//! An unknown key is an error in both places: a misspelt limit must not silently be the default. A program that cannot
//! use its configuration says where and why, and ends with [`EXIT_CONFIG`] ([`ConfigError::exit`]).

use std::borrow::Cow;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// `EX_USAGE` of sysexits: wrong arguments or configuration. A supervisor need not try again.
pub const EXIT_CONFIG: u8 = 64;

/// Why a configuration cannot be used. Its text tells the operator where to look and what is expected there.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {error}", path = path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Not TOML, an unknown key, a missing one, or a value of another type.
    #[error("{origin}: {message}")]
    Invalid {
        /// `sfu.toml:3` or `environment variable LECTERN_SFU__HTTP__LISTEN`.
        origin: String,
        /// What is wrong, and what is expected.
        message: String,
    },
    /// Well-formed, but outside its limits, or in contradiction to another key.
    #[error("{key}: {message}")]
    Rejected {
        /// The key in full: `media.workers`.
        key: &'static str,
        /// What would be right.
        message: String,
    },
}

impl ConfigError {
    /// What a service's own check finds: `key` in full, and what would be right.
    pub fn rejected(key: &'static str, message: impl Into<String>) -> Self {
        Self::Rejected { key, message: message.into() }
    }

    /// Tells the operator on standard error and gives the exit code for `main` to return.
    #[must_use]
    pub fn exit(&self) -> ExitCode {
        eprintln!("configuration: {self}");
        ExitCode::from(EXIT_CONFIG)
    }
}

/// Reads the configuration of `service` (`sfu`) from `file`, if there is one, and the environment.
///
/// # Errors
///
/// When the file cannot be read, or anything in either place is not a known key with a fitting value.
pub fn load<T: DeserializeOwned>(service: &str, file: Option<&Path>) -> Result<T, ConfigError> {
    load_from(service, file, std::env::vars_os())
}

/// As [`load`], with the environment as an argument.
///
/// # Errors
///
/// As [`load`].
pub fn load_from<T: DeserializeOwned>(
    service: &str,
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<T, ConfigError> {
    let text = match file {
        Some(path) => fs::read_to_string(path).map_err(|error| ConfigError::Read { path: path.to_owned(), error })?,
        None => String::new(),
    };
    let overrides = overrides(service, text.len(), environment)?;
    let blame = |error: &toml::de::Error| invalid(file, &text, &overrides, error);
    let parsed = DeTable::parse(&text).map_err(|error| blame(&error))?;
    let span = parsed.span();
    let mut table = parsed.into_inner();
    for override_ in &overrides {
        override_.apply(&mut table)?;
    }
    T::deserialize(toml::Deserializer::from(Spanned::new(span, table))).map_err(|error| blame(&error))
}

/// One variable. Its value is a document of its own (`v = …`) whose positions begin behind those of the file and of the
/// variables before it, so that the position of an error tells where it comes from.
struct Override {
    name: String,
    keys: Vec<String>,
    value: String,
    document: String,
    positions: Range<usize>,
}

impl Override {
    fn new(name: String, keys: Vec<String>, value: String, start: usize) -> Self {
        let document = format!("{}v = {value}", "\n".repeat(start));
        let positions = start..document.len() + 1;
        Self { name, keys, value, document, positions }
    }

    fn invalid(&self, message: impl Into<String>) -> ConfigError {
        ConfigError::Invalid { origin: format!("environment variable {}", self.name), message: message.into() }
    }

    /// Puts the value where the keys say.
    fn apply<'a>(&'a self, table: &mut DeTable<'a>) -> Result<(), ConfigError> {
        let Some((last, sections)) = self.keys.split_last() else { return Err(self.invalid("names no key")) };
        let key = |name: &'a str| Spanned::new(self.positions.clone(), Cow::Borrowed(name));
        let mut section = table;
        for name in sections {
            let empty = || Spanned::new(self.positions.clone(), DeValue::Table(DeTable::new()));
            match section.entry(key(name)).or_insert_with(empty).get_mut() {
                DeValue::Table(inner) => section = inner,
                _ => return Err(self.invalid(format!("`{name}` is a value in the file, not a section"))),
            }
        }
        section.insert(key(last), self.parse());
        Ok(())
    }

    /// TOML if it is, else text.
    fn parse(&self) -> Spanned<DeValue<'_>> {
        let parsed = DeTable::parse(&self.document).ok().map(Spanned::into_inner).filter(|table| table.len() == 1);
        match parsed.and_then(|table| table.into_iter().next()) {
            Some((_, value)) => value,
            None => Spanned::new(self.positions.clone(), DeValue::String(Cow::Borrowed(&self.value))),
        }
    }
}

/// The variables of this service, in the order of their names, so that the outcome does not depend on chance.
///
/// `LECTERN_SFU_PORT` and the like, with a single underscore, are no typing errors to be refused: Kubernetes sets such
/// variables for a service of that name.
fn overrides(
    service: &str,
    mut start: usize,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Vec<Override>, ConfigError> {
    let prefix = format!("LECTERN_{}__", service.to_ascii_uppercase());
    let mut variables: Vec<_> = environment
        .into_iter()
        .filter_map(|(name, value)| {
            name.to_str().filter(|name| name.starts_with(&prefix)).map(|n| (n.to_owned(), value))
        })
        .collect();
    variables.sort();
    let mut overrides: Vec<Override> = Vec::with_capacity(variables.len());
    for (name, value) in variables {
        let keys = name[prefix.len()..].split("__").map(str::to_ascii_lowercase).collect();
        let Ok(value) = value.into_string() else {
            let origin = format!("environment variable {name}");
            return Err(ConfigError::Invalid { origin, message: "not UTF-8".to_owned() });
        };
        let next = Override::new(name, keys, value, start + 1);
        start = next.positions.end;
        overrides.push(next);
    }
    Ok(overrides)
}

/// Says where an error comes from.
fn invalid(file: Option<&Path>, text: &str, overrides: &[Override], error: &toml::de::Error) -> ConfigError {
    let position = error.span().map(|span| span.start);
    if let Some(found) = position.and_then(|at| overrides.iter().find(|found| found.positions.contains(&at))) {
        return found.invalid(error.message());
    }
    let origin = match (file, position.and_then(|at| text.get(..at))) {
        // An error without a position of its own is one of the whole file: a missing key.
        (Some(path), Some(before)) if !before.is_empty() => {
            format!("{}:{}", path.display(), before.matches('\n').count() + 1)
        }
        (Some(path), _) => path.display().to_string(),
        (None, _) => "no configuration file given, and in the environment".to_owned(),
    };
    ConfigError::Invalid { origin, message: error.message().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Sample {
        http: Http,
        hosts: Vec<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Http {
        listen: String,
        #[serde(default)]
        body_bytes_max: u32,
        #[serde(default)]
        open: bool,
    }

    impl Default for Sample {
        fn default() -> Self {
            Self { http: Http { listen: "[::]:1".into(), body_bytes_max: 7, open: false }, hosts: Vec::new() }
        }
    }

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Sample, String> {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("lectern-config-{}-{number}.toml", std::process::id()));
        fs::write(&path, text).unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let result = load_from("sfu", Some(&path), environment);
        fs::remove_file(&path).unwrap();
        result.map_err(|error| error.to_string().replace(path.to_str().unwrap(), "sfu.toml"))
    }

    #[test]
    fn the_environment_overrides_the_file_and_the_file_the_defaults() {
        let file = "hosts = ['a']\n[http]\nlisten = ':1'\nbody_bytes_max = 5\n";
        let sample = read(file, &[("LECTERN_SFU__HTTP__BODY_BYTES_MAX", "6"), ("LECTERN_SFU__HTTP__OPEN", "true")]);
        let http = Http { listen: ":1".into(), body_bytes_max: 6, open: true };
        assert_eq!(sample.unwrap(), Sample { http, hosts: vec!["a".into()] });
        assert_eq!(read("", &[]).unwrap(), Sample::default());
    }

    #[test]
    fn a_value_in_the_environment_is_toml_or_else_text() {
        let listen = |value| read("", &[("LECTERN_SFU__HTTP__LISTEN", value)]).map(|sample| sample.http.listen);
        assert_eq!(listen("[::]:4000").unwrap(), "[::]:4000");
        assert_eq!(listen("\"4000\"").unwrap(), "4000");
        assert_eq!(listen("").unwrap(), "");
        assert_eq!(listen("x\ny = 1").unwrap(), "x\ny = 1");
        assert_eq!(listen("'x'\nw = 1").unwrap(), "'x'\nw = 1");
        assert!(listen("4000").unwrap_err().contains("expected a string"));
        let hosts = read("", &[("LECTERN_SFU__HOSTS", "['a', 'b']")]).unwrap().hosts;
        assert_eq!(hosts, ["a", "b"]);
    }

    #[test]
    fn an_unknown_key_is_refused_and_found() {
        let in_file = read("hosts = []\n\n[http]\nlisten = ''\nbody = 3\n", &[]).unwrap_err();
        assert!(in_file.starts_with("sfu.toml:5: unknown field `body`, expected"), "{in_file}");
        let section = read("[https]\n", &[]).unwrap_err();
        assert!(section.contains("sfu.toml") && section.contains("`https`"), "{section}");
        let good = [("LECTERN_SFU__HTTP__LISTEN", "a"), ("LECTERN_SFU__HTTP__BODY", "3"), ("LECTERN_SFU__HOSTS", "[]")];
        let in_environment = read("hosts = ['a']\n", &good).unwrap_err();
        let expected = "environment variable LECTERN_SFU__HTTP__BODY: unknown field `body`, expected";
        assert!(in_environment.starts_with(expected), "{in_environment}");
        let nameless = read("", &[("LECTERN_SFU__", "1")]).unwrap_err();
        assert!(nameless.starts_with("environment variable LECTERN_SFU__: unknown field ``"), "{nameless}");
    }

    #[test]
    fn a_value_of_another_type_is_refused_and_found() {
        let in_file = read("[http]\nlisten = ''\nopen = 'yes'\n", &[]).unwrap_err();
        assert!(in_file.starts_with("sfu.toml:3: invalid type: string \"yes\", expected a boolean"), "{in_file}");
        for (name, value) in [("LECTERN_SFU__HTTP__BODY_BYTES_MAX", "-1"), ("LECTERN_SFU__HOSTS", "['a', 1]")] {
            let error = read("[http]\nlisten = 'here'\n", &[(name, value)]).unwrap_err();
            assert!(error.starts_with(&format!("environment variable {name}: invalid")), "{error}");
        }
        let clash = read("hosts = ['a']\n", &[("LECTERN_SFU__HOSTS__X", "1")]).unwrap_err();
        assert!(clash.contains("LECTERN_SFU__HOSTS__X") && clash.contains("not a section"), "{clash}");
    }

    #[test]
    fn what_is_not_toml_or_not_there_is_refused() {
        let syntax = read("[http]\nlisten = \n", &[]).unwrap_err();
        assert!(syntax.starts_with("sfu.toml:2: "), "{syntax}");
        let missing = read("[http]\nopen = true\n", &[]).unwrap_err();
        assert!(missing.starts_with("sfu.toml") && missing.contains("missing field `listen`"), "{missing}");
        let absent = load_from::<Sample>("sfu", Some(Path::new("/nowhere/sfu.toml")), []).unwrap_err();
        assert!(absent.to_string().starts_with("/nowhere/sfu.toml: "), "{absent}");
    }

    #[test]
    fn other_services_and_what_kubernetes_sets_do_not_matter() {
        let others = [("LECTERN_RECORDER__X", "1"), ("LECTERN_SFU_PORT", "tcp://10.0.0.1:80"), ("PATH", "/")];
        assert_eq!(read("", &others).unwrap(), Sample::default());
    }
}
