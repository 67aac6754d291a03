//! What every request passes before its handler, in this order: its part in the metrics, a name for it, and its line in the log
//! ([`answer`], [`request_id`]); from where a browser calls ([`origin`]); who calls, and whether they may ([`caller`]); how often
//! ([`rates`]); how long it may take; how much may be sent ([`input`]).

mod answer;
pub mod caller;
pub mod input;
mod origin;
pub(crate) mod rates;
mod request_id;

pub use caller::Caller;
pub use input::{Input, Params, PathId, PathIds};

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::{Router, response};
use lectern_platform::problem::Problem;
use prometheus::Registry;

use crate::server::Api;

/// Puts the stack around the routes. The first that a request meets is the last that is added.
///
/// # Errors
/// When the registry has these metrics already.
pub(crate) fn around(
    router: Router<Arc<Api>>,
    api: &Arc<Api>,
    registry: &Registry,
) -> Result<Router, prometheus::Error> {
    let state = || Arc::clone(api);
    let metrics = answer::Metrics::new(registry)?;
    Ok(router
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(api.config.http.body_bytes_max))
        .layer(middleware::from_fn_with_state(state(), time_limit))
        .layer(middleware::from_fn_with_state(state(), rates::limit))
        .layer(middleware::from_fn_with_state(state(), caller::authorize))
        .layer(middleware::from_fn_with_state(state(), origin::check))
        .layer(middleware::from_fn(request_id::name))
        .layer(middleware::from_fn_with_state(state(), answer::guard))
        .layer(answer::gzip())
        .layer(middleware::from_fn_with_state(metrics, answer::count))
        .layer(origin::cors(&api.config.http))
        .with_state(state()))
}

async fn method_not_allowed(method: Method) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This path does not take that method")
        .detail(format!("{method} is none of those in the header `allow`"))
}

/// The time until the head of the answer; an event stream may then go on.
async fn time_limit(State(api): State<Arc<Api>>, request: Request, next: Next) -> response::Result<Response> {
    let limit = api.config.http.request_timeout();
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => Ok(response),
        Err(_) => {
            tracing::warn!(?limit, "gave up on a request");
            let problem = Problem::new(StatusCode::GATEWAY_TIMEOUT, "timeout", "This took too long");
            Ok(problem.detail(format!("no answer within {limit:?}")).into_response())
        }
    }
}
