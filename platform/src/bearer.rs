//! Bearer tokens (RFC 6750) in axum handlers: a [`Claims`] argument means that nobody without a good token gets in.
//!
//! ```
//! use std::sync::Arc;
//! use axum::{Router, routing::get};
//! use lectern_platform::token::{Claims, TokenSigner, TokenVerifier};
//!
//! async fn whoami(claims: Claims) -> String {
//!     claims.name
//! }
//! let verifier: Arc<TokenVerifier> = Arc::new(TokenSigner::generate().verifier());
//! let router: Router = Router::new().route("/v1/whoami", get(whoami)).with_state(verifier);
//! ```

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::problem::Problem;
use crate::token::{Claims, TokenError, TokenVerifier};

/// The token of the `Authorization` header. The scheme's case does not matter (RFC 9110 section 11.1).
///
/// # Errors
///
/// `401 token_missing` when there is no such header, more than one, or another scheme.
pub fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(token_missing()) };
    let (scheme, token) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(token_missing)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(token_missing());
    }
    Ok(token)
}

/// RFC 6750 section 3.1: a request without any credentials gets the bare challenge, no error code.
fn token_missing() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "token_missing", "A bearer token is needed")
        .detail("send it as `Authorization: Bearer …`")
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

impl From<TokenError> for Problem {
    /// What was wrong is told as far as an honest client can act on it: get a new token, or check the clock. Which check
    /// a forged one failed is for the log.
    fn from(error: TokenError) -> Self {
        let (code, title) = match error {
            TokenError::Expired => ("token_expired", "The token has expired"),
            TokenError::NotYetValid => ("token_not_yet_valid", "The token is not valid yet"),
            TokenError::TooLong
            | TokenError::Malformed
            | TokenError::Algorithm
            | TokenError::KeyIdMissing
            | TokenError::KeyIdUnknown
            | TokenError::Signature
            | TokenError::Audience
            | TokenError::Claim(_) => ("token_invalid", "The token is not valid here"),
        };
        Self::new(StatusCode::UNAUTHORIZED, code, title)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""))
    }
}

impl<S> FromRequestParts<S> for Claims
where
    Arc<TokenVerifier>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let token = bearer(&parts.headers)?;
        let verifier = Arc::<TokenVerifier>::from_ref(state);
        verifier.verify(token).map_err(|error| {
            tracing::debug!(reason = %error, "refused a token");
            Problem::from(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (header::AUTHORIZATION, value.parse().unwrap())).collect()
    }

    #[test]
    fn the_scheme_is_bearer_in_any_case() {
        for value in ["Bearer abc", "bearer abc", "BEARER  abc "] {
            assert_eq!(bearer(&headers(&[value])).unwrap(), "abc", "{value:?}");
        }
    }

    #[test]
    fn anything_else_is_a_missing_token_with_a_challenge() {
        for values in [&[][..], &["Basic abc"], &["Bearer"], &["Bearer "], &["Bearer a", "Bearer b"], &["abc"]] {
            let problem = bearer(&headers(values)).unwrap_err();
            assert_eq!((problem.status().as_u16(), problem.code()), (401, "token_missing"), "{values:?}");
        }
    }

    #[test]
    fn every_token_error_is_a_401_that_names_the_scheme() {
        use axum::response::IntoResponse;
        for error in [TokenError::Expired, TokenError::NotYetValid, TokenError::Signature, TokenError::KeyIdUnknown] {
            let response = Problem::from(error).into_response();
            assert_eq!(response.status(), 401);
            assert_eq!(response.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
        }
    }

    #[tokio::test]
    async fn a_handler_sees_claims_only_with_a_good_token() {
        use crate::token::{Role, TokenSigner};
        let signer = TokenSigner::generate();
        let verifier = Arc::new(signer.verifier());
        let claims = Claims::issue("math", "p1", "Ada", Role::Tutor, std::time::Duration::from_secs(60));
        let request = |token: &str| {
            let mut parts = axum::http::Request::new(()).into_parts().0;
            parts.headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
            parts
        };
        let token = signer.sign(&claims).unwrap();
        let seen = Claims::from_request_parts(&mut request(&token), &verifier).await.unwrap();
        assert_eq!(seen, claims);
        let refused = Claims::from_request_parts(&mut request("a.b.c"), &verifier).await.unwrap_err();
        assert_eq!(refused.code(), "token_invalid");
    }
}
