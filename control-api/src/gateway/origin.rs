//! From where a browser may call. Whatever changes something and comes with a browser's cookies must come from the school's own
//! pages, or from those of `http.origins`. A request with an `Authorization` header is none that another site's page can make a
//! browser send; one without `Origin` and `Sec-Fetch-Site` comes from no browser.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use lectern_platform::problem::Problem;
use tower_http::cors::CorsLayer;

use crate::config::HttpConfig;

/// How long a browser may remember what it asked for beforehand.
const PREFLIGHT_KEPT: Duration = Duration::from_secs(600);

/// Refuses what another site's page made a browser send.
pub(super) fn check(config: &HttpConfig, request: &Request) -> Result<(), Problem> {
    if request.method().is_safe() || is_allowed(config, request.headers()) {
        return Ok(());
    }
    let problem = Problem::new(StatusCode::FORBIDDEN, "origin_not_allowed", "Another site's page may not do this");
    Err(problem.detail("`http.origins` of the configuration names further sites"))
}

fn is_allowed(config: &HttpConfig, headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if headers.contains_key(header::AUTHORIZATION) {
        return true;
    }
    let site = text(HeaderName::from_static("sec-fetch-site"));
    if matches!(site, Some("same-origin" | "none")) {
        return true;
    }
    let Some(origin) = text(header::ORIGIN) else { return site.is_none() };
    // A browser that says nothing of the site is on the same one if the host is.
    let same_host = || origin.split_once("://").map(|(_, host)| host) == text(header::HOST);
    origin == config.public_url || config.origins.iter().any(|one| one == origin) || (site.is_none() && same_host())
}

/// CORS for the origins of the configuration.
pub(super) fn cors(config: &HttpConfig) -> CorsLayer {
    let origins: Vec<HeaderValue> = config.origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    let exposed = ["x-request-id", "ratelimit", "ratelimit-policy", "retry-after"].map(HeaderName::from_static);
    CorsLayer::new()
        .allow_origin(origins)
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, HeaderName::from_static("last-event-id")])
        .expose_headers(exposed)
        .max_age(PREFLIGHT_KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_school_s_own_pages_and_those_named_change_anything() {
        let mut config = HttpConfig { public_url: "https://school.example".to_owned(), ..HttpConfig::default() };
        config.origins = vec!["https://app.example".to_owned()];
        let allowed = |headers: &[(&'static str, &'static str)]| {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            is_allowed(&config, &headers.iter().map(pair).collect())
        };
        assert!(allowed(&[]));
        assert!(allowed(&[("sec-fetch-site", "same-origin")]));
        assert!(allowed(&[("origin", "https://school.example"), ("sec-fetch-site", "cross-site")]));
        assert!(allowed(&[("origin", "https://app.example"), ("sec-fetch-site", "same-site")]));
        assert!(allowed(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(allowed(&[("origin", "https://evil.example"), ("authorization", "Bearer x")]));
        assert!(!allowed(&[("origin", "https://evil.example")]));
        assert!(!allowed(&[("origin", "https://evil.example"), ("host", "school.example")]));
        assert!(!allowed(&[("origin", "null"), ("sec-fetch-site", "cross-site")]));
        assert!(!allowed(&[("sec-fetch-site", "same-site")]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site"), ("origin", "https://a.example"), ("host", "a.example")]));
    }
}
