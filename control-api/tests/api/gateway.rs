//! What every request passes.

use axum::body::Body;
use axum::http::{Method, Request};
use lectern_control_api::access::TABLE;
use serde_json::json;

use crate::school::{School, config, database};

/// A path of the table with something in the place of its variables.
fn filled(path: &str) -> String {
    let parts =
        path.split('/').map(|part| if part.starts_with('{') { "01890000-0000-7000-8000-000000000000" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_route_lets_in_the_roles_of_its_line_and_nobody_else() {
    let school = School::start().await;
    let mut student = school.student("student").await;
    let mut tutor = school.person("tutor", "tutor").await;
    let mut admin = school.person("admin", "admin").await;
    let stranger = school.stranger();
    use lectern_platform::token::Role::{Admin, Student, Tutor};
    for (method, path, access) in TABLE {
        let callers = [(None, &stranger), (Some(Student), &student), (Some(Tutor), &tutor), (Some(Admin), &admin)];
        for (role, caller) in callers {
            let answer = caller.call(method.clone(), &filled(path), None).await;
            let (status, code) = answer.problem();
            let what = format!("{method} {path} as {role:?}: {answer:?}");
            match (access.allows(role), role) {
                (true, _) => assert!(!matches!(code, "token_missing" | "role_not_allowed"), "{what}"),
                (false, None) => assert_eq!((status, code), (401, "token_missing"), "{what}"),
                (false, Some(_)) => assert_eq!((status, code), (403, "role_not_allowed"), "{what}"),
            }
            assert!(status < 500, "{what}");
        }
        if *method == Method::DELETE && ["/v1/session", "/v1/me/sessions"].contains(path) {
            student.log_in("student").await;
            tutor.log_in("tutor").await;
            admin.log_in("admin").await;
        }
    }
}

#[tokio::test]
async fn a_request_has_a_name_and_a_problem_tells_it() {
    let school = School::start().await;
    let named = Request::get("/v1/me").header("x-request-id", "from-a-proxy").body(Body::empty()).unwrap();
    let answer = school.send(named).await;
    assert_eq!(
        (answer.text("/request_id"), &answer.headers["x-request-id"].to_str().unwrap()),
        ("from-a-proxy", &"from-a-proxy")
    );
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
    let answer = school.stranger().get("/v1/me").await;
    assert_eq!(answer.text("/request_id"), answer.headers["x-request-id"].to_str().unwrap());
}

#[tokio::test]
async fn another_method_is_405_with_those_that_there_are() {
    let school = School::start().await;
    let answer = school.stranger().call(Method::DELETE, "/v1/people", None).await;
    assert_eq!(answer.problem(), (405, "method_not_allowed"));
    let allowed = answer.headers["allow"].to_str().unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
}

#[tokio::test]
async fn a_body_is_json_and_not_too_large() {
    let school = School::start().await;
    let post = |media_type: &str, body: String| {
        Request::post("/v1/session").header("content-type", media_type).body(Body::from(body)).unwrap()
    };
    assert_eq!(school.send(post("text/plain", "{}".into())).await.problem(), (415, "json_wanted"));
    assert_eq!(school.send(post("application/json", "{".into())).await.problem(), (400, "not_json"));
    let bomb = "[".repeat(60_000);
    assert_eq!(school.send(post("application/json; charset=utf-8", bomb)).await.problem(), (400, "not_json"));
    for (length, status) in [(64 * 1024, 422), (64 * 1024 + 1, 413)] {
        let frame = json!({ "email": "a@b", "password": "" }).to_string().len();
        let body = json!({ "email": "a@b", "password": "p".repeat(length - frame) }).to_string();
        assert_eq!(body.len(), length);
        assert_eq!(school.send(post("application/json", body)).await.status, status);
    }
}

#[tokio::test]
async fn another_site_s_page_changes_nothing() {
    let school = School::start().await;
    let ada = school.student("ada").await;
    let cookie = format!("lectern_access={}", ada.token.as_deref().unwrap());
    let send = |method: Method, headers: &[(&str, &str)]| {
        let mut request = Request::builder().method(method).uri("/v1/me/sessions").header("cookie", &cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        school.send(request.body(Body::empty()).unwrap())
    };
    let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    assert_eq!(send(Method::DELETE, &evil).await.problem(), (403, "origin_not_allowed"));
    assert_eq!(send(Method::GET, &evil).await.status, 200);
    assert_eq!(send(Method::DELETE, &[("origin", "http://127.0.0.1:8080")]).await.status, 204);
}

#[tokio::test]
async fn named_origins_may_call_and_others_are_not_told_so() {
    let mut config = config(&database());
    config.http.origins = vec!["https://app.example".to_owned()];
    let school = School::with(config).await;
    let preflight = |origin: &str| {
        let request = Request::options("/v1/session").header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        school.send(request.body(Body::empty()).unwrap())
    };
    let answer = preflight("https://app.example").await;
    assert_eq!(answer.headers["access-control-allow-origin"], "https://app.example");
    assert_eq!(answer.headers["access-control-allow-credentials"], "true");
    assert!(!preflight("https://evil.example").await.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let mut config = config(&database());
    (config.rates.person_burst, config.rates.person_per_s) = (3, 0.001);
    (config.rates.account_burst, config.rates.account_per_s) = (2, 0.001);
    let school = School::with(config).await;
    let ada = school.student("ada").await;
    let bob = school.student("bob").await;
    for left in ["2", "1", "0"] {
        let answer = ada.get("/v1/me").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["ratelimit-policy"], "\"person\";q=3;w=3000");
        assert!(answer.headers["ratelimit"].to_str().unwrap().starts_with(&format!("\"person\";r={left};t=")));
    }
    let answer = ada.get("/v1/me").await;
    assert_eq!(answer.problem(), (429, "rate_exceeded"));
    assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 900);
    assert_eq!(bob.get("/v1/me").await.status, 200);
    // Whether there is such an account or not, and whatever its case.
    for email in ["ada@school.example", "nobody@school.example"] {
        for (email, code) in [
            (email.to_owned(), (401, "login_refused")),
            (email.to_uppercase(), (401, "login_refused")),
            (email.to_owned(), (429, "rate_exceeded")),
        ] {
            let login = json!({ "email": email, "password": "wrong" });
            assert_eq!(school.stranger().post("/v1/session", login).await.problem(), code, "{email}");
        }
    }
}

#[tokio::test]
async fn logins_of_one_address_are_bounded() {
    let mut config = config(&database());
    (config.rates.signing_burst, config.rates.signing_per_s) = (2, 0.001);
    let school = School::with(config).await;
    for (name, code) in [("a", 401), ("b", 401), ("c", 429)] {
        let login = json!({ "email": format!("{name}@school.example"), "password": "wrong" });
        assert_eq!(school.stranger().post("/v1/session", login).await.status, code);
    }
    assert_eq!(school.stranger().get("/v1/courses").await.status, 200);
}

#[tokio::test]
async fn answers_are_guarded_and_the_document_is_served_small() {
    let school = School::start().await;
    let answer = school.stranger().get("/v1/courses").await;
    for (name, value) in [("x-content-type-options", "nosniff"), ("cache-control", "no-store")] {
        assert_eq!(answer.headers[name], value);
    }
    assert!(answer.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let document = school.stranger().get("/openapi.json").await.body;
    assert_eq!(document["openapi"], "3.1.0");
    for (method, path, _) in TABLE {
        let operation = &document["paths"][path][method.as_str().to_lowercase()];
        assert!(operation["security"].is_array(), "{method} {path}");
        let problem = "#/components/schemas/Problem";
        for status in ["429", "5XX"] {
            let content = &operation["responses"][status]["content"]["application/problem+json"];
            assert_eq!(content["schema"]["$ref"], problem, "{method} {path} {status}");
        }
    }
    let request = Request::get("/openapi.json").header("accept-encoding", "gzip").body(Body::empty()).unwrap();
    assert_eq!(school.send(request).await.headers["content-encoding"], "gzip");
    let page = school.stranger().get("/v1/docs").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    for part in ["page.js", "page.css"] {
        assert_eq!(school.stranger().get(&format!("/v1/docs/{part}")).await.status, 200);
    }
}
