//! Sessions: refreshing, signing out, and tokens that are void at once.

use axum::body::Body;
use axum::http::{Method, Request};
use lectern_control_api::accounts::ensure_admin;
use lectern_control_api::database::Database;
use serde_json::{Value, json};

use crate::school::{Answer, Client, PASSWORD, School, Shared, config, database};

async fn sign_in(school: &School, name: &str) -> Answer {
    let login = json!({ "email": format!("{name}@school.example"), "password": PASSWORD });
    let answer = school.stranger().post("/v1/session", login).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

async fn refresh(school: &School, token: &str) -> Answer {
    school.stranger().post("/v1/session/refresh", json!({ "refresh_token": token })).await
}

fn with_token<'a>(school: &'a School, answer: &Answer) -> Client<'a> {
    let mut client = school.stranger();
    client.token = Some(answer.text("/access_token").to_owned());
    client
}

/// Makes everything that has happened to refresh tokens a minute older.
async fn let_a_minute_pass(school: &School) {
    let earlier = "UPDATE refresh_tokens SET used_at = used_at - interval '1 minute'";
    sqlx::query(earlier).execute(&mut school.sql().await).await.unwrap();
}

/// Until another node has heard.
async fn becomes(client: &Client<'_>, expected: (u16, &str)) {
    for _ in 0..200 {
        let answer = client.get("/v1/me").await;
        if answer.problem() == expected {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("not {expected:?} after 10 s");
}

#[tokio::test]
async fn a_refresh_token_gives_the_next_one_and_new_access() {
    let school = School::start().await;
    school.student("ada").await;
    let first = sign_in(&school, "ada").await;
    let second = refresh(&school, first.text("/refresh_token")).await;
    assert_eq!(second.status, 200, "{second:?}");
    assert_eq!(second.text("/session"), first.text("/session"));
    assert_ne!(second.text("/refresh_token"), first.text("/refresh_token"));
    assert_eq!(with_token(&school, &second).get("/v1/me").await.status, 200);
    for token in ["", "x", &"A".repeat(43)] {
        assert_eq!(refresh(&school, token).await.problem(), (401, "refresh_refused"), "{token:?}");
    }
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_get_the_same_token() {
    let school = School::start().await;
    school.student("ada").await;
    let first = sign_in(&school, "ada").await;
    let token = first.text("/refresh_token");
    let (a, b) = tokio::join!(refresh(&school, token), refresh(&school, token));
    assert_eq!(a.text("/refresh_token"), b.text("/refresh_token"));
    assert_eq!(refresh(&school, a.text("/refresh_token")).await.status, 200);
}

#[tokio::test]
async fn a_token_that_is_used_again_ends_the_session_and_is_on_record() {
    for late in [true, false] {
        let school = School::start().await;
        let ada = school.student("ada").await;
        let stolen = sign_in(&school, "ada").await;
        let mut newest = refresh(&school, stolen.text("/refresh_token")).await;
        if late {
            // Beyond the grace, although the next one is unused.
            let_a_minute_pass(&school).await;
        } else {
            // Within the grace, but the next one was used.
            newest = refresh(&school, newest.text("/refresh_token")).await;
        }
        assert_eq!(refresh(&school, stolen.text("/refresh_token")).await.problem(), (401, "refresh_reused"));
        assert_eq!(refresh(&school, newest.text("/refresh_token")).await.problem(), (401, "refresh_refused"));
        for answer in [&stolen, &newest] {
            assert_eq!(with_token(&school, answer).get("/v1/me").await.problem(), (401, "session_ended"));
        }
        // The session of the sign-up is another one.
        assert_eq!(ada.get("/v1/me").await.status, 200);
        let reason: String = sqlx::query_scalar("SELECT end_reason FROM sessions WHERE id = $1::uuid")
            .bind(stolen.text("/session"))
            .fetch_one(&mut school.sql().await)
            .await
            .unwrap();
        assert_eq!(reason, "reuse");
        let recorded = school.audited("account.token_reused").await;
        assert_eq!(recorded.len(), 1);
        assert_eq!(recorded[0].subject.as_deref(), Some(&*ada.id));
    }
}

#[tokio::test]
async fn a_browser_refreshes_and_signs_out_by_cookie() {
    let school = School::start().await;
    school.student("ada").await;
    let login = json!({ "email": "ada@school.example", "password": PASSWORD, "cookies": true });
    let answer = school.stranger().post("/v1/session", login).await;
    assert_eq!(answer.body.get("refresh_token"), None);
    let cookies = |answer: &Answer| {
        let values = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        values.map(|value| value.split(';').next().unwrap().to_owned()).collect::<Vec<_>>().join("; ")
    };
    let send = |method: Method, path: &str, cookies: String| {
        let request = Request::builder().method(method).uri(path).header("cookie", cookies);
        school.send(request.header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap())
    };
    let first = cookies(&answer);
    let answer = send(Method::POST, "/v1/session/refresh", first.clone()).await;
    assert_eq!((answer.status.as_u16(), answer.body.get("access_token")), (200, None), "{answer:?}");
    let second = cookies(&answer);
    assert_ne!(first, second);
    assert_eq!(send(Method::GET, "/v1/me", second.clone()).await.status, 200);
    // The access token has expired; the refresh token tells which session it is.
    let refresh_alone = second.split("; ").find(|cookie| cookie.starts_with("lectern_refresh=")).unwrap();
    let answer = send(Method::DELETE, "/v1/session", refresh_alone.to_owned()).await;
    assert_eq!(answer.status, 204);
    assert_eq!(cookies(&answer), "lectern_access=; lectern_refresh=");
    assert_eq!(send(Method::GET, "/v1/me", second.clone()).await.problem(), (401, "session_ended"));
    assert_eq!(send(Method::POST, "/v1/session/refresh", second).await.problem(), (401, "refresh_refused"));
    assert_eq!(send(Method::DELETE, "/v1/session", String::new()).await.status, 204);
}

#[tokio::test]
async fn one_sees_one_s_sessions_and_ends_them() {
    let school = School::start().await;
    let ada = school.student("ada").await;
    let bob = school.student("bob").await;
    let phone = sign_in(&school, "ada").await;
    let list = ada.get("/v1/me/sessions").await;
    let items = list.body["items"].as_array().unwrap();
    assert_eq!((items.len(), items.iter().filter(|item| item["current"] == true).count()), (2, 1));
    assert_eq!(items[0]["address"], "192.0.2.7");
    let path = format!("/v1/me/sessions/{}", phone.text("/session"));
    assert_eq!(bob.call(Method::DELETE, &path, None).await.problem(), (404, "not_found"));
    assert_eq!(ada.call(Method::DELETE, &path, None).await.status, 204);
    assert_eq!(ada.call(Method::DELETE, &path, None).await.status, 404);
    assert_eq!(with_token(&school, &phone).get("/v1/me").await.problem(), (401, "session_ended"));
    let phone = sign_in(&school, "ada").await;
    assert_eq!(ada.call(Method::DELETE, "/v1/me/sessions", None).await.status, 204);
    assert_eq!(ada.get("/v1/me").await.problem(), (401, "session_ended"));
    assert_eq!(with_token(&school, &phone).get("/v1/me").await.problem(), (401, "session_ended"));
    assert_eq!(refresh(&school, phone.text("/refresh_token")).await.problem(), (401, "refresh_refused"));
    assert_eq!(bob.get("/v1/me").await.status, 200);
}

#[tokio::test]
async fn who_signs_out_is_out_at_every_node_and_after_a_restart() {
    let (url, shared) = (database(), Shared::new());
    let here = School::node(config(&url), shared.clone()).await;
    let there = School::node(config(&url), shared.clone()).await;
    // Has a bus of its own: learns of it from Postgres alone.
    let lonely = School::node(config(&url), Shared { signer: shared.signer.clone(), ..Shared::new() }).await;
    let ada = here.student("ada").await;
    for node in [&there, &lonely] {
        assert_eq!(ada.at(node).get("/v1/me").await.status, 200);
    }
    assert_eq!(ada.call(Method::DELETE, "/v1/session", None).await.status, 204);
    assert_eq!(ada.get("/v1/me").await.problem(), (401, "session_ended"));
    becomes(&ada.at(&there), (401, "session_ended")).await;
    becomes(&ada.at(&lonely), (401, "session_ended")).await;
    let restarted = School::node(config(&url), Shared { signer: shared.signer, ..Shared::new() }).await;
    assert_eq!(ada.at(&restarted).get("/v1/me").await.problem(), (401, "session_ended"));
}

#[tokio::test]
async fn one_session_too_many_ends_the_oldest() {
    let mut config = config(&database());
    config.sessions.per_person_max = 2;
    let school = School::with(config).await;
    let ada = school.student("ada").await;
    let second = sign_in(&school, "ada").await;
    let third = sign_in(&school, "ada").await;
    assert_eq!(ada.get("/v1/me").await.problem(), (401, "session_ended"));
    for answer in [second, third] {
        assert_eq!(with_token(&school, &answer).get("/v1/me").await.status, 200);
    }
}

#[tokio::test]
async fn what_is_long_over_is_deleted() {
    let url = database();
    let school = School::with(config(&url)).await;
    school.student("ada").await;
    sign_in(&school, "ada").await;
    let expired = "UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = (SELECT min(id::text)::uuid FROM sessions)";
    sqlx::query(expired).execute(&mut school.sql().await).await.unwrap();
    // A node sweeps when it starts.
    let _other = School::with(config(&url)).await;
    for _ in 0..200 {
        let left: i64 =
            sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&mut school.sql().await).await.unwrap();
        if left == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("still there after 10 s");
}

#[tokio::test]
async fn a_school_has_a_first_admin() {
    let school = School::start().await;
    let database = Database::connect(&config(&school.url).database).await.unwrap();
    let id = ensure_admin(&database, "root@school.example", "Root", PASSWORD).await.unwrap();
    let answer = sign_in(&school, "root").await;
    assert_eq!((answer.text("/person/id"), answer.text("/person/role")), (&*id.to_string(), "admin"));
    // Again, and with another password: the first one holds.
    let again = ensure_admin(&database, "ROOT@school.example", "Other", "another password").await.unwrap();
    assert_eq!(again, id);
    assert_eq!(sign_in(&school, "root").await.text("/person/name"), "Root");
    // A student's tokens say that they are one no longer.
    let ada = school.student("ada").await;
    ensure_admin(&database, "ada@school.example", "Ada", PASSWORD).await.unwrap();
    becomes(&ada, (401, "token_outdated")).await;
    assert!(ensure_admin(&database, "ada", "Ada", PASSWORD).await.is_err());
    database.close().await;
}

#[tokio::test]
async fn one_s_name_can_be_changed() {
    let school = School::start().await;
    let ada = school.student("ada").await;
    let answer = ada.call(Method::PATCH, "/v1/me", Some(json!({ "name": "Ada Lovelace" }))).await;
    assert_eq!((answer.status.as_u16(), answer.text("/name")), (200, "Ada Lovelace"));
    let answer = ada.call(Method::PATCH, "/v1/me", Some(json!({ "name": "Ada\n", "role": "admin" }))).await;
    assert_eq!(answer.problem(), (422, "invalid"));
    assert_eq!(ada.get("/v1/me").await.body["name"], Value::from("Ada Lovelace"));
}
