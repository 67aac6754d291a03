//! What every request passes before its handler, in this order: its part in the metrics, a name for it, and its line in the log
//! ([`answer`], [`request_id`]); from where a browser calls ([`origin`]); who calls, and whether they may ([`caller`]); how often
//! ([`rates`]); how long it may take; how much may be sent ([`input`]).

mod answer;
pub mod caller;
pub mod input;
mod origin;
pub(crate) mod rates;
mod request_id;
pub(crate) mod tabs;

pub use caller::{Caller, Node};
pub use input::{Input, Params, PathId, PathIdWord, PathIds, PathWord, PathWords};

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use lectern_platform::problem::Problem;
use prometheus::Registry;
use tracing::Instrument as _;

use crate::server::Api;

/// Puts the gateway around the routes.
///
/// # Errors
/// When the registry has these metrics already.
pub(crate) fn around(
    router: Router<Arc<Api>>,
    api: &Arc<Api>,
    registry: &Registry,
) -> Result<Router, prometheus::Error> {
    let gateway = Gateway { api: Arc::clone(api), metrics: answer::Metrics::new(registry)? };
    // One layer with one function in it: each further one would clone all below it, for each request.
    let layers = (
        origin::cors(&api.config.http),
        answer::gzip(),
        middleware::from_fn_with_state(Arc::new(gateway), pass),
        DefaultBodyLimit::max(api.config.http.body_bytes_max),
    );
    Ok(router.method_not_allowed_fallback(method_not_allowed).layer(layers).with_state(Arc::clone(api)))
}

struct Gateway {
    api: Arc<Api>,
    metrics: answer::Metrics,
}

/// Takes a request through the gateway, to its handler and back.
async fn pass(State(gateway): State<Arc<Gateway>>, mut request: Request, next: Next) -> Response {
    let call = gateway.metrics.begin(&request);
    let (id, span) = request_id::name(&mut request);
    let admitted = admit(&gateway.api, request, next).instrument(span);
    let mut response = admitted.await.unwrap_or_else(Problem::into_response);
    request_id::put(id, &mut response);
    answer::guard(&gateway.api.config.http, response.headers_mut());
    gateway.metrics.end(&call, response.status());
    response
}

async fn admit(api: &Api, mut request: Request, next: Next) -> Result<Response, Problem> {
    origin::check(&api.config.http, &request)?;
    caller::authorize(api, &mut request)?;
    let spent = rates::account(api, &request).spend(api).await;
    let mut response = match spent.refusal() {
        Some(problem) => problem.into_response(),
        None => in_time(api, next.run(request)).await,
    };
    spent.tell(response.headers_mut());
    Ok(response)
}

async fn method_not_allowed(method: Method) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This path does not take that method")
        .detail(format!("{method} is none of those in the header `allow`"))
}

/// The time until the head of the answer; an event stream may then go on.
async fn in_time(api: &Api, answer: impl Future<Output = Response>) -> Response {
    let limit = api.config.http.request_timeout();
    tokio::time::timeout(limit, answer).await.unwrap_or_else(|_| {
        tracing::warn!(?limit, "gave up on a request");
        let problem = Problem::new(StatusCode::GATEWAY_TIMEOUT, "timeout", "This took too long");
        problem.detail(format!("no answer within {limit:?}")).into_response()
    })
}
