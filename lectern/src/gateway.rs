//! One address for everything: `/v1` goes to the services, `/tutor`, `/admin` and the rest to the web apps.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use lectern_platform::problem::Problem;

use crate::web_app::WebApp;

/// The web apps behind the gateway, as far as there are any.
#[derive(Clone, Default)]
pub(crate) struct WebApps {
    /// Serves `/`.
    pub(crate) student: Option<WebApp>,
    /// Serves `/tutor` and what is below it.
    pub(crate) tutor: Option<WebApp>,
    /// Serves `/admin` and what is below it.
    pub(crate) admin: Option<WebApp>,
}

impl WebApps {
    /// Whether there is any page at all.
    pub(crate) fn any(&self) -> bool {
        self.student.is_some() || self.tutor.is_some() || self.admin.is_some()
    }

    fn of(&self, path: &str) -> Option<&WebApp> {
        let is_below = |prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if is_below("/v1") {
            None
        } else if is_below("/tutor") {
            self.tutor.as_ref()
        } else if is_below("/admin") {
            self.admin.as_ref()
        } else {
            self.student.as_ref()
        }
    }
}

/// Puts the services' routers and the web apps under one address. The routers bring no fallback of their own.
pub(crate) fn router(services: Router, apps: WebApps) -> Router {
    let apps = Arc::new(apps);
    services
        .fallback(move |request: Request| {
            let apps = Arc::clone(&apps);
            async move {
                match apps.of(request.uri().path()) {
                    Some(app) => app.forward(request).await,
                    None => Problem::not_found().into_response(),
                }
            }
        })
        .layer(middleware::map_response(secure))
}

/// What browsers may do with what comes from here. The apps send a policy of their own with each page, with a nonce for
/// its scripts; what comes without one is no page that needs anything, but for the style of the one in `starting.html`.
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), geolocation=(), payment=()",
    ),
];

async fn secure(mut response: Response) -> Response {
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::routing::get;
    use tokio::net::TcpListener;
    use tower::ServiceExt as _;

    /// A server that says who it is and what it was asked.
    async fn app(name: &'static str) -> WebApp {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let echo = move |request: Request| async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            let answer = format!("{name} {} {} {}", parts.method, parts.uri, body.len());
            ([(header::REFERRER_POLICY, "no-referrer")], answer)
        };
        let router = Router::new().fallback(echo);
        tokio::spawn(lectern_platform::http::serve(listener, router, 8, std::future::pending()));
        WebApp::new(name, &format!("http://{address}")).unwrap()
    }

    async fn ask(router: &Router, request: Request) -> (Response<()>, String) {
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
    }

    fn to(path: &str) -> Request {
        Request::builder().uri(path).header("accept", "text/html").body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn each_path_has_its_own_server() {
        let services = Router::new().route("/v1/hello", get(|| async { "service" }));
        let apps = WebApps {
            student: Some(app("student").await),
            tutor: Some(app("tutor").await),
            admin: Some(app("admin").await),
        };
        let router = router(services, apps);
        for (path, answer) in [
            ("/v1/hello", "service"),
            ("/", "student GET / 0"),
            ("/?room=a", "student GET /?room=a 0"),
            ("/tutor", "tutor GET /tutor 0"),
            ("/tutor/_next/x.js?v=1", "tutor GET /tutor/_next/x.js?v=1 0"),
            ("/tutorial", "student GET /tutorial 0"),
            ("/admin/people?q=a", "admin GET /admin/people?q=a 0"),
            ("/administer", "student GET /administer 0"),
            ("/v10", "student GET /v10 0"),
        ] {
            let (response, body) = ask(&router, to(path)).await;
            assert_eq!((response.status(), body.as_str()), (StatusCode::OK, answer), "{path}");
            assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
        }
        let (response, body) = ask(&router, to("/v1/nothing")).await;
        assert_eq!(response.status(), 404);
        assert!(body.contains("\"not_found\""), "{body}");
    }

    #[tokio::test]
    async fn an_app_keeps_its_own_headers() {
        let router = router(Router::new(), WebApps { student: Some(app("student").await), ..WebApps::default() });
        let (response, _) = ask(&router, to("/")).await;
        assert_eq!(response.headers()["referrer-policy"], "no-referrer");
        assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
    }

    #[tokio::test]
    async fn a_body_streams_through_up_to_its_limit() {
        let router = router(Router::new(), WebApps { student: Some(app("student").await), ..WebApps::default() });
        for (length, fits) in [(1 << 20, true), ((1 << 20) + 1, false)] {
            let request = Request::post("/form").body(Body::from(vec![b'x'; length])).unwrap();
            let (response, body) = ask(&router, request).await;
            assert_eq!(response.status().is_success() && body.ends_with(&length.to_string()), fits, "{length}: {body}");
        }
    }

    #[tokio::test]
    async fn while_an_app_starts_people_get_a_page_and_programs_a_problem() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let app = WebApp::new("student", &format!("http://{closed}")).unwrap();
        let router = router(Router::new(), WebApps { student: Some(app), ..WebApps::default() });
        let (response, body) = ask(&router, to("/")).await;
        assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (503, &"2".parse().unwrap()));
        assert!(body.contains("<h1>Lectern is starting</h1>") && body.contains("http-equiv=\"refresh\""), "{body}");
        let (response, body) = ask(&router, Request::get("/").body(Body::empty()).unwrap()).await;
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert!(body.contains("\"web_starting\""), "{body}");
        assert_eq!(ask(&router, to("/tutor")).await.0.status(), 404, "there is no tutor app");
    }
}
