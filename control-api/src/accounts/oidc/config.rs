//! Which providers there are. Without any, people sign in with passwords alone.

use std::collections::BTreeMap;

use lectern_platform::config::ConfigError;
use serde::Deserialize;
use url::Url;

use super::endpoint;

/// Buttons on the login page.
const PROVIDERS_MAX: usize = 16;
/// The longest name of one, and the longest title, in characters.
const NAME_LENGTH_MAX: usize = 32;
const TITLE_LENGTH_MAX: usize = 40;
/// The longest id or secret of a client, in bytes.
const CREDENTIAL_LENGTH_MAX: usize = 1_024;

/// The keys of `[oidc]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OidcConfig {
    /// OpenID Connect providers, by the names that stand in their addresses. 16 at most; default none.
    pub providers: BTreeMap<String, ProviderConfig>,
}

/// The keys of `[oidc.providers.NAME]`.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderConfig {
    /// What its button says, 1 to 40 characters. Required.
    pub title: String,
    /// Its issuer, exactly as its tokens name it: `https://accounts.google.com`. Required.
    pub issuer: String,
    /// The name under which the school is known there. Required.
    pub client_id: String,
    /// The secret that goes with it. Required.
    pub client_secret: String,
    /// What is asked for; `openid` is among it. Default `openid`, `email`, `profile`.
    pub scopes: Vec<String>,
    /// Whether somebody who has an account already comes into it by an address that the provider says is verified. Default
    /// false.
    pub join_by_email: bool,
    /// Whether somebody who has no account gets one, as a student. Default true.
    pub sign_up: bool,
}

impl Default for ProviderConfig {
    fn default() -> Self {
        Self {
            title: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            client_secret: String::new(),
            scopes: ["openid", "email", "profile"].map(str::to_owned).into(),
            join_by_email: false,
            sign_up: true,
        }
    }
}

/// Without the secret.
impl std::fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderConfig").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl OidcConfig {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        if self.providers.len() > PROVIDERS_MAX {
            return Err(ConfigError::rejected("oidc.providers", format!("{PROVIDERS_MAX} at most")));
        }
        for (name, provider) in &self.providers {
            let wrong = |(key, wanted): (&str, &str)| {
                ConfigError::rejected("oidc.providers", format!("`{name}`: {key} is {wanted}"))
            };
            if !is_name(name) {
                return Err(wrong(("the name", "1 to 32 of a-z 0-9 - and single _")));
            }
            provider.check().map_err(wrong)?;
        }
        Ok(())
    }
}

impl ProviderConfig {
    /// The key at fault, and what it may be.
    fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let is_title = (1..=TITLE_LENGTH_MAX).contains(&self.title.chars().count());
        if !is_title || self.title.trim() != self.title || self.title.chars().any(char::is_control) {
            return Err(("title", "1 to 40 characters on one line"));
        }
        // Discovery 1.0 section 3: an issuer has no query and no fragment.
        let issuer = Url::parse(&self.issuer).ok().filter(endpoint::is_secure);
        if issuer.is_none_or(|url| url.query().is_some() || url.fragment().is_some()) {
            return Err(("issuer", "an https URL as its tokens name it (http for this machine's own addresses alone)"));
        }
        // RFC 6749 appendix A: both are printable ASCII.
        let is_credential = |text: &str| {
            (1..=CREDENTIAL_LENGTH_MAX).contains(&text.len()) && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
        };
        if !is_credential(&self.client_id) {
            return Err(("client_id", "what the provider calls this school, ASCII"));
        }
        if !is_credential(&self.client_secret) {
            return Err(("client_secret", "what the provider gave with the client_id, ASCII"));
        }
        // RFC 6749 appendix A.4.
        let is_scope = |text: &String| {
            !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~'))
        };
        if !(1..=16).contains(&self.scopes.len())
            || !self.scopes.iter().all(is_scope)
            || !self.scopes.iter().any(|scope| scope == "openid")
        {
            return Err(("scopes", "1 to 16 words, `openid` among them"));
        }
        Ok(())
    }
}

/// It is part of paths, and of variables, where two underscores separate.
fn is_name(text: &str) -> bool {
    (1..=NAME_LENGTH_MAX).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
        && !text.contains("__")
        && !text.starts_with('_')
        && !text.ends_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> ProviderConfig {
        ProviderConfig {
            title: "School".to_owned(),
            issuer: "https://id.school.example/realms/a".to_owned(),
            client_id: "lectern".to_owned(),
            client_secret: "secret".to_owned(),
            ..ProviderConfig::default()
        }
    }

    fn verdict(name: &str, change: impl FnOnce(&mut ProviderConfig)) -> Result<(), String> {
        let mut provider = good();
        change(&mut provider);
        let config = OidcConfig { providers: [(name.to_owned(), provider)].into() };
        config.validate().map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_missing_or_unsafe_is_named() {
        assert_eq!(verdict("a", |_| ()), Ok(()));
        assert_eq!(verdict("a", |it| it.issuer = "http://127.0.0.1:4000".to_owned()), Ok(()));
        let at_fault = |change: fn(&mut ProviderConfig)| {
            let error = verdict("a", change).unwrap_err();
            error.split(" is ").next().unwrap().rsplit(' ').next().unwrap().to_owned()
        };
        assert_eq!(at_fault(|it| it.title.clear()), "title");
        assert_eq!(at_fault(|it| it.title = "a".repeat(41)), "title");
        assert_eq!(at_fault(|it| it.issuer = "http://id.school.example".to_owned()), "issuer");
        assert_eq!(at_fault(|it| it.issuer = "https://id.school.example?a".to_owned()), "issuer");
        assert_eq!(at_fault(|it| it.client_id.clear()), "client_id");
        assert_eq!(at_fault(|it| it.client_secret.clear()), "client_secret");
        assert_eq!(at_fault(|it| it.scopes = vec!["email".to_owned()]), "scopes");
        assert_eq!(at_fault(|it| it.scopes.push("two words".to_owned())), "scopes");
        assert!(!format!("{:?}", good()).contains("secret"), "secrets are not shown");
    }

    #[test]
    fn a_name_can_stand_in_paths_and_variables() {
        for (name, good) in [
            ("google", true),
            ("my-school_2", true),
            (&*"a".repeat(32), true),
            (&*"a".repeat(33), false),
            ("", false),
            ("a__b", false),
            ("_a", false),
            ("A", false),
            ("a/b", false),
        ] {
            assert_eq!(is_name(name), good, "{name}");
        }
    }

    #[test]
    fn there_are_sixteen_at_most() {
        let many = |count| OidcConfig { providers: (0..count).map(|i| (format!("p{i}"), good())).collect() };
        assert!(many(16).validate().is_ok());
        assert!(many(17).validate().is_err());
    }
}
