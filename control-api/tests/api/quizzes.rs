//! Quizzes: built, taken, graded; keys that stay secret; ends that come by themselves.

use std::time::Duration;

use axum::http::Method;
use lectern_control_api::access::TABLE;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, Row as _};
use uuid::Uuid;

use crate::school::{Answer, Client, School, Shared, config, database};

/// How long something that happens by itself may take until a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A published lesson of a published course.
pub(crate) struct Lesson {
    pub(crate) id: Uuid,
    pub(crate) course: Uuid,
}

async fn lesson(sql: &mut PgConnection, tutor: &Client<'_>, students: &[&Client<'_>]) -> Lesson {
    let (course, id) = (Uuid::now_v7(), Uuid::now_v7());
    let statements = [
        format!(
            "INSERT INTO courses (id, title, state, published_at) VALUES ('{course}', 'Algebra', 'published', now())"
        ),
        format!("INSERT INTO course_tutors (course_id, person_id) VALUES ('{course}', '{}')", tutor.id),
        format!(
            "INSERT INTO lessons (id, course_id, position, title, completion, published_at)
             VALUES ('{id}', '{course}', 1, 'Fractions', 'quiz', now())"
        ),
    ];
    for statement in statements {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *sql).await.unwrap();
    }
    for student in students {
        enrol(sql, course, &student.id).await;
    }
    Lesson { id, course }
}

async fn enrol(sql: &mut PgConnection, course: Uuid, person: &str) {
    let enrol = sqlx::query("INSERT INTO enrolments (course_id, person_id, source) VALUES ($1, $2::uuid, 'open')");
    enrol.bind(course).bind(person).execute(sql).await.unwrap();
}

/// One question of each kind, 10 points each. Right: 1; 0 and 2; 424242.25; "sesame".
fn questions() -> Value {
    let options = ["north", "south", "east"];
    json!({ "questions": [
        { "prompt": "One?", "points": 10, "task": { "kind": "single", "options": options },
          "key": { "kind": "single", "right": 1 } },
        { "prompt": "Some?", "points": 10, "task": { "kind": "multiple", "options": options },
          "key": { "kind": "multiple", "right": [0, 2], "partial": true } },
        { "prompt": "How much?", "points": 10, "task": { "kind": "numeric" },
          "key": { "kind": "numeric", "value": 424242.25, "tolerance": 0.5 } },
        { "prompt": "What?", "points": 10, "task": { "kind": "short_text" },
          "key": { "kind": "short_text", "accepted": ["sesame"] } },
    ] })
}

/// Settings of a published quiz, with what `with` says else.
fn settings(with: Value) -> Value {
    let mut settings = json!({ "title": "Test", "published": true });
    settings.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    settings
}

/// Builds a published quiz; its path.
pub(crate) async fn quiz(tutor: &Client<'_>, lesson: &Lesson, with: Value) -> String {
    let made = tutor.post(&format!("/v1/lessons/{}/quizzes", lesson.id), json!({ "title": "Test" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("/v1/quizzes/{}", made.text("/id"));
    let put = tutor.call(Method::PUT, &format!("{path}/questions"), Some(questions())).await;
    assert_eq!(put.status, 200, "{put:?}");
    let published = tutor.call(Method::PUT, &path, Some(settings(with))).await;
    assert_eq!(published.status, 200, "{published:?}");
    path
}

pub(crate) async fn start(student: &Client<'_>, quiz: &str) -> Answer {
    student.post(&format!("{quiz}/attempts"), json!({})).await
}

fn attempt_path(attempt: &Answer) -> String {
    format!("/v1/attempts/{}", attempt.text("/id"))
}

/// All right.
pub(crate) fn right_answers() -> [Value; 4] {
    [
        json!({ "kind": "single", "option": 1 }),
        json!({ "kind": "multiple", "options": [0, 2] }),
        json!({ "kind": "numeric", "value": 424242 }),
        json!({ "kind": "short_text", "text": " Sesame" }),
    ]
}

/// Writes these answers to the first questions.
pub(crate) async fn write(student: &Client<'_>, attempt: &Answer, counter: i64, answers: &[Value]) -> Answer {
    let answers: Vec<Value> = (0..)
        .zip(answers)
        .map(|(index, answer)| json!({ "question": attempt.text(&format!("/questions/{index}/id")), "answer": answer }))
        .collect();
    let body = json!({ "counter": counter, "answers": answers });
    student.call(Method::PUT, &format!("{}/answers", attempt_path(attempt)), Some(body)).await
}

pub(crate) async fn submit(student: &Client<'_>, attempt: &Answer) -> Answer {
    student.post(&format!("{}/submit", attempt_path(attempt)), json!({})).await
}

#[tokio::test]
async fn a_quiz_is_built_taken_and_graded_and_its_tutor_sees_how_it_went() {
    let school = School::start().await;
    let tutor = school.person("tutor", "tutor").await;
    let (ada, bob) = (school.student("ada").await, school.student("bob").await);
    let lesson = lesson(&mut school.sql().await, &tutor, &[&ada, &bob]).await;
    let quiz = quiz(&tutor, &lesson, json!({ "pass_percent": 60 })).await;
    let seen = ada.get(&format!("/v1/lessons/{}/quizzes", lesson.id)).await;
    assert_eq!(seen.body["items"][0]["title"], "Test");
    let seen = ada.get(&quiz).await;
    assert_eq!((&seen.body["questions"], &seen.body["points"]), (&json!(4), &json!(40)));

    let attempt = start(&ada, &quiz).await;
    assert_eq!(
        (attempt.status.as_u16(), &attempt.body["number"], &attempt.body["due_at"]),
        (201, &json!(1), &Value::Null)
    );
    assert_eq!(write(&ada, &attempt, 1, &right_answers()).await.status, 200);
    let done = submit(&ada, &attempt).await;
    assert_eq!(
        (&done.body["score"], &done.body["score_max"], done.text("/ended_by")),
        (&json!(40.0), &json!(40.0), "person")
    );

    let attempt = start(&bob, &quiz).await;
    let some = [json!({ "kind": "single", "option": 0 }), json!({ "kind": "multiple", "options": [0] })];
    assert_eq!(write(&bob, &attempt, 1, &some).await.status, 200);
    assert_eq!(submit(&bob, &attempt).await.body["score"], json!(5.0));
    let standing = bob.get(&quiz).await;
    let standing = &standing.body["standing"];
    assert_eq!(
        (&standing["score"], &standing["passed"], &standing["attempts"][0]["number"]),
        (&json!(5.0), &json!(false), &json!(1))
    );

    let results = tutor.get(&format!("{quiz}/results?limit=1")).await;
    assert_eq!((results.text("/items/0/name"), &results.body["items"][0]["passed"]), ("ada", &json!(true)));
    let results = tutor.get(&format!("{quiz}/results?after={}", results.text("/next"))).await;
    assert_eq!((results.text("/items/0/name"), &results.body["next"]), ("bob", &Value::Null));
    let looked_at = tutor.get(&format!("/v1/attempts/{}", results.text("/items/0/last_attempt"))).await;
    assert_eq!(looked_at.body["questions"][1]["earned"], json!(5.0));
    let items = tutor.get(&format!("{quiz}/analysis")).await;
    let first = &items.body["items"][0];
    assert_eq!(
        (&first["people"], &first["difficulty"], &first["discrimination"]),
        (&json!(2), &json!(0.5), &json!(1.0))
    );
    assert_eq!(first["answers"][1], json!({ "answer": "south", "count": 1 }));
    assert_eq!(items.body["items"][3]["answered"], 1);
}

/// Whether anything of a key is anywhere in it.
fn has_key(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| {
            ["key", "earned", "right", "accepted", "tolerance"].contains(&name.as_str()) || has_key(value)
        }),
        Value::Array(items) => items.iter().any(has_key),
        Value::String(text) => text.contains("sesame"),
        Value::Number(number) => number.as_f64() == Some(424242.25),
        Value::Null | Value::Bool(_) => false,
    }
}

/// Calls every route that there is, with identifiers that are there, and fails if an answer has anything of a key. What
/// changes something is called with a body that it does not take. But for what signs out, after which nothing is seen.
async fn look_everywhere(student: &Client<'_>, ids: &[&str]) {
    let signs_out = |path: &str| ["/v1/session", "/v1/me/sessions"].contains(&path);
    for (method, path, _) in TABLE.iter().filter(|(method, path, _)| !(method == Method::DELETE && signs_out(path))) {
        for id in ids {
            let path = path.replace("{id}", id).replace("{person}", &student.id);
            let answer = student.call(method.clone(), &path, None).await;
            assert!(answer.status.as_u16() < 500 && !has_key(&answer.body), "{method} {path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn no_answer_to_a_student_has_a_key_before_they_may_see_it() {
    let school = School::start().await;
    let tutor = school.person("tutor", "tutor").await;
    let (ada, bob) = (school.student("ada").await, school.student("bob").await);
    let lesson = lesson(&mut school.sql().await, &tutor, &[&ada, &bob]).await;
    let quiz = quiz(&tutor, &lesson, json!({ "keys_shown": "after_attempts", "attempts_max": 2 })).await;
    assert!(has_key(&tutor.get(&format!("{quiz}/questions")).await.body), "the search finds keys");
    let (lesson, quiz_id) = (lesson.id.to_string(), quiz.rsplit('/').next().unwrap());
    look_everywhere(&ada, &[&lesson, quiz_id]).await;

    // The walk has started it.
    let attempt = start(&ada, &quiz).await;
    assert!(attempt.status == 200 && !has_key(&attempt.body), "{attempt:?}");
    look_everywhere(&bob, &[&lesson, quiz_id, attempt.text("/id")]).await;
    let attempt_id = attempt.text("/id").to_owned();
    let wrong = json!({ "kind": "short_text", "text": "guess" });
    let odd = write(&ada, &attempt, 1, &[wrong]).await;
    assert!(odd.status == 422 && !has_key(&odd.body), "{odd:?}");
    assert!(!has_key(&ada.get(&attempt_path(&attempt)).await.body));
    let done = submit(&ada, &attempt).await;
    assert!(done.status == 200 && !has_key(&done.body), "there is an attempt left: {done:?}");
    // This walk starts the second attempt.
    look_everywhere(&ada, &[&lesson, quiz_id, &attempt_id]).await;

    let second = start(&ada, &quiz).await;
    assert!(!has_key(&ada.get(&attempt_path(&attempt)).await.body), "not while one is in progress");
    let done = submit(&ada, &second).await;
    assert_eq!(done.body["questions"][3]["key"]["accepted"], json!(["sesame"]), "{done:?}");
    assert_eq!(done.body["questions"][3]["earned"], json!(0.0));
    // Not to somebody else.
    look_everywhere(&bob, &[&lesson, quiz_id, second.text("/id")]).await;
}

#[tokio::test]
async fn writes_count_by_their_counter_and_a_submission_counts_once() {
    let school = School::start().await;
    let tutor = school.person("tutor", "tutor").await;
    let ada = school.student("ada").await;
    let lesson = lesson(&mut school.sql().await, &tutor, &[&ada]).await;
    let quiz = quiz(&tutor, &lesson, json!({ "attempts_max": 3, "score_kept": "average" })).await;
    let attempt = start(&ada, &quiz).await;
    let option = |option: u8| [json!({ "kind": "single", "option": option })];
    for (counter, chosen, kept) in [(5, 0, 0), (5, 2, 0), (4, 2, 0), (7, 1, 1), (6, 2, 1), (7, 1, 1)] {
        assert_eq!(write(&ada, &attempt, counter, &option(chosen)).await.status, 200);
        let seen = ada.get(&attempt_path(&attempt)).await;
        assert_eq!(seen.body["questions"][0]["answer"]["option"], json!(kept), "after {counter}");
    }
    assert_eq!(write(&ada, &attempt, 8, &[Value::Null]).await.status, 200);
    assert_eq!(write(&ada, &attempt, 7, &option(1)).await.status, 200);
    let seen = ada.get(&attempt_path(&attempt)).await;
    assert_eq!(seen.body["questions"][0]["answer"], Value::Null, "what was taken back stays so");
    assert_eq!(write(&ada, &attempt, 9, &option(1)).await.status, 200);

    let submissions = futures_util::future::join_all((0..8).map(|_| submit(&ada, &attempt))).await;
    for same in &submissions {
        assert_eq!(
            (same.status.as_u16(), &same.body["score"], &same.body["ended_at"]),
            (200, &json!(10.0), &submissions[0].body["ended_at"])
        );
    }
    let late = write(&ada, &attempt, 10, &option(0)).await;
    assert_eq!(late.problem(), (409, "attempt_over"));
    assert_eq!(ada.get(&quiz).await.body["standing"]["attempts"].as_array().unwrap().len(), 1);

    let second = start(&ada, &quiz).await;
    submit(&ada, &second).await;
    assert_eq!(ada.get(&quiz).await.body["standing"]["score"], json!(5.0), "the average of 10 and 0");
}

#[tokio::test]
async fn every_answer_that_was_kept_before_the_end_is_graded() {
    let school = School::start().await;
    let tutor = school.person("tutor", "tutor").await;
    let ada = school.student("ada").await;
    let lesson = lesson(&mut school.sql().await, &tutor, &[&ada]).await;
    let quiz = quiz(&tutor, &lesson, json!({ "attempts_max": 20 })).await;
    for _ in 0..20 {
        let attempt = start(&ada, &quiz).await;
        let answers = right_answers();
        let (written, done) = tokio::join!(write(&ada, &attempt, 1, &answers), submit(&ada, &attempt));
        let expected = if written.status == 200 { json!(40.0) } else { json!(0.0) };
        assert_eq!(done.body["score"], expected, "{written:?}");
    }
    assert_eq!(start(&ada, &quiz).await.problem(), (409, "no_attempts_left"));
}

#[tokio::test]
async fn a_double_start_is_one_attempt() {
    let school = School::start().await;
    let tutor = school.person("tutor", "tutor").await;
    let ada = school.student("ada").await;
    let lesson = lesson(&mut school.sql().await, &tutor, &[&ada]).await;
    let quiz = quiz(&tutor, &lesson, json!({})).await;
    let started = futures_util::future::join_all((0..6).map(|_| start(&ada, &quiz))).await;
    let created = started.iter().filter(|attempt| attempt.status == 201).count();
    assert_eq!(created, 1, "{started:?}");
    assert!(started.iter().all(|attempt| attempt.text("/id") == started[0].text("/id")));
}

#[tokio::test]
async fn a_strangers_quiz_is_not_found_and_a_draft_neither() {
    let school = School::start().await;
    let (tutor, other) = (school.person("tutor", "tutor").await, school.person("other", "tutor").await);
    let (ada, eve) = (school.student("ada").await, school.student("eve").await);
    let mut sql = school.sql().await;
    let lesson = lesson(&mut sql, &tutor, &[&ada]).await;
    let path = quiz(&tutor, &lesson, json!({})).await;
    let attempt = start(&ada, &path).await;
    let id = path.rsplit('/').next().unwrap();
    let (lesson_id, attempt_id) = (lesson.id.to_string(), attempt.text("/id"));
    for (caller, tutors_too) in [(&eve, false), (&other, true)] {
        for (method, route, access) in TABLE {
            let of_quizzes = ["/v1/quizzes/{id}", "/v1/attempts/{id}"].iter().any(|prefix| route.starts_with(prefix));
            if !of_quizzes || (!tutors_too && !access.allows(Some(lectern_platform::token::Role::Student))) {
                continue;
            }
            let route = route.replace("{id}", if route.starts_with("/v1/attempts") { attempt_id } else { id });
            let body = match route.rsplit('/').next().unwrap() {
                "questions" => questions(),
                "answers" => json!({ "counter": 1, "answers": [{ "question": lesson_id, "answer": null }] }),
                "extra_time" => json!({ "person": ada.id, "extra_s": 1 }),
                _ => settings(json!({})),
            };
            let answer = caller.call(method.clone(), &route, Some(body)).await;
            assert_eq!(answer.problem(), (404, "not_found"), "{method} {route}: {answer:?}");
        }
        let list = caller.get(&format!("/v1/lessons/{lesson_id}/quizzes")).await;
        assert_eq!(list.body["items"], json!([]));
    }
    let made = tutor.post(&format!("/v1/lessons/{lesson_id}/quizzes"), json!({ "title": "Draft" })).await;
    assert_eq!(ada.get(&format!("/v1/quizzes/{}", made.text("/id"))).await.status, 404);
    assert_eq!(other.post(&format!("/v1/lessons/{lesson_id}/quizzes"), json!({ "title": "Mine" })).await.status, 404);
    // A lesson that is not open yet has its quizzes closed too.
    let before = Uuid::now_v7();
    let lock = format!(
        "INSERT INTO lessons (id, course_id, position, title, published_at) VALUES ('{before}', '{0}', 2, 'Before', now());
         INSERT INTO lesson_prerequisites (course_id, lesson_id, requires_id) VALUES ('{0}', '{1}', '{before}')",
        lesson.course, lesson.id
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(lock)).execute(&mut sql).await.unwrap();
    assert_eq!(start(&ada, &path).await.status, 404);
    let done = sqlx::query(
        "INSERT INTO lesson_progress (person_id, lesson_id, course_id, completed_at, completed_by)
         VALUES ($1::uuid, $2, $3, now(), 'marked')",
    );
    done.bind(&ada.id).bind(before).bind(lesson.course).execute(&mut sql).await.unwrap();
    assert_eq!(start(&ada, &path).await.status, 200);
    // Who leaves the course takes no quiz any more, but ends what they began.
    let left = sqlx::query("UPDATE enrolments SET left_at = now() WHERE course_id = $1");
    left.bind(lesson.course).execute(&mut sql).await.unwrap();
    assert_eq!(start(&ada, &path).await.status, 404);
    assert_eq!(submit(&ada, &attempt).await.status, 200);
}

#[tokio::test]
async fn what_was_asked_is_fixed_when_somebody_has_started() {
    let school = School::start().await;
    let tutor = school.person("tutor", "tutor").await;
    let ada = school.student("ada").await;
    let lesson = lesson(&mut school.sql().await, &tutor, &[&ada]).await;
    let quiz = quiz(&tutor, &lesson, json!({})).await;
    let path = format!("{quiz}/questions");
    let replace = || tutor.call(Method::PUT, &path, Some(questions()));
    assert_eq!(replace().await.status, 200);
    start(&ada, &quiz).await;
    assert_eq!(replace().await.problem(), (409, "quiz_has_attempts"));
    for (change, field) in [
        (json!({ "pass_percent": 10 }), "/pass_percent"),
        (json!({ "score_kept": "last" }), "/score_kept"),
        (json!({ "published": false }), "/published"),
    ] {
        let refused = tutor.call(Method::PUT, &quiz, Some(settings(change))).await;
        assert_eq!((refused.problem(), refused.fields()), ((409, "quiz_has_attempts"), vec![field]));
    }
    assert_eq!(tutor.call(Method::DELETE, &quiz, None).await.problem(), (409, "quiz_has_attempts"));
    let more = tutor.call(Method::PUT, &quiz, Some(settings(json!({ "attempts_max": 5, "title": "New" })))).await;
    assert_eq!((more.status.as_u16(), &more.body["attempts_max"]), (200, &json!(5)));
}

#[tokio::test]
async fn what_no_quiz_can_be_is_refused_at_its_fields() {
    let school = School::start().await;
    let tutor = school.person("tutor", "tutor").await;
    let ada = school.student("ada").await;
    let lesson = lesson(&mut school.sql().await, &tutor, &[&ada]).await;
    let quizzes = format!("/v1/lessons/{}/quizzes", lesson.id);
    let bad = json!({ "title": "", "opens_at": "2026-03-02T09:00:00Z", "closes_at": "2026-03-02T09:00:00Z", "time_limit_s": -1 });
    let refused = tutor.post(&quizzes, bad).await;
    assert_eq!(
        (refused.problem(), refused.fields()),
        ((422, "invalid"), vec!["/closes_at", "/time_limit_s", "/title"])
    );
    assert_eq!(tutor.post(&quizzes, settings(json!({}))).await.fields(), ["/published"]);
    let made = tutor.post(&quizzes, json!({ "title": "Empty" })).await;
    let empty = format!("/v1/quizzes/{}", made.text("/id"));
    let refused = tutor.call(Method::PUT, &empty, Some(settings(json!({})))).await;
    assert_eq!(refused.problem(), (409, "quiz_empty"));
    let mut odd = questions();
    odd["questions"][0]["key"]["right"] = json!(3);
    odd["questions"][2]["key"]["kind"] = json!("short_text");
    let refused = tutor.call(Method::PUT, &format!("{empty}/questions"), Some(odd.clone())).await;
    assert_eq!(refused.problem(), (422, "invalid"), "{refused:?}");
    odd["questions"][2]["key"] = json!({ "kind": "single", "right": 0 });
    let refused = tutor.call(Method::PUT, &format!("{empty}/questions"), Some(odd)).await;
    assert_eq!(refused.fields(), ["/questions/0/key/right", "/questions/2/key"], "{refused:?}");
    let person = tutor
        .call(Method::PUT, &format!("{empty}/extra_time"), Some(json!({ "person": tutor.id, "extra_s": 60 })))
        .await;
    assert_eq!((person.problem(), person.fields()), ((422, "invalid"), vec!["/person"]));
    for _ in 1..20 {
        assert_eq!(tutor.post(&quizzes, json!({ "title": "More" })).await.status, 201);
    }
    assert_eq!(tutor.post(&quizzes, json!({ "title": "More" })).await.problem(), (409, "too_many_quizzes"));

    let quiz = quiz_of_another_lesson(&school, &tutor, &ada).await;
    let attempt = start(&ada, &quiz).await;
    let refused =
        write(&ada, &attempt, 1, &[json!({ "kind": "single", "option": 3 }), json!({ "kind": "numeric", "value": 1 })])
            .await;
    assert_eq!(refused.fields(), ["/answers/0/answer", "/answers/1/answer"]);
    let twice = attempt.text("/questions/0/id");
    let body = json!({ "counter": -1, "answers": [{ "question": twice, "answer": null }, { "question": twice, "answer": null }] });
    let refused = ada.call(Method::PUT, &format!("{}/answers", attempt_path(&attempt)), Some(body)).await;
    assert_eq!(refused.fields(), ["/answers", "/counter"]);
    let body = json!({ "counter": 1, "answers": [{ "question": lesson.id, "answer": null }] });
    let refused = ada.call(Method::PUT, &format!("{}/answers", attempt_path(&attempt)), Some(body)).await;
    assert_eq!(refused.fields(), ["/answers/0/question"]);
}

async fn quiz_of_another_lesson(school: &School, tutor: &Client<'_>, student: &Client<'_>) -> String {
    let other = lesson(&mut school.sql().await, tutor, &[student]).await;
    quiz(tutor, &other, json!({})).await
}

/// A database whose clock can be set: what the server calls `clock_timestamp()` is found before Postgres' own.
async fn database_with_a_clock() -> (lectern_control_api::ControlApiConfig, PgConnection) {
    let url = database();
    let mut sql = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(
        "CREATE SCHEMA clock;
         CREATE TABLE clock.jump (by interval NOT NULL);
         INSERT INTO clock.jump VALUES ('0');
         CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
             AS 'SELECT pg_catalog.clock_timestamp() + by FROM clock.jump';
         DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = clock, pg_catalog, public', current_database()); END $$",
    )
    .execute(&mut sql)
    .await
    .unwrap();
    let mut config = config(&url);
    // It would look for its own table in the first schema of the path.
    config.database.migrate = false;
    (config, sql)
}

async fn set_clock(sql: &mut PgConnection, jump: &str) {
    sqlx::query("UPDATE clock.jump SET by = $1::interval").bind(jump).execute(sql).await.unwrap();
}

#[tokio::test]
async fn an_attempt_ends_at_its_due_time_by_a_late_request_or_by_itself() {
    let (config, mut sql) = database_with_a_clock().await;
    let school = School::with(config).await;
    let tutor = school.person("tutor", "tutor").await;
    let (ada, bob) = (school.student("ada").await, school.student("bob").await);
    let lesson = lesson(&mut school.sql().await, &tutor, &[&ada, &bob]).await;
    let quiz = quiz(&tutor, &lesson, json!({ "time_limit_s": 600, "attempts_max": 2 })).await;
    let (late, silent) = (start(&ada, &quiz).await, start(&bob, &quiz).await);
    for (student, attempt) in [(&ada, &late), (&bob, &silent)] {
        assert_eq!(write(student, attempt, 1, &right_answers()[..1]).await.status, 200);
    }
    set_clock(&mut sql, "9 minutes").await;
    assert_eq!(write(&ada, &late, 2, &right_answers()[..2]).await.status, 200, "in time");
    set_clock(&mut sql, "10 minutes").await;
    let refused = write(&ada, &late, 3, &right_answers()).await;
    assert_eq!(refused.problem(), (409, "attempt_over"));
    let ended = ada.get(&attempt_path(&late)).await;
    assert_eq!((&ended.body["score"], ended.text("/ended_by")), (&json!(20.0), "deadline"));
    assert_eq!(ended.body["ended_at"], ended.body["due_at"], "as if it had been noticed then");

    let begun = std::time::Instant::now();
    let results = loop {
        let results = tutor.get(&format!("{quiz}/results")).await;
        if results.body["items"].as_array().unwrap().len() == 2 {
            break results;
        }
        assert!(begun.elapsed() < PATIENCE, "{results:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(results.body["items"][1]["score"], json!(10.0));
    // A clock that is set back brings nothing back.
    set_clock(&mut sql, "-1 day").await;
    assert_eq!(write(&bob, &silent, 4, &right_answers()).await.problem(), (409, "attempt_over"));
    assert_eq!(submit(&bob, &silent).await.body["score"], json!(10.0));
    let again = start(&bob, &quiz).await;
    assert_eq!((again.status.as_u16(), &again.body["number"]), (201, &json!(2)));
}

#[tokio::test]
async fn extra_time_and_closing_are_judged_by_the_databases_clock() {
    let (config, mut sql) = database_with_a_clock().await;
    let school = School::with(config).await;
    let tutor = school.person("tutor", "tutor").await;
    let (ada, bob) = (school.student("ada").await, school.student("bob").await);
    let lesson = lesson(&mut school.sql().await, &tutor, &[&ada, &bob]).await;
    let (opens_at, closes_at) = ("2040-03-02T09:00:00Z", "2040-03-02T10:00:00Z");
    let times = json!({ "opens_at": opens_at, "closes_at": closes_at, "keys_shown": "after_close", "attempts_max": 9 });
    let quiz = quiz(&tutor, &lesson, times).await;
    let extra = json!({ "person": bob.id, "extra_s": 900 });
    assert_eq!(tutor.call(Method::PUT, &format!("{quiz}/extra_time"), Some(extra)).await.status, 200);
    assert_eq!(start(&ada, &quiz).await.problem(), (409, "quiz_not_open"));
    let at = async |sql: &mut PgConnection, time: &str| {
        let set = sqlx::query("UPDATE clock.jump SET by = $1::timestamptz - pg_catalog.clock_timestamp()");
        set.bind(time).execute(sql).await.unwrap();
    };
    at(&mut sql, "2040-03-02T09:59:00Z").await;
    let (first, second) = (start(&ada, &quiz).await, start(&bob, &quiz).await);
    assert_eq!((first.text("/due_at"), second.text("/due_at")), (closes_at, "2040-03-02T10:15:00Z"));
    at(&mut sql, "2040-03-02T10:14:00Z").await;
    assert_eq!(start(&ada, &quiz).await.problem(), (409, "quiz_closed"));
    let ended = ada.get(&attempt_path(&first)).await;
    assert_eq!(ended.text("/ended_at"), closes_at);
    assert!(!has_key(&ended.body), "somebody has more time");
    assert_eq!(write(&bob, &second, 1, &right_answers()).await.status, 200);
    at(&mut sql, "2040-03-02T10:15:00Z").await;
    assert_eq!(submit(&bob, &second).await.body["score"], json!(40.0), "what was kept counts");
    assert!(has_key(&ada.get(&attempt_path(&first)).await.body), "closed for everybody");
}

#[tokio::test]
async fn two_nodes_end_each_attempt_once() {
    let (config, mut sql) = database_with_a_clock().await;
    let shared = Shared::new();
    let one = School::node(config.clone(), shared.clone()).await;
    let two = School::node(config, shared).await;
    let tutor = one.person("tutor", "tutor").await;
    let lesson = lesson(&mut one.sql().await, &tutor, &[]).await;
    let quiz = quiz(&tutor, &lesson, json!({ "time_limit_s": 60 })).await;
    let mut students = Vec::new();
    for index in 0..24 {
        let student = one.student(&format!("s{index}")).await;
        enrol(&mut one.sql().await, lesson.course, &student.id).await;
        let attempt = start(&student, &quiz).await;
        // What one node was told the other knows.
        assert_eq!(write(&student.at(&two), &attempt, 1, &right_answers()).await.status, 200);
        students.push((student, attempt));
    }
    sqlx::raw_sql(
        "CREATE TABLE clock.ends (attempt uuid);
         CREATE FUNCTION clock.note() RETURNS trigger LANGUAGE plpgsql
             AS $$ BEGIN INSERT INTO clock.ends VALUES (NEW.id); RETURN NEW; END $$;
         CREATE TRIGGER note AFTER UPDATE ON public.quiz_attempts FOR EACH ROW EXECUTE FUNCTION clock.note()",
    )
    .execute(&mut sql)
    .await
    .unwrap();
    set_clock(&mut sql, "1 hour").await;
    // The sweepers of both, and late requests to both, at once.
    let late = students
        .iter()
        .take(8)
        .zip([&one, &two].into_iter().cycle())
        .map(async |((student, attempt), node)| submit(&student.at(node), attempt).await);
    for answer in futures_util::future::join_all(late).await {
        assert_eq!((&answer.body["score"], answer.text("/ended_by")), (&json!(40.0), "deadline"), "{answer:?}");
    }
    let begun = std::time::Instant::now();
    loop {
        let left =
            sqlx::query("SELECT count(*) FROM public.quiz_attempts WHERE ended_at IS NULL").fetch_one(&mut sql).await;
        if left.unwrap().get::<i64, _>(0) == 0 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "attempts stay in progress");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let ends =
        sqlx::query("SELECT count(*), count(DISTINCT attempt) FROM clock.ends").fetch_one(&mut sql).await.unwrap();
    assert_eq!((ends.get::<i64, _>(0), ends.get::<i64, _>(1)), (24, 24));
    let results = tutor.get(&format!("{quiz}/results")).await;
    assert!(results.body["items"].as_array().unwrap().iter().all(|result| result["score"] == json!(40.0)));
    one.server.shutdown().await;
    two.server.shutdown().await;
}
