//! Signing up, in and out; people.

use futures_util::future::join_all;
use serde_json::json;

use crate::school::{Answer, PASSWORD, School};

#[tokio::test]
async fn a_person_signs_up_and_is_known() {
    let school = School::start().await;
    let ada = school.student("ada").await;
    let me = ada.get("/v1/me").await;
    assert_eq!((me.text("/id"), me.text("/name"), me.text("/role")), (&*ada.id, "ada", "student"));
    assert!(me.body.get("password_hash").is_none());
}

#[tokio::test]
async fn an_address_is_taken_once_whatever_its_case() {
    let school = School::start().await;
    school.student("ada").await;
    let again = json!({ "email": "ADA@School.example", "name": "Ada", "password": PASSWORD });
    let answer = school.stranger().post("/v1/people", again).await;
    assert_eq!(answer.problem(), (409, "email_taken"));
    assert_eq!(answer.fields(), ["/email"]);
}

#[tokio::test]
async fn every_mistake_of_a_sign_up_is_told_at_once() {
    let school = School::start().await;
    let answer = school.stranger().post("/v1/people", json!({ "email": "a", "name": " ", "password": "short" })).await;
    assert_eq!(answer.problem(), (422, "invalid"));
    assert_eq!(answer.fields(), ["/email", "/name", "/password"]);
    let answer = school.stranger().post("/v1/people", json!({ "email": "a@b", "name": "A", "role": "admin" })).await;
    assert_eq!((answer.problem(), answer.fields()), ((422, "invalid"), vec!["/role"]));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_have_the_same_answer() {
    let school = School::start().await;
    let mut ada = school.student("ada").await;
    ada.log_in("ada").await;
    let mut answers = Vec::new();
    for email in ["ada@school.example", "nobody@school.example"] {
        let mut answer = school.stranger().post("/v1/session", json!({ "email": email, "password": "wrong" })).await;
        assert_eq!(answer.problem(), (401, "login_refused"));
        answer.body["request_id"].take();
        answers.push(answer.body);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn people_come_by_page() {
    let school = School::start().await;
    let admin = school.person("root", "admin").await;
    for name in ["a", "b", "c"] {
        school.student(name).await;
    }
    let mut seen = Vec::new();
    let mut path = "/v1/people?role=student&limit=2".to_owned();
    loop {
        let page = admin.get(&path).await;
        seen.extend(page.body["items"].as_array().unwrap().iter().map(|person| person["name"].clone()));
        let Some(next) = page.body["next"].as_str() else { break };
        path = format!("/v1/people?role=student&limit=2&after={next}");
    }
    assert_eq!(seen, ["a", "b", "c"]);
    for (query, field) in
        [("limit=0", "/limit"), ("limit=101", "/limit"), ("after=x", "/after"), ("role=boss", "/role")]
    {
        let answer = admin.get(&format!("/v1/people?{query}")).await;
        assert_eq!((answer.problem(), answer.fields()), ((422, "invalid"), vec![field]), "{query}: {answer:?}");
    }
}

#[tokio::test]
async fn of_those_who_take_an_address_at_once_one_has_it() {
    let school = School::start().await;
    for round in 0..5 {
        let stranger = school.stranger();
        let sign_up = |email: String| {
            let new = json!({ "email": email, "name": "Ada", "password": PASSWORD });
            stranger.post("/v1/people", new)
        };
        let answers = join_all((0..4).map(|n| {
            let email = format!("ada{round}@school.example");
            sign_up(if n % 2 == 0 { email } else { email.to_uppercase() })
        }));
        let answers = answers.await;
        let mut statuses: Vec<_> = answers.iter().map(Answer::problem).collect();
        statuses.sort_unstable();
        let taken = (409, "email_taken");
        assert_eq!(statuses, [(201, ""), taken, taken, taken]);
    }
}
