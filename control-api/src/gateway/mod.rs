//! What every request passes before its handler, in this order: a name for it, and its line in the log; who calls, and
//! whether they may ([`caller`]); how much may be sent ([`input`]); how long it may take.

pub mod caller;
pub mod input;
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

use crate::server::Api;

/// Puts the stack around the routes. The first that a request meets is the last that is added.
pub(crate) fn around(router: Router<Arc<Api>>, api: &Arc<Api>) -> Router {
    router
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(api.config.http.body_bytes_max))
        .layer(middleware::from_fn_with_state(Arc::clone(api), time_limit))
        .layer(middleware::from_fn_with_state(Arc::clone(api), caller::authorize))
        .layer(middleware::from_fn(request_id::name))
        .with_state(Arc::clone(api))
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
