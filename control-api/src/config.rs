//! The configuration of the control API, one struct per concern. Every key has a default but the database's URL; unknown
//! keys are refused.

use std::time::Duration;

use axum::http::Uri;
use lectern_platform::config::ConfigError;
use serde::Deserialize;

pub use crate::accounts::OidcConfig;
pub use crate::live::LiveConfig;
use crate::mail;
pub use crate::materials::MaterialsConfig;
pub use crate::recordings::RecordingsConfig;

/// Everything that `lectern-control-api --config FILE` reads beside what any service has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ControlApiConfig {
    /// Who may call from where, and how long a request may take.
    pub http: HttpConfig,
    /// Where everything is kept.
    pub database: DatabaseConfig,
    /// How long people stay signed in.
    pub sessions: SessionsConfig,
    /// What a password costs.
    pub passwords: PasswordsConfig,
    /// Where live classes take place.
    pub live: LiveConfig,
    /// How mail is sent.
    pub mail: MailConfig,
    /// What pages learn at once.
    pub events: EventsConfig,
    /// How much of files lessons have.
    pub materials: MaterialsConfig,
    /// Whether classes are recorded.
    pub recordings: RecordingsConfig,
    /// Where else people sign in.
    pub oidc: OidcConfig,
    /// How often one may call.
    pub rates: RatesConfig,
    /// Where webhooks may go.
    pub webhooks: WebhooksConfig,
}

/// The keys of `[http]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    /// Where people see the school, without a path: `https://school.example`. Links in mails begin with it, and cookies are
    /// for HTTPS alone if it is. Default `http://127.0.0.1:8080`.
    pub public_url: String,
    /// How many proxies that append to `X-Forwarded-For` stand in front. 0 (the default): the header is ignored.
    pub forwarded_hops: u8,
    /// Further origins whose pages may call, with bearer tokens (CORS) and with cookies. Default none: `public_url` alone.
    pub origins: Vec<String>,
    /// A request's body, in bytes, where a route says nothing else. Default 64 KiB.
    pub body_bytes_max: usize,
    /// A request that is not answered by then is answered with `504`, milliseconds. Default 15,000. Event streams are exempt.
    pub request_ms_max: u64,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".to_owned(),
            forwarded_hops: 0,
            origins: Vec::new(),
            body_bytes_max: 64 * 1024,
            request_ms_max: 15_000,
        }
    }
}

impl HttpConfig {
    pub(crate) fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_ms_max)
    }

    pub(crate) fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The keys of `[database]`.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://user:password@host:5432/name`, with `?sslmode=verify-full` where the network is not trusted. Required.
    pub url: String,
    /// A read replica, for what may be a moment old. Default none.
    pub replica_url: Option<String>,
    /// By how much the replica may be behind before the primary is read instead, milliseconds. Default 10,000.
    pub replica_behind_ms_max: u64,
    /// Connections of this process to each of them. Default 16.
    pub connections_max: u32,
    /// How long a request waits for a connection before `503`, milliseconds. Default 2,000.
    pub acquire_ms_max: u64,
    /// How long a statement may run, milliseconds. Default 10,000.
    pub statement_ms_max: u64,
    /// How long a start waits for Postgres, seconds. Default 120.
    pub wait_s_max: u64,
    /// Whether a start brings the schema up to date. Default true; several processes may do so at once.
    pub migrate: bool,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            replica_url: None,
            replica_behind_ms_max: 10_000,
            connections_max: 16,
            acquire_ms_max: 2_000,
            statement_ms_max: 10_000,
            wait_s_max: 120,
            migrate: true,
        }
    }
}

/// Without the URLs, which hold passwords.
impl std::fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseConfig").field("connections_max", &self.connections_max).finish_non_exhaustive()
    }
}

/// The keys of `[sessions]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionsConfig {
    /// How long an access token is good, seconds. Default 900. A session that was ended takes its token with it at once.
    pub access_s: u64,
    /// How long a session lives that nobody uses, seconds. Default 30 days.
    pub idle_s: u64,
    /// How long a refresh token that was used gives the same answer again, seconds. Default 10.
    pub grace_s: u64,
    /// Sessions of one person; one more ends the oldest. Default 20.
    pub per_person_max: u32,
}

impl Default for SessionsConfig {
    fn default() -> Self {
        Self { access_s: 900, idle_s: 30 * 24 * 3600, grace_s: 10, per_person_max: 20 }
    }
}

/// The keys of `[passwords]`. The defaults of the first two are OWASP's for Argon2id.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordsConfig {
    /// Memory of one hash, KiB. Default 19,456.
    pub memory_kib: u32,
    /// Passes over it. Default 2.
    pub passes: u32,
    /// Hashes computed at once. Default 0: one for each core.
    pub hashes_max: usize,
    /// Requests that wait for their hash; one more is answered with `503`. Default 64.
    pub waiting_max: usize,
    /// How long they wait, milliseconds. Default 2,000.
    pub wait_ms_max: u64,
}

impl Default for PasswordsConfig {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, hashes_max: 0, waiting_max: 64, wait_ms_max: 2_000 }
    }
}

/// The keys of `[rates]`: what may be asked at once (`_burst`), and how much of that comes back in a second (`_per_s`).
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RatesConfig {
    /// Requests of a person who is signed in. Default 300.
    pub person_burst: u32,
    /// Default 30.
    pub person_per_s: f64,
    /// Requests from an address of people who are not signed in: a whole school may have one. Default 5,000.
    pub address_burst: u32,
    /// Default 500.
    pub address_per_s: f64,
    /// Logins (each step of one elsewhere), sign-ups and password resets from an address. Default 1,500.
    pub signing_burst: u32,
    /// Default 10.
    pub signing_per_s: f64,
    /// Logins to one account, and as many wishes for a new password. Default 20.
    pub account_burst: u32,
    /// Default 0.05: one in 20 seconds.
    pub account_per_s: f64,
}

impl Default for RatesConfig {
    fn default() -> Self {
        Self {
            person_burst: 300,
            person_per_s: 30.0,
            address_burst: 5_000,
            address_per_s: 500.0,
            signing_burst: 1_500,
            signing_per_s: 10.0,
            account_burst: 20,
            account_per_s: 0.05,
        }
    }
}

impl RatesConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        let rates = [
            ("rates.person_burst", self.person_burst, self.person_per_s),
            ("rates.address_burst", self.address_burst, self.address_per_s),
            ("rates.signing_burst", self.signing_burst, self.signing_per_s),
            ("rates.account_burst", self.account_burst, self.account_per_s),
        ];
        match rates.iter().find(|(_, burst, per_s)| *burst == 0 || !(0.001..=1e6).contains(per_s)) {
            Some((key, ..)) => Err(ConfigError::rejected(key, "at least 1, with 0.001 to 1000000 in a second")),
            None => Ok(()),
        }
    }
}

/// The keys of `[mail]`.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailConfig {
    /// `smtps://user:password@host` or `smtp://user:password@host:587?tls=required`. Default none: mail goes to the log.
    pub smtp_url: Option<String>,
    /// Who sends it. Default `Lectern <no-reply@localhost>`.
    pub from: String,
    /// How long the server may take for an answer, milliseconds. Default 10,000.
    pub answer_ms: u64,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self { smtp_url: None, from: "Lectern <no-reply@localhost>".to_owned(), answer_ms: 10_000 }
    }
}

/// Without the URL, which holds a password.
impl std::fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailConfig").field("from", &self.from).finish_non_exhaustive()
    }
}

impl MailConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        if let Some(url) = &self.smtp_url {
            let wanted = "smtps://user:password@host or smtp://user:password@host:587?tls=required";
            mail::transport(url, self.answer_ms).map_err(|_| ConfigError::rejected("mail.smtp_url", wanted))?;
        }
        if !(100..=60_000).contains(&self.answer_ms) {
            return Err(ConfigError::rejected("mail.answer_ms", "100 to 60000"));
        }
        let from = mail::mailbox(&self.from).map(drop);
        from.ok_or_else(|| ConfigError::rejected("mail.from", "an address: Lectern <no-reply@school.example>"))
    }
}

/// The keys of `[events]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventsConfig {
    /// Event streams of this process; one more is answered with `503`. Default 8,000: each is a connection.
    pub streams_max: usize,
}

impl Default for EventsConfig {
    fn default() -> Self {
        Self { streams_max: 8_000 }
    }
}

/// The keys of `[webhooks]`. By default they go over HTTPS to the public internet alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhooksConfig {
    /// Whether they may go over plain HTTP. Default false.
    pub allow_http: bool,
    /// Whether they may go to private addresses, this machine's among them. Default false.
    pub allow_private: bool,
}

impl ControlApiConfig {
    /// Looks at everything that a type cannot express.
    ///
    /// # Errors
    /// The key, and what it may be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let at_least_one = [
            ("http.body_bytes_max", self.http.body_bytes_max as u64),
            ("http.request_ms_max", self.http.request_ms_max),
            ("database.connections_max", u64::from(self.database.connections_max)),
            ("database.acquire_ms_max", self.database.acquire_ms_max),
            ("database.statement_ms_max", self.database.statement_ms_max),
            ("sessions.access_s", self.sessions.access_s),
            ("sessions.per_person_max", u64::from(self.sessions.per_person_max)),
            ("passwords.passes", u64::from(self.passwords.passes)),
            ("events.streams_max", self.events.streams_max as u64),
        ];
        if let Some((key, _)) = at_least_one.into_iter().find(|(_, value)| *value == 0) {
            return Err(ConfigError::rejected(key, "at least 1"));
        }
        let is_postgres = |url: &String| url.starts_with("postgres://") || url.starts_with("postgresql://");
        if !is_postgres(&self.database.url) {
            return Err(ConfigError::rejected("database.url", "needed: postgres://user:password@host:5432/name"));
        }
        if !self.database.replica_url.iter().all(is_postgres) {
            return Err(ConfigError::rejected("database.replica_url", "postgres://user:password@host:5432/name"));
        }
        self.mail.validate()?;
        self.oidc.validate()?;
        self.rates.validate()?;
        if self.sessions.idle_s <= self.sessions.access_s {
            return Err(ConfigError::rejected("sessions.idle_s", "longer than sessions.access_s"));
        }
        // Below, Argon2 itself refuses (8 KiB for each lane); far above, one login takes the machine.
        if !(8..=1 << 20).contains(&self.passwords.memory_kib) {
            return Err(ConfigError::rejected("passwords.memory_kib", "8 to 1048576"));
        }
        self.live.validate()?;
        self.materials.validate()?;
        self.recordings.validate()?;
        if !is_origin(&self.http.public_url) {
            return Err(ConfigError::rejected("http.public_url", "an origin: https://school.example, without a path"));
        }
        match self.http.origins.iter().find(|origin| !is_origin(origin)) {
            Some(origin) => Err(ConfigError::rejected("http.origins", format!("`{origin}` is not an origin"))),
            None => Ok(()),
        }
    }
}

/// Scheme, host and perhaps a port, as browsers write it (RFC 6454 section 6.2).
fn is_origin(text: &str) -> bool {
    let bare = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let parsed = text.parse::<Uri>().ok();
    bare.is_some_and(|bare| !bare.contains(['/', '@', '?', '#'])) && parsed.is_some_and(|uri| uri.authority().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> ControlApiConfig {
        let mut config = ControlApiConfig::default();
        config.database.url = "postgres://localhost/school".to_owned();
        config
    }

    fn key(config: &ControlApiConfig) -> &'static str {
        match config.validate() {
            Err(ConfigError::Rejected { key, .. }) => key,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_database_is_needed_and_contradictions_are_refused() {
        good().validate().unwrap();
        assert_eq!(key(&ControlApiConfig::default()), "database.url");
        let mut config = good();
        config.sessions.idle_s = config.sessions.access_s;
        assert_eq!(key(&config), "sessions.idle_s");
        let mut config = good();
        config.passwords.memory_kib = 7;
        assert_eq!(key(&config), "passwords.memory_kib");
    }

    #[test]
    fn an_origin_has_no_path() {
        for (text, good) in [
            ("https://school.example", true),
            ("http://127.0.0.1:8080", true),
            ("https://school.example/", false),
            ("school.example", false),
            ("https://", false),
            ("https://a@b", false),
        ] {
            assert_eq!(is_origin(text), good, "{text}");
        }
    }
}
