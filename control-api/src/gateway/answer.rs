//! What every answer has: headers that keep browsers from doing what nobody wants, gzip if it is JSON, and its part in the
//! metrics.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use lectern_platform::metrics::register;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

use crate::config::HttpConfig;

/// What is smaller fits into one packet anyway, bytes.
const GZIP_FROM: u64 = 1_024;

/// Adds what browsers heed; what a handler said about its own answer stays.
pub(super) fn guard(config: &HttpConfig, answer: &mut HeaderMap) {
    let mut add = |name: HeaderName, value| _ = answer.entry(name).or_insert(HeaderValue::from_static(value));
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::REFERRER_POLICY, "no-referrer");
    add(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    add(header::CACHE_CONTROL, "no-store");
    if config.is_https() {
        add(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// Gzip for JSON and what was said in classes alone: an event stream must not wait in a compressor, and media are compressed.
pub(super) fn gzip() -> CompressionLayer<impl Predicate> {
    let is_json = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        headers.get(header::CONTENT_TYPE).is_some_and(|value| {
            value.as_bytes().starts_with(b"application/json") || value.as_bytes().starts_with(b"text/vtt")
        })
    };
    CompressionLayer::new().compress_when(SizeAbove::new(GZIP_FROM).and(is_json))
}

/// Requests by route, as the router knows it: a path's variables are no label.
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

    /// A request came.
    pub(super) fn begin(&self, request: &Request) -> Call {
        let method = match *request.method() {
            Method::GET | Method::HEAD => "GET",
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            _ => "other",
        };
        Call { method, route: request.extensions().get::<MatchedPath>().cloned(), begun: Instant::now() }
    }

    /// It is answered.
    pub(super) fn end(&self, call: &Call, status: StatusCode) {
        let class = ["1xx", "2xx", "3xx", "4xx", "5xx"].get(usize::from(status.as_u16() / 100).wrapping_sub(1));
        let route = call.route.as_ref().map_or("-", MatchedPath::as_str);
        self.requests.with_label_values(&[call.method, route, class.unwrap_or(&"other")]).inc();
        self.seconds.with_label_values(&[call.method, route]).observe(call.begun.elapsed().as_secs_f64());
    }
}

/// A request that is being answered.
pub(super) struct Call {
    method: &'static str,
    route: Option<MatchedPath>,
    begun: Instant,
}
