//! The school's API for recorders: claim, renew, end, release.

use std::sync::Arc;
use std::time::Duration;

use lectern_platform::answer;
use lectern_platform::token::{NodeClaims, TokenSigner};
use reqwest::{Client, Method, StatusCode, Url, redirect};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::store::{Manifest, Progress};

/// How long it may take to connect, and the whole of a request: a renewal has to be tried again within the lease.
const CONNECT_MAX: Duration = Duration::from_secs(2);
const REQUEST_MAX: Duration = Duration::from_secs(4);
/// How long this node's token is good. It is made for each request.
const TOKEN_LIFETIME: Duration = Duration::from_secs(60);
/// The longest answer, in bytes.
const ANSWER_MAX: usize = 64 * 1024;

/// A class that is to be recorded, as the school tells it.
#[derive(Clone, Deserialize)]
pub(crate) struct Job {
    /// The recording's.
    pub(crate) id: Uuid,
    /// Counts up with each claim; part of all names.
    pub(crate) run: u32,
    /// The class's room.
    pub(crate) room: String,
    /// Where it is kept in the blob store.
    pub(crate) folder: String,
    /// When the class began: zero of the recording's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) started_at: OffsetDateTime,
    /// How long the claim holds without a renewal, seconds.
    pub(crate) lease_s: u64,
    /// Where the room is watched; relative to the school's address if it is no whole one.
    pub(crate) whep: String,
    /// Lets the bearer watch the room.
    pub(crate) token: String,
    /// `false`: the class is over, and what is there is to be finished.
    #[serde(default = "yes")]
    pub(crate) go_on: bool,
}

fn yes() -> bool {
    true
}

/// Without the token: jobs end up in logs.
impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("id", &self.id).field("run", &self.run).finish_non_exhaustive()
    }
}

/// Why the API gave no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobsError {
    /// It cannot be reached, or is not well. Try again.
    #[error("the school's API is away: {0}")]
    Away(String),
    /// Another holds the job, or there is no such job any more.
    #[error("the lease is lost")]
    LeaseLost,
    /// It refuses: a wrong key, or an answer that is none.
    #[error("the school's API refuses: {0}")]
    Refused(String),
}

#[derive(Serialize)]
struct Renewal {
    run: u32,
    #[serde(flatten)]
    progress: ProgressReport,
}

#[derive(Clone, Serialize)]
struct ProgressReport {
    duration_ms: u64,
    bytes: u64,
    is_playable: bool,
}

impl From<Progress> for ProgressReport {
    fn from(Progress { duration_ms, bytes, is_playable }: Progress) -> Self {
        Self { duration_ms, bytes, is_playable }
    }
}

/// What a renewal brings.
#[derive(Deserialize)]
pub(crate) struct Renewed {
    /// `false`: the class is over.
    pub(crate) go_on: bool,
    /// A fresh one for the room.
    #[serde(default)]
    pub(crate) token: Option<String>,
}

/// How a recording ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Outcome {
    Ready,
    Failed {
        /// A code.
        reason: &'static str,
        /// For operators.
        detail: String,
    },
}

/// Tells the school that a recording has ended.
#[derive(Clone, Serialize)]
pub(crate) struct EndReport {
    run: u32,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
    #[serde(flatten)]
    progress: ProgressReport,
    manifest: Option<Manifest>,
}

impl EndReport {
    pub(crate) fn new(run: u32, outcome: Outcome, progress: Progress, manifest: Option<&Manifest>) -> Self {
        Self { run, outcome, progress: progress.into(), manifest: manifest.map(Manifest::summary) }
    }
}

/// See the [module](self).
pub(crate) struct JobsClient {
    http: Client,
    /// The school's, ending with a slash.
    base: Url,
    node: String,
    /// This process, for as long as it lives.
    process: Uuid,
    signer: Arc<TokenSigner>,
}

impl JobsClient {
    pub(crate) fn new(base: &Url, node: &str, signer: Arc<TokenSigner>) -> Result<Self, String> {
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_MAX)
            .timeout(REQUEST_MAX)
            .user_agent("Lectern-Recorder")
            .build()
            .map_err(answer::why)?;
        Ok(Self { http, base: base.clone(), node: node.to_owned(), process: Uuid::now_v7(), signer })
    }

    /// What is to be recorded and nobody records, if there is anything; or what a process recorded that had our `spool` before
    /// us, and is gone; or one of those that have ended and of which we have `left` something.
    pub(crate) async fn claim(&self, spool: Uuid, left: &[Uuid]) -> Result<Option<Job>, JobsError> {
        let body = serde_json::json!({ "node": self.node, "spool": spool, "process": self.process, "left": left });
        self.ask("v1/recorder/jobs", &body).await
    }

    /// A job of whatever kind there is at this path, if there is any.
    pub(crate) async fn claim_at<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, JobsError> {
        self.ask(path, &serde_json::json!({ "node": self.node })).await
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str, body: &serde_json::Value) -> Result<Option<T>, JobsError> {
        match self.send(Method::POST, path, body).await {
            Ok((StatusCode::NO_CONTENT, _)) => Ok(None),
            Ok((_, answer)) => parse(&answer).map(Some),
            Err(JobsError::LeaseLost) => Err(JobsError::Refused("there are no jobs for recorders".to_owned())),
            Err(error) => Err(error),
        }
    }

    /// Says that this node still holds it.
    pub(crate) async fn renew(&self, id: Uuid, run: u32, progress: Progress) -> Result<Renewed, JobsError> {
        let body = Renewal { run, progress: progress.into() };
        let (_, answer) = self.send(Method::PUT, &format!("v1/recorder/jobs/{id}"), &body).await?;
        parse(&answer)
    }

    /// Says how it ended.
    pub(crate) async fn end(&self, id: Uuid, report: &EndReport) -> Result<(), JobsError> {
        self.send(Method::POST, &format!("v1/recorder/jobs/{id}/end"), report).await.map(drop)
    }

    /// Lets another have it at once.
    pub(crate) async fn release(&self, id: Uuid, run: u32) -> Result<(), JobsError> {
        let body = serde_json::json!({ "run": run });
        self.send(Method::POST, &format!("v1/recorder/jobs/{id}/release"), &body).await.map(drop)
    }

    /// Calls the school, as this node.
    ///
    /// # Errors
    /// See [`JobsError`].
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<(StatusCode, Vec<u8>), JobsError> {
        let refused = |error: &dyn std::fmt::Display| JobsError::Refused(error.to_string());
        let url = self.base.join(path).map_err(|error| refused(&error))?;
        let token = self.signer.sign_node(&NodeClaims::issue(&self.node, TOKEN_LIFETIME));
        let token = token.map_err(|error| refused(&error))?;
        let body = serde_json::to_vec(body).map_err(|error| refused(&error))?;
        let request = self.http.request(method, url).bearer_auth(token).body(body);
        let sending = request.header("content-type", "application/json").send();
        let response = sending.await.map_err(|error| JobsError::Away(answer::why(error)))?;
        let status = response.status();
        let answer = answer::read(response, ANSWER_MAX).await.map_err(|error| JobsError::Away(error.to_string()))?;
        if status.is_success() {
            return Ok((status, answer));
        }
        let code = parse::<ProblemCode>(&answer).map_or_else(|_| String::new(), |problem| problem.code);
        match (status, &*code) {
            (StatusCode::CONFLICT, "lease_lost") | (StatusCode::NOT_FOUND | StatusCode::GONE, _) => {
                Err(JobsError::LeaseLost)
            }
            (status, code) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(JobsError::Away(format!("{status} {code}")))
            }
            (status, code) => Err(JobsError::Refused(format!("{status} {code}"))),
        }
    }
}

#[derive(Deserialize)]
struct ProblemCode {
    code: String,
}

fn parse<T: DeserializeOwned>(answer: &[u8]) -> Result<T, JobsError> {
    serde_json::from_slice(answer).map_err(|error| JobsError::Refused(format!("an answer that is none: {error}")))
}
