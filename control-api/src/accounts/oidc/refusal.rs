//! Why somebody was not signed in, and the code by which the login page explains it: `/login?error=CODE`.

use super::endpoint::CallError;
use super::id_token::Untrusted;
use crate::problem::ApiError;

/// See the [module](self).
#[derive(Debug)]
pub(super) enum Refusal {
    /// They, or the provider, said no (`access_denied`).
    Denied,
    /// This browser began no such login, or too long ago.
    Expired,
    /// The provider could not be asked, or made no sense.
    Unavailable,
    /// The provider refused what it was asked: a code that was used before, a secret that is wrong.
    Failed,
    /// What it asserts is not believed.
    Untrusted(Untrusted),
    /// It tells no address, and without one there is no account.
    EmailMissing,
    /// Somebody has an account with the address, and may not come into it this way.
    EmailTaken,
    /// They have no account, and get none this way.
    SignUpClosed,
    /// Their account is suspended.
    Suspended,
    /// It is our own fault, or our database's.
    Ours(ApiError),
}

impl Refusal {
    /// Stable, for the login page. What is our own fault is logged here.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Denied => "oidc_denied",
            Self::Expired => "oidc_expired",
            Self::Unavailable => "oidc_unavailable",
            Self::Failed => "oidc_failed",
            Self::Untrusted(_) => "oidc_untrusted",
            Self::EmailMissing => "oidc_email_missing",
            Self::EmailTaken => "oidc_email_taken",
            Self::SignUpClosed => "oidc_sign_up_closed",
            Self::Suspended => "suspended",
            Self::Ours(error) => error.into_problem().code(),
        }
    }

    /// What the audit trail has to say of it: of everything that came of a provider's assertion.
    pub(super) fn reason(&self) -> Option<String> {
        match self {
            Self::Untrusted(why) => Some(why.to_string()),
            Self::EmailMissing => Some("email_missing".to_owned()),
            Self::EmailTaken => Some("email_taken".to_owned()),
            Self::SignUpClosed => Some("sign_up_closed".to_owned()),
            // A suspension has an event of its own.
            Self::Denied | Self::Expired | Self::Unavailable | Self::Failed | Self::Suspended | Self::Ours(_) => None,
        }
    }
}

impl From<CallError> for Refusal {
    fn from(error: CallError) -> Self {
        match error {
            CallError::NotAsked(_) | CallError::Away(_) | CallError::Nonsense(_) => Self::Unavailable,
            CallError::Declined(..) => Self::Failed,
        }
    }
}

impl From<Untrusted> for Refusal {
    fn from(error: Untrusted) -> Self {
        Self::Untrusted(error)
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Ours(error)
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Ours(error.into())
    }
}
