//! What a token says.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::TokenError;

/// The `aud` of every token: one name for all of Lectern's services.
pub const AUDIENCE: &str = "lectern";
/// How far two machines' clocks may be apart, in seconds.
pub const LEEWAY_S: u64 = 30;

/// The longest room name; it stands in URLs.
const ROOM_LENGTH_MAX: usize = 64;
/// The longest `sub`, in bytes.
const PERSON_LENGTH_MAX: usize = 64;
/// The longest display name, in bytes: about 40 characters of any script.
const NAME_LENGTH_MAX: usize = 160;
/// How many sources one token may name: camera, screen and every place on stage.
const PUBLISH_MAX: usize = 16;

/// What somebody is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Watches, asks, comes on stage when called.
    Student,
    /// Teaches.
    Tutor,
    /// Runs the school.
    Admin,
}

impl Role {
    /// What this role may publish unless the issuer says otherwise.
    #[must_use]
    pub fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Tutor => &["camera", "screen"],
            Self::Student | Self::Admin => &[],
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Student => "student",
            Self::Tutor => "tutor",
            Self::Admin => "admin",
        })
    }
}

impl FromStr for Role {
    type Err = ClaimError;

    fn from_str(text: &str) -> Result<Self, ClaimError> {
        match text {
            "student" => Ok(Self::Student),
            "tutor" => Ok(Self::Tutor),
            "admin" => Ok(Self::Admin),
            _ => Err(ClaimError::Role),
        }
    }
}

/// Who may do what in which room until when. Times are seconds since 1970.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The one room that this is good for: 1 to 64 of `[A-Za-z0-9_-]`.
    pub room: String,
    /// The person's id, 1 to 64 bytes.
    pub sub: String,
    /// The person's name as others see it, 1 to 160 bytes, text and nothing but text.
    pub name: String,
    /// What the person is here.
    pub role: Role,
    /// The sources that may be published: `camera`, `screen`, `stage/1` and so on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publish: Vec<String>,
    /// The room is recorded: pictures come in codecs that a recording can hold, or not at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recorded: bool,
    /// Good until then.
    pub exp: u64,
    /// Issued then.
    pub iat: u64,
    /// Good from then on, if later than `iat`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<u64>,
    /// Always [`AUDIENCE`], and never a list: the verifier checks it.
    pub aud: String,
}

/// Why claims are not acceptable, whoever signed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// A claim is missing or has another type.
    #[error("a claim is missing or of another type")]
    Shape,
    /// `room`.
    #[error("a room's name is 1 to {ROOM_LENGTH_MAX} letters, digits, hyphens and underscores")]
    Room,
    /// `sub`.
    #[error("a person's id has 1 to {PERSON_LENGTH_MAX} bytes, without control characters")]
    Person,
    /// `name`.
    #[error("a name has 1 to {NAME_LENGTH_MAX} bytes, without control characters")]
    Name,
    /// `role`.
    #[error("a role is student, tutor or admin")]
    Role,
    /// `publish`.
    #[error("a source is camera, screen or stage/1 to stage/99; a token names at most {PUBLISH_MAX}")]
    Publish,
}

impl Claims {
    /// Claims that hold from now on for `lifetime`, with the sources of the role.
    #[must_use]
    pub fn issue(room: &str, person: &str, name: &str, role: Role, lifetime: Duration) -> Self {
        let iat = now_unix_s();
        Self {
            room: room.to_owned(),
            sub: person.to_owned(),
            name: name.to_owned(),
            role,
            publish: role.sources().iter().map(|&source| source.to_owned()).collect(),
            recorded: false,
            exp: iat.saturating_add(lifetime.as_secs()),
            iat,
            nbf: None,
            aud: AUDIENCE.to_owned(),
        }
    }

    /// Replaces what may be published.
    #[must_use]
    pub fn with_publish<I: IntoIterator<Item: Into<String>>>(mut self, sources: I) -> Self {
        self.publish = sources.into_iter().map(Into::into).collect();
        self
    }

    /// Says whether the room is recorded.
    #[must_use]
    pub fn with_recorded(mut self, recorded: bool) -> Self {
        self.recorded = recorded;
        self
    }

    /// Whether this source (`camera`, `screen`, `stage/1`) may be published.
    #[must_use]
    pub fn may_publish(&self, source: &str) -> bool {
        self.publish.iter().any(|granted| granted == source)
    }

    /// Times and limits of claims whose signature is good.
    pub(super) fn check(&self, now_unix_s: u64) -> Result<(), TokenError> {
        check_times(self.nbf.map_or(self.iat, |nbf| nbf.max(self.iat)), self.exp, now_unix_s)?;
        Ok(self.check_limits()?)
    }

    /// The limits alone, which a signer keeps too.
    pub(super) fn check_limits(&self) -> Result<(), ClaimError> {
        let room_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !(1..=ROOM_LENGTH_MAX).contains(&self.room.len()) || !self.room.bytes().all(room_byte) {
            return Err(ClaimError::Room);
        }
        if !is_id(&self.sub) {
            return Err(ClaimError::Person);
        }
        if !is_text(&self.name, NAME_LENGTH_MAX) {
            return Err(ClaimError::Name);
        }
        if self.publish.len() > PUBLISH_MAX || !self.publish.iter().all(|source| is_source(source)) {
            return Err(ClaimError::Publish);
        }
        Ok(())
    }
}

/// Without the person's name and id: claims end up in logs.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("room", &self.room)
            .field("role", &self.role)
            .field("publish", &self.publish)
            .field("exp", &self.exp)
            .finish_non_exhaustive()
    }
}

/// Whether a token that is good from `from` to `until` is good now, give or take [`LEEWAY_S`].
pub(super) fn check_times(from: u64, until: u64, now_unix_s: u64) -> Result<(), TokenError> {
    if now_unix_s >= until.saturating_add(LEEWAY_S) {
        return Err(TokenError::Expired);
    }
    if from > now_unix_s.saturating_add(LEEWAY_S) {
        return Err(TokenError::NotYetValid);
    }
    Ok(())
}

/// Seconds since 1970.
pub(super) fn now_unix_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

pub(super) fn is_id(text: &str) -> bool {
    is_text(text, PERSON_LENGTH_MAX)
}

fn is_text(text: &str, length_max: usize) -> bool {
    (1..=length_max).contains(&text.len()) && !text.trim().is_empty() && !text.chars().any(char::is_control)
}

fn is_source(source: &str) -> bool {
    match source.strip_prefix("stage/") {
        Some(place) => {
            (1..=2).contains(&place.len()) && !place.starts_with('0') && place.bytes().all(|b| b.is_ascii_digit())
        }
        None => source == "camera" || source == "screen",
    }
}
