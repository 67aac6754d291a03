//! What every answer has: headers that keep browsers from doing what nobody wants, gzip if it is JSON, and its part in the
//! metrics.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use lectern_platform::metrics::register;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

use crate::server::Api;

/// What is smaller fits into one packet anyway, bytes.
const GZIP_FROM: u64 = 1_024;

/// Adds what browsers heed; what a handler said about its own answer stays.
pub(super) async fn guard(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let mut headers = vec![
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("cache-control", "no-store"),
    ];
    if api.config.http.is_https() {
        headers.push(("strict-transport-security", "max-age=31536000"));
    }
    for (name, value) in headers {
        let entry = response.headers_mut().entry(HeaderName::from_static(name));
        entry.or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Gzip for JSON alone: an event stream must not wait in a compressor, and media are compressed.
pub(super) fn gzip() -> CompressionLayer<impl Predicate> {
    let is_json = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
    };
    CompressionLayer::new().compress_when(SizeAbove::new(GZIP_FROM).and(is_json))
}

/// Requests by route, as the router knows it: a path's variables are no label.
#[derive(Clone)]
pub(super) struct Metrics {
    requests: IntCounterVec,
    seconds: HistogramVec,
}

impl Metrics {
    pub(super) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let opts = Opts::new("lectern_school_requests_total", "Requests by method, route and class of status");
        let requests = IntCounterVec::new(opts, &["method", "route", "status"])?;
        let opts = HistogramOpts::new("lectern_school_request_seconds", "Time to the head of the answer");
        let seconds = HistogramVec::new(opts, &["method", "route"])?;
        Ok(Self { requests: register(registry, requests)?, seconds: register(registry, seconds)? })
    }
}

/// Counts a request.
pub(super) async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let method = match *request.method() {
        Method::GET | Method::HEAD => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    };
    let path = request.extensions().get::<MatchedPath>().cloned();
    let route = path.as_ref().map_or("-", MatchedPath::as_str);
    let start = Instant::now();
    let response = next.run(request).await;
    let status = format!("{}xx", response.status().as_u16() / 100);
    metrics.requests.with_label_values(&[method, route, &*status]).inc();
    metrics.seconds.with_label_values(&[method, route]).observe(start.elapsed().as_secs_f64());
    response
}
