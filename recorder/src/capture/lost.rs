//! Why there is no connection to a room.

use std::time::Duration;

use lectern_client::peer::PeerError;

/// Why joining failed, or a connection ended. Whatever it is, it is tried again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Lost {
    /// There is no way to the media server, or it does not answer in time.
    #[error("the media server cannot be reached: {0}")]
    Unreachable(String),
    /// It has no room now; it says when to come back.
    #[error("the media server is full or goes away: {code}")]
    Busy {
        /// The problem's `code`.
        code: String,
        /// Of `Retry-After`.
        after: Duration,
    },
    /// It does not let the recorder in.
    #[error("the media server refused with {status}: {code}")]
    Refused {
        /// Of HTTP.
        status: u16,
        /// The problem's `code`.
        code: String,
    },
    /// What it answered cannot be used.
    #[error("the media server's answer cannot be used: {0}")]
    Unusable(String),
    /// The socket cannot be had or used.
    #[error("no UDP socket: {0}")]
    Socket(String),
    /// ICE and DTLS were not done in time.
    #[error("not connected in time")]
    NotConnected,
    /// The connection broke, or the server closed it.
    #[error(transparent)]
    Connection(#[from] PeerError),
    /// The server does not know the session any more.
    #[error("the media server does not know this session any more")]
    SessionGone,
    /// The server asked for a new session.
    #[error("the media server asked to join again: {0}")]
    Asked(String),
}

impl Lost {
    /// Stable, for metrics and logs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Busy { .. } => "busy",
            Self::Refused { .. } => "refused",
            Self::Unusable(_) => "unusable_answer",
            Self::Socket(_) => "socket",
            Self::NotConnected => "not_connected",
            Self::Connection(PeerError::NoConsent) => "consent_expired",
            Self::Connection(PeerError::Dtls) => "dtls_failed",
            Self::Connection(PeerError::Closed) => "closed",
            Self::SessionGone => "session_gone",
            Self::Asked(_) => "asked",
        }
    }
}
