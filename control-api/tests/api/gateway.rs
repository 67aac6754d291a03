//! What every request passes.

use axum::body::Body;
use axum::http::{Method, Request};
use lectern_control_api::access::TABLE;
use serde_json::json;

use crate::school::School;

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
