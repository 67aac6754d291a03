//! Who calls: an access token, in the header or in a browser's cookie, against the [table](crate::access).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use lectern_platform::bearer::bearer;
use lectern_platform::problem::Problem;
use lectern_platform::token::{Role, SessionClaims, TokenError};
use uuid::Uuid;

use crate::access::Access;
use crate::accounts::cookies;
use crate::problem::ApiError;
use crate::server::Api;

/// Whoever is signed in and calls. An argument of a handler; on a route that is [public](crate::access::Access::Public) it is
/// there only as an `Option`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub person: Uuid,
    /// As what.
    pub role: Role,
    /// Signed in with which session.
    pub session: Uuid,
    /// The number of their token: see [`SessionClaims::ver`].
    pub version: i32,
    /// When the token expires, seconds since 1970.
    pub expires_at: u64,
}

/// One of our services that calls, where only [they](Access::Node) may. An argument of a handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
}

/// Lets a request through if the table says so, with a [`Caller`] if there is one.
pub(super) fn authorize(api: &Api, request: &mut Request) -> Result<(), Problem> {
    let Some(path) = request.extensions().get::<MatchedPath>() else { return Ok(()) };
    // Without: a method that the path does not take; the router says so.
    let Some(access) = api.access.of(request.method(), path.as_str()) else { return Ok(()) };
    if access == Access::Node {
        return identify_node(api, request.headers()).map(|node| _ = request.extensions_mut().insert(node));
    }
    let caller = identify(api, request.headers());
    let role = caller.as_ref().ok().map(|caller| caller.role);
    match (access.allows(role), caller) {
        (true, Ok(caller)) => {
            request.extensions_mut().insert(caller);
            Ok(())
        }
        // A public route does not mind a token that is none.
        (true, Err(_)) => Ok(()),
        (false, Ok(_)) => Err(forbidden()),
        (false, Err(problem)) => Err(problem),
    }
}

/// Which of our services calls. Whoever is signed in as a person is none.
fn identify_node(api: &Api, headers: &HeaderMap) -> Result<Node, Problem> {
    let claims = bearer(headers).and_then(|token| {
        api.keys.verifier.verify_node(token).map_err(|error| {
            tracing::debug!(reason = %error, "refused a node's token");
            Problem::from(error)
        })
    });
    match claims {
        Ok(claims) => Ok(Node { name: claims.sub }),
        Err(problem) => Err(if identify(api, headers).is_ok() { forbidden() } else { problem }),
    }
}

fn identify(api: &Api, headers: &HeaderMap) -> Result<Caller, Problem> {
    let token = if headers.contains_key(header::AUTHORIZATION) {
        bearer(headers)?
    } else if let Some(token) = cookies::read(headers, cookies::ACCESS) {
        token
    } else {
        bearer(headers)?
    };
    let claims = api.keys.verifier.verify_session(token).map_err(|error| {
        tracing::debug!(reason = %error, "refused a token");
        Problem::from(error)
    })?;
    let caller = Caller::new(&claims).ok_or_else(|| Problem::from(TokenError::Malformed))?;
    api.revocations.check(caller.session, caller.person, claims.ver)?;
    Ok(caller)
}

impl Caller {
    fn new(claims: &SessionClaims) -> Option<Self> {
        Some(Self {
            person: claims.sub.parse().ok()?,
            role: claims.role,
            session: claims.sid.parse().ok()?,
            version: claims.ver,
            expires_at: claims.exp,
        })
    }

    /// How long the token is good still.
    pub(crate) fn remaining(&self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Duration::from_secs(self.expires_at).saturating_sub(now)
    }
}

fn forbidden() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "role_not_allowed", "Your role may not do this")
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let missing = || ApiError::Internal("a handler wants a caller on a public route".to_owned());
        parts.extensions.get::<Self>().copied().ok_or_else(missing)
    }
}

impl<S: Sync> FromRequestParts<S> for Node {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let missing = || ApiError::Internal("a handler wants a node on a route for people".to_owned());
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

impl<S: Sync> axum::extract::OptionalFromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, ApiError> {
        Ok(parts.extensions.get::<Self>().copied())
    }
}
