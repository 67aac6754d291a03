//! The HTTP side of watching: WHEP (draft-ietf-wish-whep-03) and its events, towards a server that is ours and not trusted
//! with our memory.

use std::time::Duration;

use lectern_platform::answer;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};

use super::lost::Lost;

const CONNECT_MAX: Duration = Duration::from_secs(5);
/// A request and its answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// The server sends a comment every 15 s.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// An SDP answer: the media server's own limit for offers.
const SDP_LEN_MAX: usize = 64 << 10;
/// A problem (RFC 9457).
const PROBLEM_LEN_MAX: usize = 8 << 10;
/// Of a `Retry-After`; the default is for an answer without one.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60);
const RETRY_AFTER_DEFAULT: Duration = Duration::from_secs(5);
/// Characters of a code that is told to operators.
const CODE_LEN_MAX: usize = 64;
/// What is listened for.
const EVENTS: &str = r#"["slots","active","inactive","reconnect"]"#;

/// Talks to media servers.
#[derive(Clone, Debug)]
pub(crate) struct Whep {
    client: Client,
}

/// What joining gives.
#[derive(Debug)]
pub(crate) struct Joined {
    /// The SDP answer.
    pub(crate) answer: String,
    /// Whoever knows it may end the session: not for logs.
    pub(crate) session: Url,
}

impl Whep {
    /// # Errors
    /// TLS cannot be set up.
    pub(crate) fn new() -> Result<Self, Lost> {
        let client = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_MAX)
            .read_timeout(SILENCE_MAX)
            .user_agent("Lectern-Recorder")
            .build();
        Ok(Self { client: client.map_err(unreachable)? })
    }

    /// Posts an offer. One `307` is followed, as when another node has the room; not from TLS to clear text, since the token goes
    /// along.
    ///
    /// # Errors
    /// See [`Lost`].
    pub(crate) async fn join(&self, endpoint: &Url, token: &str, offer: &str) -> Result<Joined, Lost> {
        let mut url = endpoint.clone();
        let mut response = self.post_offer(&url, token, offer).await?;
        if response.status() == StatusCode::TEMPORARY_REDIRECT {
            let elsewhere = location(&response, &url)?;
            if elsewhere.scheme() != url.scheme() && elsewhere.scheme() != "https" {
                return Err(Lost::Unusable("a redirection to clear text".to_owned()));
            }
            url = elsewhere;
            response = self.post_offer(&url, token, offer).await?;
        }
        if response.status() != StatusCode::CREATED {
            return Err(refusal(response).await);
        }
        let session = location(&response, &url)?;
        let answer = answer::read(response, SDP_LEN_MAX).await.map_err(|error| Lost::Unusable(error.to_string()))?;
        Ok(Joined { answer: String::from_utf8_lossy(&answer).into_owned(), session })
    }

    /// Ends a session; whether there was one does not matter.
    ///
    /// # Errors
    /// [`Lost::Unreachable`].
    pub(crate) async fn leave(&self, session: &Url) -> Result<(), Lost> {
        self.client.delete(session.clone()).timeout(ANSWER_MAX).send().await.map(drop).map_err(unreachable)
    }

    /// Begins to listen to a session's events.
    ///
    /// # Errors
    /// [`Lost::SessionGone`] if there is no such session any more; see [`Lost`] for others.
    pub(crate) async fn listen(&self, session: &Url) -> Result<Response, Lost> {
        let mut url = session.clone();
        url.path_segments_mut().map_err(|()| Lost::Unusable("no path".to_owned()))?.pop_if_empty().push("events");
        let request = self.client.post(url.clone()).header(CONTENT_TYPE, "application/json").body(EVENTS);
        let made = send(request.timeout(ANSWER_MAX)).await?;
        if made.status() != StatusCode::CREATED {
            return Err(gone_or(made).await);
        }
        let stream = location(&made, &url)?;
        // Without a timeout for the whole: it lasts as long as the session. Each piece must come within `SILENCE_MAX`.
        let request = self.client.get(stream).header(ACCEPT, "text/event-stream");
        let response = tokio::time::timeout(ANSWER_MAX, send(request));
        let response = response.await.map_err(|_| Lost::Unreachable("no answer in time".to_owned()))??;
        if response.status() == StatusCode::OK { Ok(response) } else { Err(gone_or(response).await) }
    }

    async fn post_offer(&self, url: &Url, token: &str, offer: &str) -> Result<Response, Lost> {
        let request = self.client.post(url.clone()).timeout(ANSWER_MAX);
        let request = request.header(AUTHORIZATION, format!("Bearer {token}")).header(CONTENT_TYPE, "application/sdp");
        send(request.body(offer.to_owned())).await
    }
}

async fn send(request: RequestBuilder) -> Result<Response, Lost> {
    request.send().await.map_err(unreachable)
}

fn unreachable(error: reqwest::Error) -> Lost {
    Lost::Unreachable(answer::why(error))
}

/// `Location`, resolved against what was asked.
fn location(response: &Response, asked: &Url) -> Result<Url, Lost> {
    let text = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let url = text.and_then(|text| asked.join(text).ok()).filter(|url| ["http", "https"].contains(&url.scheme()));
    url.ok_or_else(|| Lost::Unusable(format!("{} without a Location that is one", response.status())))
}

async fn gone_or(response: Response) -> Lost {
    let gone = [StatusCode::NOT_FOUND, StatusCode::GONE].contains(&response.status());
    if gone { Lost::SessionGone } else { refusal(response).await }
}

/// What an answer that is no success says.
async fn refusal(response: Response) -> Lost {
    #[derive(serde::Deserialize)]
    struct Problem {
        code: String,
    }
    let status = response.status();
    let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let body = answer::read(response, PROBLEM_LEN_MAX).await.unwrap_or_default();
    let code = serde_json::from_slice(&body).map_or_else(|_| status.to_string(), |problem: Problem| problem.code);
    let code = code.chars().filter(|char| !char.is_control()).take(CODE_LEN_MAX).collect();
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        let after = after.map_or(RETRY_AFTER_DEFAULT, Duration::from_secs).min(RETRY_AFTER_MAX);
        return Lost::Busy { code, after };
    }
    Lost::Refused { status: status.as_u16(), code }
}
