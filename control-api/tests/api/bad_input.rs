//! What nobody means: too much, too deep, before time began, twice at once. It is refused, or harmless.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lectern_platform::http;
use lectern_platform::token::{Role, SessionClaims};
use serde_json::{Value, json};
use sqlx::Row as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use uuid::Uuid;

use crate::quizzes::{self, Lesson};
use crate::school::{School, Shared, config, database};

/// How long anything is waited for. Much more than it takes, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const GIGABYTE: usize = 1 << 30;
/// What the kernel's buffers on both sides hold at most, with a margin: so much is sent without anybody reading it.
const BUFFERED_MAX: usize = 16 << 20;

/// Sends a gigabyte for as long as somebody takes it; the answer's status, and how much went.
async fn pour(school: &School, head: &str, is_chunked: bool) -> (u16, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let serving = tokio::spawn(http::serve(listener, school.router(), 1, std::future::pending()));
    let length = if is_chunked { "transfer-encoding: chunked".into() } else { format!("content-length: {GIGABYTE}") };
    let head = format!("{head} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n{length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reads, mut writes) = stream.split();
    let piece = vec![b'['; 1 << 16];
    let mut sent = 0;
    let send = async {
        while sent < GIGABYTE {
            let frame = if is_chunked { [b"10000\r\n", &piece[..], b"\r\n"].concat() } else { piece.clone() };
            if writes.write_all(&frame).await.is_err() {
                break;
            }
            sent += piece.len();
        }
        std::future::pending::<()>().await;
    };
    let mut answer = [0; 12];
    tokio::select! {
        read = timeout(PATIENCE, reads.read_exact(&mut answer)) => drop(read.expect("an answer in time").unwrap()),
        () = send => {}
    }
    serving.abort();
    (String::from_utf8_lossy(&answer[9..]).parse().unwrap(), sent)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gigabyte_is_refused_before_it_is_there() {
    let school = School::start().await;
    let ada = school.student("ada").await;
    let lesson = Uuid::now_v7();
    for (head, status) in [
        ("POST /v1/people".to_owned(), 413),
        ("POST /v1/session/refresh".to_owned(), 413),
        // Who may not is told so without a look at what they send, and so is who sends it where nothing is read.
        (format!("PUT /v1/quizzes/{lesson}/questions"), 401),
        ("GET /v1/courses".to_owned(), 200),
        ("POST /nowhere".to_owned(), 404),
    ] {
        for is_chunked in [true, false] {
            let (got, sent) = pour(&school, &head, is_chunked).await;
            assert_eq!(got, status, "{head}");
            assert!(sent <= BUFFERED_MAX, "{head}: {sent} bytes were taken");
        }
    }
    assert_eq!(ada.get("/v1/me").await.status, 200);
}

#[tokio::test]
async fn a_bomb_of_json_does_not_go_off() {
    let school = School::start().await;
    let full = |frame: &str, with: &str| frame.replace('@', &with.repeat((60_000 - frame.len()) / with.len()));
    let deep = |depth: usize| format!("{{\"email\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    for (body, problem) in [
        (full("@", "{\"a\":"), (400, "not_json")),
        (full("@", "["), (400, "not_json")),
        (deep(33), (400, "not_json")),
        (deep(32), (422, "invalid")),
        // Brackets in a text are none.
        (full("{\"email\":\"@\"}", "[{"), (422, "invalid")),
        (full("{\"email\":\"@\\\\\"}", "\\\""), (422, "invalid")),
        (full("[@0]", "0,"), (422, "invalid")),
        (full("{@\"a\":0}", "\"a\":0,"), (422, "invalid")),
        (full("{\"name\":\"a\",@\"name\":\"a\"}", "\"name\":\"a\","), (422, "invalid")),
        (full("{\"email\":@}", "9"), (400, "not_json")),
        ("{\"email\":1e999999}".to_owned(), (400, "not_json")),
        ("{\"name\":\"\\ud800\"}".to_owned(), (400, "not_json")),
        ("{\"name\":\"\u{feff}\"}{}".to_owned(), (422, "invalid")),
        ("\u{feff}{}".to_owned(), (400, "not_json")),
        (String::new(), (400, "not_json")),
    ] {
        let request = Request::post("/v1/people").header("content-type", "application/json");
        let answer = school.send(request.body(Body::from(body.clone())).unwrap()).await;
        assert_eq!(answer.problem(), problem, "{}…: {answer:?}", body.chars().take(40).collect::<String>());
    }
    let invalid = Request::post("/v1/people").header("content-type", "application/json");
    let answer = school.send(invalid.body(Body::from(&b"{\"name\":\"\xff\"}"[..])).unwrap()).await;
    assert_eq!(answer.problem(), (400, "not_json"));
}

#[tokio::test]
async fn times_that_no_calendar_has_are_refused_at_their_field() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let root = school.person("root", "admin").await;
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "one", json!({ "video_s": 60 })).await;
    ada.enrol(&course).await;
    let quizzes = format!("/v1/lessons/{lesson}/quizzes");
    let live = format!("/v1/courses/{course}/live");
    let soon = "2030-01-01T00:00:00Z";
    // Before and after all that can be kept, and what is so by its offset alone.
    for odd in [
        "-0001-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0000-01-01T00:00:00+23:59",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:59",
        "2030-02-30T00:00:00Z",
        "1e9",
        "",
    ] {
        for field in ["opens_at", "closes_at"] {
            let answer = mona.post(&quizzes, json!({ "title": "Test", field: odd })).await;
            assert_eq!((answer.problem(), answer.fields()), ((422, "invalid"), vec![&*format!("/{field}")]), "{odd}");
        }
        let answer = mona.post(&live, json!({ "title": "Now", "starts_at": odd, "ends_at": soon })).await;
        assert_eq!((answer.problem(), answer.fields()), ((422, "invalid"), vec!["/starts_at"]), "{odd}");
        let odd = odd.replace('+', "%2B");
        for path in [format!("/v1/me/calendar?from={odd}"), format!("/v1/me/calendar?until={odd}")] {
            assert_eq!(ada.get(&path).await.problem(), (422, "invalid"), "{path}");
        }
        for path in [format!("/v1/audit?from={odd}"), format!("/v1/audit?until={odd}")] {
            assert_eq!(root.get(&path).await.problem(), (422, "invalid"), "{path}");
        }
    }
    for (body, field) in [
        (json!({ "position_s": -1, "counter": 0 }), "/position_s"),
        (json!({ "position_s": -1e300, "counter": 0 }), "/position_s"),
        (json!({ "position_s": 0, "counter": -1 }), "/counter"),
        (json!({ "position_s": 0, "counter": 0, "watched": { "from_s": -5, "to_s": 3 } }), "/watched/from_s"),
    ] {
        let answer = ada.post(&format!("/v1/lessons/{lesson}/progress"), body).await;
        assert_eq!((answer.problem(), answer.fields()), ((422, "invalid"), vec![field]));
    }
    for time_limit_s in [-1_i64, 0, i64::from(i32::MIN), i64::MAX] {
        let answer = mona.post(&quizzes, json!({ "title": "Test", "time_limit_s": time_limit_s })).await;
        assert_eq!((answer.problem(), answer.fields()), ((422, "invalid"), vec!["/time_limit_s"]));
    }
}

#[tokio::test]
async fn a_cursor_that_was_made_up_is_refused() {
    let school = School::start().await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    for key in
        [json!([-300_000_000_000_000_000_i64, Uuid::nil()]), json!([i64::MAX, Uuid::max()]), json!([0]), json!(7)]
    {
        let cursor = URL_SAFE_NO_PAD.encode(key.to_string());
        for path in ["/v1/courses?".to_owned(), format!("/v1/courses/{course}/live?"), "/v1/me/calendar?".to_owned()] {
            let answer = mona.get(&format!("{path}after={cursor}")).await;
            assert!(matches!(answer.status.as_u16(), 200 | 422), "{path} {key}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_clock_in_1970_is_of_no_use() {
    let shared = Shared::new();
    let school = School::node(config(&database()), shared.clone()).await;
    let ada = school.student("ada").await;
    let mut past = school.stranger();
    let (session, life) = (Uuid::now_v7().to_string(), Duration::from_secs(900));
    let claims = SessionClaims::issue(&ada.id, &session, Role::Admin, 1, life);
    let claims = SessionClaims { iat: 1, exp: 1 + life.as_secs(), ..claims };
    past.token = Some(shared.signer.sign_session(&claims).unwrap());
    assert_eq!(past.get("/v1/me").await.problem(), (401, "token_expired"));
    // A browser whose clock is wrong keeps its cookies all the same: for so long, not until then.
    let login = json!({ "email": "ada@school.example", "password": crate::school::PASSWORD, "cookies": true });
    let answer = school.stranger().post("/v1/session", login).await;
    let cookies: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2);
    assert!(cookies.iter().all(|cookie| cookie.contains("Max-Age=") && !cookie.contains("Expires")), "{cookies:?}");
}

#[tokio::test]
async fn names_of_emoji_are_names() {
    let school = School::start().await;
    let mona = school.person("mona", "tutor").await;
    for name in ["👩🏽‍🏫", "Ada 🧮", "🏳️‍🌈 żółć 王", "<script>alert(1)</script>"] {
        let answer = mona.patch("/v1/me", json!({ "name": name })).await;
        assert_eq!((answer.status.as_u16(), answer.text("/name")), (200, name));
        let course = mona.course(name).await;
        let shown = school.stranger().get(&format!("/v1/courses/{course}")).await;
        assert_eq!(shown.text("/title"), name);
        assert_eq!(shown.headers["content-type"], "application/json");
    }
    let family = "👨‍👩‍👧‍👦".repeat(12);
    assert!(family.chars().count() > 80);
    assert_eq!(mona.patch("/v1/me", json!({ "name": family })).await.fields(), ["/name"]);
    assert_eq!(school.stranger().get("/v1/courses?q=%F0%9F%A7%AE").await.status, 200);
}

#[tokio::test]
async fn what_is_sent_twice_at_once_happens_once() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "one", json!({})).await;
    let other = mona.lesson(&course, "two", json!({ "completion": "quiz" })).await;
    let place = Lesson { id: other.parse().unwrap(), course: course.parse().unwrap() };
    let quiz = quizzes::quiz(&mona, &place, json!({ "attempts_max": 1 })).await;
    let class = mona.class(&course, "Now", 5).await;
    let twice = async |who: &crate::school::Client<'_>, path: String| -> Value {
        let (one, other) = tokio::join!(who.post(&path, json!({})), who.post(&path, json!({})));
        assert!(one.status.is_success() && other.status.is_success(), "{path}: {one:?} {other:?}");
        one.body
    };
    twice(&ada, format!("/v1/courses/{course}/enrolment")).await;
    twice(&ada, format!("/v1/lessons/{lesson}/done")).await;
    let attempt = twice(&ada, format!("{quiz}/attempts")).await;
    twice(&ada, format!("/v1/attempts/{}/submit", attempt["id"].as_str().unwrap())).await;
    for what in ["start", "end"] {
        twice(&mona, format!("/v1/live/{class}/{what}")).await;
    }
    let rows = "SELECT kind, count(*) FROM outbox WHERE kind NOT IN ('course.changed', 'tutor.added') GROUP BY kind ORDER BY kind";
    let rows = sqlx::query(rows).fetch_all(&mut school.sql().await).await.unwrap();
    let counts: Vec<(String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let kinds =
        ["enrolment.started", "lesson.completed", "live.ended", "live.scheduled", "live.started", "quiz.scored"];
    assert_eq!(counts, kinds.map(|kind| (kind.to_owned(), 1)));
    let answer = ada.call(Method::DELETE, &format!("/v1/courses/{course}/enrolment"), None).await;
    assert_eq!(answer.status, 204);
}
