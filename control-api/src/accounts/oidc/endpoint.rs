//! Calls to a provider: over HTTPS, with limits for time and size, no redirects, and a circuit breaker for each provider.

use std::net::IpAddr;
use std::time::Duration;

use lectern_platform::answer::{self, AnswerError, why};
use lectern_platform::breaker::{Breaker, Refused};
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde::de::DeserializeOwned;
use url::Url;

/// How long it may take to connect, and the whole of a call. A login makes four at most, within `http.request_ms_max`.
const CONNECT_MAX: Duration = Duration::from_secs(2);
const CALL_MAX: Duration = Duration::from_secs(4);
/// The longest answer, in bytes. Google's keys are 2 kB, its metadata 2 kB.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// The most that is told of an answer in the log, in characters.
const TOLD_MAX: usize = 200;

/// Why a provider did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// It was not asked: it failed lately.
    #[error(transparent)]
    NotAsked(#[from] Refused),
    /// No connection, no answer in time, or one that says that it is not well.
    #[error("{0}")]
    Away(String),
    /// It answered with something that cannot be used.
    #[error("{0}")]
    Nonsense(String),
    /// It refused the request. What it said of it, for the log alone.
    #[error("{0}: {1}")]
    Declined(StatusCode, String),
}

/// Makes calls to one provider.
pub(super) struct Caller {
    client: Client,
    breaker: Breaker,
}

/// What any of them are made with.
pub(super) fn client() -> Result<Client, String> {
    let client = Client::builder().redirect(redirect::Policy::none()).connect_timeout(CONNECT_MAX).timeout(CALL_MAX);
    client.user_agent("Lectern").build().map_err(|error| error.to_string())
}

/// Whether nobody on the way can read or change what is sent there: HTTPS, or an address of this machine itself.
pub(super) fn is_secure(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_here = || {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    };
    let is_bare = url.username().is_empty() && url.password().is_none();
    is_bare && !host.is_empty() && (url.scheme() == "https" || (url.scheme() == "http" && is_here()))
}

impl Caller {
    pub(super) fn new(client: Client, breaker: Breaker) -> Self {
        Self { client, breaker }
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, url: &Url) -> Result<T, CallError> {
        self.json(self.client.get(url.clone())).await
    }

    pub(super) fn request(&self, method: reqwest::Method, url: &Url) -> RequestBuilder {
        self.client.request(method, url.clone())
    }

    /// Makes a call whose answer is JSON.
    pub(super) async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, CallError> {
        let work = async {
            let body = answer(request.header("accept", "application/json")).await?;
            serde_json::from_slice(&body)
                .map_err(|error| CallError::Nonsense(format!("not what was asked for: {error}")))
        };
        let is_failure = |error: &CallError| matches!(error, CallError::Away(_) | CallError::Nonsense(_));
        self.breaker.call(work, is_failure, CallError::from).await
    }
}

async fn answer(request: RequestBuilder) -> Result<Vec<u8>, CallError> {
    let response = request.send().await.map_err(|error| CallError::Away(why(error)))?;
    let status = response.status();
    let body = answer::read(response, ANSWER_BYTES_MAX).await.map_err(|error| match error {
        AnswerError::Broken(why) => CallError::Away(why),
        AnswerError::TooLong(_) => CallError::Nonsense(error.to_string()),
    })?;
    if status.is_success() {
        return Ok(body);
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(CallError::Away(status.to_string()));
    }
    let told = String::from_utf8_lossy(&body).chars().filter(|c| !c.is_control()).take(TOLD_MAX).collect();
    Err(CallError::Declined(status, told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for (text, secure) in [
            ("https://id.school.example/a", true),
            ("http://127.0.0.1:4000", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:4000/a", true),
            ("http://localhost:4000", true),
            ("http://id.school.example", false),
            ("http://10.0.0.1", false),
            ("http://localhost.example", false),
            ("http://[::2]", false),
            ("https://user@id.school.example", false),
            ("ftp://127.0.0.1", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_secure(&Url::parse(text).unwrap()), secure, "{text}");
        }
    }
}
