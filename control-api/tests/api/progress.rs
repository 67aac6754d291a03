//! Progress: reports in any order, completion, and what a killed process leaves.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tokio::runtime::Runtime;

use crate::school::{Answer, Client, School, config, database};

impl Client<'_> {
    pub(crate) async fn watch(&self, lesson: &str, from_s: i32, to_s: i32, counter: i64) -> Answer {
        let watched = json!({ "from_s": from_s, "to_s": to_s });
        let report = json!({ "position_s": to_s, "watched": watched, "counter": counter });
        self.post(&format!("/v1/lessons/{lesson}/progress"), report).await
    }
}

fn video(length_s: i32) -> Value {
    json!({ "video_s": length_s, "completion": "watched" })
}

#[tokio::test]
async fn a_lesson_is_complete_when_enough_of_it_is_watched() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "one", video(60)).await;
    ada.enrol(&course).await;
    let path = format!("/v1/lessons/{lesson}/progress");
    assert_eq!(ada.get(&path).await.body["watched_s"], json!(0));
    assert_eq!(ada.watch(&lesson, 0, 30, 1).await.body["watched_s"], json!(30));
    // The same once more, and what is beyond the end, count for nothing.
    assert_eq!(ada.watch(&lesson, 10, 30, 2).await.body["watched_s"], json!(30));
    let almost = ada.watch(&lesson, 37, 86_400, 3).await;
    assert_eq!((&almost.body["watched_s"], &almost.body["position_s"]), (&json!(53), &json!(60)));
    assert_eq!(almost.body["completed_at"], Value::Null, "53 of 60 seconds are less than 90 percent");
    let enough = ada.watch(&lesson, 30, 31, 4).await;
    assert_eq!((&enough.body["watched_s"], enough.text("/completed_by")), (&json!(54), "watched"));
    let at = enough.text("/completed_at");
    assert_eq!(ada.watch(&lesson, 31, 37, 5).await.text("/completed_at"), at);
    assert_eq!(ada.get(&path).await.text("/completed_at"), at);
    // A report that comes late moves nothing back; a longer video does not either.
    assert_eq!(ada.watch(&lesson, 0, 1, 0).await.body["position_s"], json!(37));
    mona.patch(&format!("/v1/lessons/{lesson}"), json!({ "video_s": 6_000 })).await;
    assert_eq!(ada.watch(&lesson, 0, 1, 6).await.text("/completed_at"), at);
    assert_eq!(mona.delete(&format!("/v1/lessons/{lesson}")).await.problem(), (409, "lesson_has_progress"));
    assert_eq!(mona.delete(&format!("/v1/courses/{course}")).await.status, 409);
}

#[tokio::test]
async fn only_who_may_open_a_lesson_reports_on_it() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    let one = mona.lesson(&course, "one", json!({})).await;
    let two = mona.lesson(&course, "two", json!({ "requires": [one], "video_s": 60, "completion": "watched" })).await;
    let hidden = mona.lesson(&course, "hidden", json!({ "published": false })).await;
    let draft = mona.post("/v1/courses", json!({ "title": "Draft" })).await.text("/id").to_owned();
    let drafted = mona.lesson(&draft, "one", video(60)).await;
    assert_eq!(ada.watch(&one, 0, 1, 1).await.problem(), (403, "enrolment_needed"));
    ada.enrol(&course).await;
    for (lesson, refusal) in [
        (&two, (409, "lesson_locked")),
        (&hidden, (404, "not_found")),
        (&drafted, (404, "not_found")),
        (&course, (404, "not_found")),
    ] {
        assert_eq!(ada.watch(lesson, 0, 1, 1).await.problem(), refusal);
        assert_eq!(ada.get(&format!("/v1/lessons/{lesson}/progress")).await.problem(), refusal);
        assert_eq!(ada.post(&format!("/v1/lessons/{lesson}/done"), json!({})).await.problem(), refusal);
    }
    assert_eq!(ada.post(&format!("/v1/lessons/{one}/done"), json!({})).await.text("/completed_by"), "marked");
    assert_eq!(ada.watch(&two, 0, 1, 1).await.status, 200);
    assert_eq!(ada.post(&format!("/v1/lessons/{two}/done"), json!({})).await.problem(), (409, "not_to_be_marked"));
    let outline = ada.get(&format!("/v1/courses/{course}/lessons")).await;
    let (first, second) = (&outline.body["items"][0], &outline.body["items"][1]);
    assert!(first["completed_at"].is_string() && second["locked"] == json!(false), "{outline:?}");
    ada.delete(&format!("/v1/courses/{course}/enrolment")).await;
    assert_eq!(ada.watch(&two, 1, 2, 2).await.problem(), (403, "enrolment_needed"));
}

#[tokio::test]
async fn a_report_says_what_is_wrong_with_it() {
    let school = School::start().await;
    let ada = school.student("ada").await;
    let lesson = "01890000-0000-7000-8000-000000000000";
    for (from, to, counter, fields) in [
        (-1, 5, 0, vec!["/watched/from_s"]),
        (5, 4, 0, vec!["/position_s", "/watched/to_s"]),
        (0, 86_401, 0, vec!["/position_s", "/watched/to_s"]),
        (0, 1, -1, vec!["/counter"]),
        (0, 1, (1 << 53) + 1, vec!["/counter"]),
    ] {
        let answer = ada.watch(lesson, from, to, counter).await;
        let position = fields.contains(&"/position_s") && to <= 86_400;
        let fields: Vec<_> = fields.into_iter().filter(|field| !(position && *field == "/position_s")).collect();
        assert_eq!((answer.problem(), answer.fields()), ((422, "invalid"), fields), "{from} {to} {counter}");
    }
}

/// What the row must say after these reports, in whatever order.
fn expected(reports: &[(i32, i32, i64)], video_s: i32) -> (Value, Value, bool) {
    let watched = (0..video_s).filter(|s| reports.iter().any(|(from, to, _)| (from..to).contains(&s))).count();
    let position = reports.iter().max_by_key(|(_, to, counter)| (*counter, *to)).map_or(0, |(_, to, _)| *to);
    let enough = watched * 100 >= usize::try_from(video_s).unwrap() * 90;
    (json!(watched), json!(position.min(video_s)), enough)
}

#[test]
fn any_order_and_repetition_of_reports_gives_the_same() {
    let runtime = Runtime::new().unwrap();
    let (school, course) = runtime.block_on(async {
        let school = School::start().await;
        let mona = school.person("mona", "tutor").await;
        let course = mona.course("Algebra").await;
        (school, course)
    });
    let (mut mona, ada, bob) =
        runtime.block_on(async { (school.stranger(), school.student("ada").await, school.student("bob").await) });
    runtime.block_on(async {
        mona.log_in("mona").await;
        ada.enrol(&course).await;
        bob.enrol(&course).await;
    });
    let report = (0_i32..50, 0_i32..40, 0_i64..12).prop_map(|(from, length, counter)| (from, from + length, counter));
    let reports = proptest::collection::vec(report, 1..12);
    let shuffled = reports.prop_flat_map(|reports| {
        let twice: Vec<_> = reports.iter().chain(&reports).copied().collect();
        (Just(reports), Just(twice).prop_shuffle())
    });
    let check = |(reports, shuffled): (Vec<_>, Vec<_>)| {
        runtime.block_on(async {
            let lesson = mona.lesson(&course, "video", video(60)).await;
            let mut completed = false;
            for (from, to, counter) in &reports {
                let answer = ada.watch(&lesson, *from, *to, *counter).await;
                assert!(!completed || answer.body["completed_at"].is_string(), "completion never goes back");
                completed = answer.body["completed_at"].is_string();
            }
            // All at once, so that they meet in batches.
            let all = shuffled.iter().map(|(from, to, counter)| bob.watch(&lesson, *from, *to, *counter));
            futures_util::future::join_all(all).await;
            for who in [&ada, &bob] {
                let row = who.get(&format!("/v1/lessons/{lesson}/progress")).await.body;
                let found = (row["watched_s"].clone(), row["position_s"].clone(), row["completed_at"].is_string());
                assert_eq!(found, expected(&reports, 60), "{reports:?}");
            }
        });
        Ok(())
    };
    TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() })
        .run(&shuffled, check)
        .unwrap();
}

/// Every student's acknowledged seconds.
type Acknowledged = Arc<Mutex<HashMap<String, Vec<i32>>>>;

async fn kept(sql: &mut PgConnection, person: &str, second: i32) -> bool {
    let query =
        "SELECT coalesce(bool_or(watched @> $2::integer), false) FROM lesson_progress WHERE person_id = $1::uuid";
    sqlx::query_scalar(query).bind(person).bind(second).fetch_one(sql).await.unwrap()
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_dies() {
    const STUDENTS: usize = 12;
    let url = database();
    let process = Runtime::new().unwrap();
    // As a process that is killed: nothing of it goes on, and nothing of it is released in order.
    let (school, lesson): (&'static School, String) = process.block_on(async {
        let school: &'static School = Box::leak(Box::new(School::with(config(&url)).await));
        let mona = school.person("mona", "tutor").await;
        let course = mona.course("Algebra").await;
        (school, mona.lesson(&course, "one", video(86_400)).await)
    });
    let acknowledged: Acknowledged = Arc::default();
    for number in 0..STUDENTS {
        let (lesson, acknowledged) = (lesson.clone(), Arc::clone(&acknowledged));
        process.spawn(async move {
            let ada = school.student(&format!("student{number}")).await;
            let sql = &mut school.sql().await;
            let enrol =
                "INSERT INTO enrolments (course_id, person_id, source) SELECT course_id, $1::uuid, 'open' FROM lessons";
            sqlx::query(enrol).bind(&ada.id).execute(sql).await.unwrap();
            for second in 0.. {
                let answer = ada.watch(&lesson, second, second + 1, i64::from(second)).await;
                if answer.status == 200 {
                    acknowledged.lock().unwrap().entry(ada.id.clone()).or_default().push(second);
                }
            }
        });
    }
    let enough = || {
        let acknowledged = acknowledged.lock().unwrap();
        acknowledged.len() == STUDENTS && acknowledged.values().all(|seconds| seconds.len() > 20)
    };
    lectern_testing::wait_until("all students report", Duration::from_secs(30), enough);
    let test = Runtime::new().unwrap();
    test.block_on(async {
        let mut sql = PgConnection::connect(&url).await.unwrap();
        // From here on what is received is not committed.
        let mut lock = sql.begin().await.unwrap();
        sqlx::query("LOCK TABLE lesson_progress IN EXCLUSIVE MODE").execute(&mut *lock).await.unwrap();
        // Time for those that wait to be acknowledged, if that did not wait for the commit.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let meanwhile = acknowledged.lock().unwrap().clone();
        for (person, seconds) in &meanwhile {
            for &second in seconds {
                assert!(kept(&mut lock, person, second).await, "second {second} is not committed yet");
            }
        }
        process.shutdown_background();
        lock.rollback().await.unwrap();
        let acknowledged = acknowledged.lock().unwrap().clone();
        for (person, seconds) in acknowledged {
            for second in seconds {
                assert!(kept(&mut sql, &person, second).await, "second {second} of {person} was acknowledged");
            }
        }
    });
}

/// A school of 2,000 students in 200 courses of 20 lessons.
pub(crate) const CROWD: &str = "
    INSERT INTO people (id, email, name, role)
        SELECT gen_random_uuid(), 'crowd' || n || '@school.example', 'c' || n, 'student' FROM generate_series(1, 2000) n;
    INSERT INTO courses (id, title, state, published_at)
        SELECT gen_random_uuid(), 'Course ' || n, 'published', now() FROM generate_series(1, 200) n;
    INSERT INTO lessons (id, course_id, position, title, published_at)
        SELECT gen_random_uuid(), c.id, n, 'Lesson', now() FROM courses c, generate_series(100, 119) n;
    INSERT INTO enrolments (course_id, person_id, source)
        SELECT c.id, p.id, 'open' FROM courses c, people p WHERE abs(hashtext(c.id::text || p.id::text)) % 20 = 0;
    INSERT INTO lesson_progress (person_id, lesson_id, course_id)
        SELECT e.person_id, l.id, l.course_id FROM enrolments e JOIN lessons l ON l.course_id = e.course_id WHERE l.position < 104;
    INSERT INTO lesson_prerequisites (course_id, lesson_id, requires_id)
        SELECT a.course_id, b.id, a.id FROM lessons a JOIN lessons b ON a.course_id = b.course_id AND b.position = a.position + 1
        WHERE a.position > 110;
    ANALYZE";

/// What is large in it.
const LARGE: &[&str] = &["people", "lessons", "enrolments", "lesson_progress"];

/// How often each large table was read from end to end. Those with a few hundred rows Postgres rightly reads so.
pub(crate) async fn whole_reads(school: &School, tables: &[&str]) -> Vec<(String, i64)> {
    let query = "SELECT relname::text, seq_scan FROM pg_stat_user_tables WHERE relname = ANY($1) ORDER BY relname";
    sqlx::query_as(query).bind(tables).fetch_all(&mut school.sql().await).await.unwrap()
}

#[tokio::test]
async fn no_hot_query_reads_a_large_table_from_end_to_end() {
    let url = database();
    let first = School::with(config(&url)).await;
    let mona = first.person("mona", "tutor").await;
    first.student("ada").await;
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "one", video(60)).await;
    let mut sql = first.sql().await;
    sqlx::raw_sql(CROWD).execute(&mut sql).await.unwrap();
    // What a connection counted is seen by others when it has ended.
    sql.close().await.unwrap();
    first.server.shutdown().await;

    let school = School::with(config(&url)).await;
    let (mut ada, mut mona) = (school.stranger(), school.stranger());
    ada.log_in("ada").await;
    mona.log_in("mona").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let before = whole_reads(&school, LARGE).await;
    ada.enrol(&course).await;
    for counter in 0..8 {
        assert_eq!(ada.watch(&lesson, 0, 8, counter).await.status, 200);
    }
    for path in [
        "/v1/courses?limit=20".to_owned(),
        "/v1/courses?q=course%201".to_owned(),
        format!("/v1/courses/{course}"),
        format!("/v1/courses/{course}/lessons"),
        format!("/v1/lessons/{lesson}"),
        format!("/v1/lessons/{lesson}/progress"),
    ] {
        assert_eq!(ada.get(&path).await.status, 200, "{path}");
    }
    assert_eq!(mona.get(&format!("/v1/courses/{course}/enrolments?limit=20")).await.status, 200);
    school.server.shutdown().await;
    let after = School::with(config(&url)).await;
    assert_eq!(whole_reads(&after, LARGE).await, before);
}
