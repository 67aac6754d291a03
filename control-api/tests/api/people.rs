//! People, as admins see and change them, and the trail as they search it.

use axum::http::Method;
use serde_json::{Value, json};

use crate::school::{Answer, Client, PASSWORD, School, Shared, config, database};

async fn change(admin: &Client<'_>, id: &str, what: Value) -> Answer {
    admin.call(Method::PATCH, &format!("/v1/people/{id}"), Some(what)).await
}

fn names(answer: &Answer) -> Vec<&str> {
    answer.body["items"].as_array().unwrap().iter().map(|person| person["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn people_are_found_by_role_text_and_suspension() {
    let school = School::start().await;
    let admin = school.person("root", "admin").await;
    let ada = school.student("ada").await;
    school.student("bob_100%").await;
    assert_eq!(change(&admin, &ada.id, json!({ "suspended": true })).await.status, 200);
    for (query, expected) in [
        ("role=student", vec!["ada", "bob_100%"]),
        ("q=AD", vec!["ada"]),
        ("q=100%25%40", vec!["bob_100%"]),
        ("q=%25", vec!["bob_100%"]),
        ("suspended=true", vec!["ada"]),
        ("role=student&suspended=false", vec!["bob_100%"]),
        ("q=nobody", vec![]),
    ] {
        assert_eq!(names(&admin.get(&format!("/v1/people?{query}")).await), expected, "{query}");
    }
    assert_eq!(admin.get("/v1/people?q=%00").await.problem(), (422, "invalid"));
    assert_eq!(admin.get(&format!("/v1/people/{}", ada.id)).await.text("/email"), "ada@school.example");
}

#[tokio::test]
async fn another_role_holds_at_once_and_is_on_record() {
    let school = School::start().await;
    let admin = school.person("root", "admin").await;
    let mut ada = school.student("ada").await;
    let answer = change(&admin, &ada.id, json!({ "role": "tutor", "name": "Ada" })).await;
    assert_eq!((answer.text("/role"), answer.text("/name")), ("tutor", "Ada"));
    assert_eq!(ada.get("/v1/me").await.problem(), (401, "token_outdated"));
    ada.log_in("ada").await;
    assert_eq!(ada.get("/v1/me/teaching").await.status, 200);
    let recorded = school.audited("admin.person_changed").await;
    assert_eq!(recorded[0].actor.as_deref(), Some(&*admin.id));
    assert_eq!((&recorded[0].detail["role"], &recorded[0].detail["role_before"]), (&json!("tutor"), &json!("student")));
    // A name alone voids nothing.
    assert_eq!(change(&admin, &ada.id, json!({ "name": "Ada L" })).await.status, 200);
    assert_eq!(ada.get("/v1/me").await.text("/name"), "Ada L");
}

#[tokio::test]
async fn who_is_shut_out_is_out_at_once_until_let_in_again() {
    let school = School::start().await;
    let admin = school.person("root", "admin").await;
    let eve = school.student("eve").await;
    let answer = change(&admin, &eve.id, json!({ "suspended": true })).await;
    assert!(answer.body["suspended_at"].is_string());
    assert_eq!(eve.get("/v1/me").await.problem(), (401, "session_ended"));
    let login = json!({ "email": "eve@school.example", "password": PASSWORD });
    assert_eq!(school.stranger().post("/v1/session", login.clone()).await.problem(), (403, "suspended"));
    assert_eq!(change(&admin, &eve.id, json!({ "suspended": false })).await.status, 200);
    assert_eq!(school.stranger().post("/v1/session", login).await.status, 200);
    assert_eq!(eve.get("/v1/me").await.problem(), (401, "session_ended"), "the old session stays over");
}

#[tokio::test]
async fn the_last_admin_stays() {
    let school = School::start().await;
    let root = school.person("root", "admin").await;
    let other = school.person("other", "admin").await;
    assert_eq!(change(&root, &other.id, json!({ "role": "tutor" })).await.status, 200);
    assert_eq!(change(&root, &root.id, json!({ "role": "tutor" })).await.problem(), (409, "last_admin"));
    assert_eq!(change(&root, &root.id, json!({ "suspended": true })).await.problem(), (409, "last_admin"));
    assert_eq!(change(&root, &root.id, json!({ "name": "Still root" })).await.status, 200);
}

#[tokio::test]
async fn admins_search_the_trail() {
    let school = School::start().await;
    let admin = school.person("root", "admin").await;
    let ada = school.student("ada").await;
    let wrong = json!({ "email": "ada@school.example", "password": "wrong" });
    school.stranger().post("/v1/session", wrong).await;
    let answer = admin.get(&format!("/v1/audit?person={}", ada.id)).await;
    let kinds: Vec<&str> =
        answer.body["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["account.login_failed", "account.login", "account.created"]);
    let first = admin.get("/v1/audit?kind=account.login&limit=1").await;
    let next = first.text("/next").to_owned();
    let second = admin.get(&format!("/v1/audit?kind=account.login&limit=1&after={next}")).await;
    assert_ne!(first.body["items"][0]["id"], second.body["items"][0]["id"]);
    for (query, field) in [("kind=No", "/kind"), ("after=x", "/after"), ("limit=0", "/limit")] {
        assert_eq!(admin.get(&format!("/v1/audit?{query}")).await.fields(), [field], "{query}");
    }
}

#[tokio::test]
async fn of_admins_who_shut_each_other_out_at_once_one_stays() {
    let (url, shared) = (database(), Shared::new());
    let (here, there) = (School::node(config(&url), shared.clone()).await, School::node(config(&url), shared).await);
    let mut sql = here.sql().await;
    for round in 0..12 {
        sqlx::query("UPDATE people SET role = 'student'").execute(&mut sql).await.unwrap();
        let one = here.person(&format!("one{round}"), "admin").await;
        let other = here.person(&format!("other{round}"), "admin").await;
        let what = if round % 2 == 0 { json!({ "role": "student" }) } else { json!({ "suspended": true }) };
        let there = other.at(&there);
        let (a, b) = tokio::join!(change(&one, &other.id, what.clone()), change(&there, &one.id, what));
        let mut answers = [a.problem(), b.problem()];
        answers.sort_unstable();
        let is_told = matches!(answers[1], (409, "last_admin") | (401, "token_outdated" | "session_ended"));
        assert!(answers[0].0 == 200 && is_told, "{answers:?}");
        let admins = "SELECT count(*) FROM people WHERE role = 'admin' AND suspended_at IS NULL";
        assert_eq!(sqlx::query_scalar::<_, i64>(admins).fetch_one(&mut sql).await.unwrap(), 1);
    }
}
