//! Another password, by whoever knows the old one or reads the account's mail.

use axum::http::Method;
use serde_json::json;

use crate::mailbox::Mailbox;
use crate::school::{PASSWORD, School, config, database};

const NEW: &str = "another battery";

async fn log_in(school: &School, password: &str) -> u16 {
    let login = json!({ "email": "ada@school.example", "password": password });
    school.stranger().post("/v1/session", login).await.status.as_u16()
}

#[tokio::test]
async fn a_new_password_takes_the_old_one_and_ends_all_other_sessions() {
    let school = School::start().await;
    let ada = school.student("ada").await;
    let mut phone = ada.at(&school);
    phone.log_in("ada").await;
    let change = |old: &str, new: &str| {
        let body = json!({ "old": old, "new": new });
        let ada = ada.at(&school);
        async move { ada.call(Method::PUT, "/v1/me/password", Some(body)).await }
    };
    let answer = change("wrong", NEW).await;
    assert_eq!((answer.problem(), answer.fields()), ((422, "invalid"), vec!["/old"]));
    let answer = change(PASSWORD, "short").await;
    assert_eq!((answer.problem(), answer.fields()), ((422, "invalid"), vec!["/new"]));
    assert_eq!(change(PASSWORD, NEW).await.status, 204);
    assert_eq!(ada.get("/v1/me").await.status, 200);
    assert_eq!(phone.get("/v1/me").await.problem(), (401, "session_ended"));
    assert_eq!((log_in(&school, PASSWORD).await, log_in(&school, NEW).await), (401, 200));
    assert_eq!(school.audited("account.password_changed").await.len(), 1);
    assert_eq!(school.audited("account.password_refused").await.len(), 1);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_mail_once() {
    let mailbox = Mailbox::open().await;
    let mut config = config(&database());
    config.mail.smtp_url = Some(mailbox.url());
    config.http.public_url = "https://school.example".to_owned();
    let school = School::with(config).await;
    let ada = school.student("ada").await;
    let stranger = school.stranger();
    for email in ["nobody@school.example", "ADA@school.example"] {
        let answer = stranger.post("/v1/password_resets", json!({ "email": email })).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (202, &serde_json::Value::Null));
    }
    // The first wish was for nobody; this is the second one's.
    let mail = mailbox.next().await;
    assert_eq!(mail.to, "ada@school.example");
    let (_, token) = mail.text.split_once("https://school.example/reset#token=").unwrap_or_else(|| panic!("{mail:?}"));
    let token = token.split_whitespace().next().unwrap();
    let redeem = async |token: &str, password: &str| {
        let body = json!({ "token": token, "password": password });
        stranger.post("/v1/password_resets/redeem", body).await
    };
    assert_eq!(redeem(token, "short").await.problem(), (422, "invalid"));
    assert_eq!(redeem(&"A".repeat(43), NEW).await.problem(), (422, "reset_refused"));
    assert_eq!(redeem(token, NEW).await.status, 204);
    assert_eq!(redeem(token, NEW).await.problem(), (422, "reset_refused"));
    assert_eq!(ada.get("/v1/me").await.problem(), (401, "session_ended"));
    assert_eq!((log_in(&school, PASSWORD).await, log_in(&school, NEW).await), (401, 200));
    let hashes: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT hash FROM password_resets").fetch_all(&mut school.sql().await).await.unwrap();
    assert!(hashes.is_empty());
}

#[tokio::test]
async fn a_link_expires_and_only_its_hash_is_kept() {
    let mailbox = Mailbox::open().await;
    let mut config = config(&database());
    config.mail.smtp_url = Some(mailbox.url());
    let school = School::with(config).await;
    school.student("ada").await;
    school.stranger().post("/v1/password_resets", json!({ "email": "ada@school.example" })).await;
    let mail = mailbox.next().await;
    let token = mail.text.split_once("#token=").unwrap().1.split_whitespace().next().unwrap();
    let mut sql = school.sql().await;
    let row: String = sqlx::query_scalar("SELECT r::text FROM password_resets r").fetch_one(&mut sql).await.unwrap();
    assert!(!row.contains(token));
    sqlx::query("UPDATE password_resets SET expires_at = now()").execute(&mut sql).await.unwrap();
    let body = json!({ "token": token, "password": NEW });
    let answer = school.stranger().post("/v1/password_resets/redeem", body).await;
    assert_eq!(answer.problem(), (422, "reset_refused"));
}

#[tokio::test]
async fn a_suspended_person_gets_no_mail_and_a_server_that_is_away_is_tried_again() {
    let mailbox = Mailbox::open().await;
    let mut config = config(&database());
    config.mail.smtp_url = Some(mailbox.url());
    let school = School::with(config).await;
    for name in ["eve", "ada"] {
        school.student(name).await;
    }
    let suspend = "UPDATE people SET suspended_at = now() WHERE name = 'eve'";
    sqlx::query(suspend).execute(&mut school.sql().await).await.unwrap();
    mailbox.refuse_next(1);
    for name in ["eve", "ada"] {
        let wish = json!({ "email": format!("{name}@school.example") });
        assert_eq!(school.stranger().post("/v1/password_resets", wish).await.status, 202);
    }
    assert_eq!(mailbox.next().await.to, "ada@school.example");
}
