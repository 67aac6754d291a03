//! Portfolios: what they show, that no write is missing in them, and what is left of them without Redis.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, header};
use lectern_platform::cache::{CacheConfig, RedisConfig};
use lectern_testing::redis::{Memory, Redis};
use prometheus::Registry;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::progress::{CROWD, whole_reads};
use crate::quizzes::{Lesson, quiz, right_answers, start, submit, write};
use crate::school::{Answer, Client, School, Shared, config, database};

const PORTFOLIO: &str = "/v1/me/portfolio";

impl Client<'_> {
    async fn portfolio(&self) -> Value {
        let answer = self.get(PORTFOLIO).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    async fn done(&self, lesson: &str) -> Answer {
        self.post(&format!("/v1/lessons/{lesson}/done"), json!({})).await
    }
}

/// Without what differs from call to call.
fn plain(mut portfolio: Value) -> Value {
    for course in portfolio["courses"].as_array_mut().unwrap() {
        assert!(course.as_object_mut().unwrap().remove("last_activity_at").unwrap().is_string());
        course.as_object_mut().unwrap().remove("id");
    }
    portfolio
}

async fn on_redis(redis: &Redis) -> Shared {
    // Much more than an answer takes, for a busy machine.
    let config =
        CacheConfig { redis: Some(RedisConfig::single(redis.url())), answer_ms: 2_000, ..CacheConfig::default() };
    Shared { cache: config.start(&Registry::new()).await.unwrap(), ..Shared::new() }
}

async fn sql(school: &School, statement: String) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut school.sql().await).await.unwrap();
}

/// A course that was renamed behind the cache's back: who sees the new name was not answered from the cache.
async fn rename_unseen(school: &School, course: &str, title: &str) {
    sql(school, format!("UPDATE courses SET title = '{title}' WHERE id = '{course}'")).await;
}

#[tokio::test]
async fn a_portfolio_shows_each_thing_that_was_done_at_once_on_every_node() {
    let (url, shared) = (database(), Shared::new());
    let school = School::node(config(&url), shared.clone()).await;
    let other = School::node(config(&url), shared).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let seen = ada.at(&other);
    let nothing = json!({ "courses": [], "streak": { "days": 0, "best": 0, "today": false }, "lessons_completed": 0 });
    assert_eq!(seen.portfolio().await, nothing);
    let course = mona.course("Algebra").await;
    let video = mona.lesson(&course, "Video", json!({ "video_s": 100, "completion": "watched" })).await;
    let text = mona.lesson(&course, "Text", json!({ "requires": [video] })).await;
    let test = mona.lesson(&course, "Test", json!({ "completion": "quiz", "requires": [text] })).await;
    mona.lesson(&course, "Later", json!({ "published": false })).await;
    ada.enrol(&course).await;
    let mut expected = json!({
        "courses": [{ "title": "Algebra", "summary": "", "state": "published", "lessons": 3, "completed": 0, "percent": 0,
                      "score": null, "score_max": null, "next_lesson": { "id": video, "title": "Video" } }],
        "streak": { "days": 0, "best": 0, "today": false },
        "lessons_completed": 0,
    });
    assert_eq!(plain(seen.portfolio().await), expected);
    ada.watch(&video, 0, 39, 1).await;
    expected["courses"][0]["percent"] = json!(10);
    expected["streak"] = json!({ "days": 1, "best": 1, "today": true });
    assert_eq!(plain(seen.portfolio().await), expected, "3 tenths of one lesson of three");
    ada.watch(&video, 39, 90, 2).await;
    expected["courses"][0]["percent"] = json!(33);
    expected["courses"][0]["completed"] = json!(1);
    expected["courses"][0]["next_lesson"] = json!({ "id": text, "title": "Text" });
    expected["lessons_completed"] = json!(1);
    assert_eq!(plain(seen.portfolio().await), expected);
    ada.done(&text).await;
    expected["courses"][0]["percent"] = json!(66);
    expected["courses"][0]["completed"] = json!(2);
    expected["courses"][0]["next_lesson"] = json!({ "id": test, "title": "Test" });
    expected["lessons_completed"] = json!(2);
    assert_eq!(plain(seen.portfolio().await), expected);
    let lesson = Lesson { id: test.parse().unwrap(), course: course.parse().unwrap() };
    let exam = quiz(&mona, &lesson, json!({ "attempts_max": 2, "pass_percent": 60 })).await;
    let attempt = start(&ada, &exam).await;
    write(&ada, &attempt, 1, &right_answers()[..2]).await;
    submit(&ada, &attempt).await;
    expected["courses"][0]["score"] = json!(20.0);
    expected["courses"][0]["score_max"] = json!(40.0);
    assert_eq!(plain(seen.portfolio().await), expected, "not passed");
    let attempt = start(&ada, &exam).await;
    write(&ada, &attempt, 1, &right_answers()).await;
    submit(&ada, &attempt).await;
    expected["courses"][0]["score"] = json!(40.0);
    expected["courses"][0]["percent"] = json!(100);
    expected["courses"][0]["completed"] = json!(3);
    expected["courses"][0]["next_lesson"] = Value::Null;
    expected["lessons_completed"] = json!(3);
    assert_eq!(plain(seen.portfolio().await), expected);
    ada.delete(&format!("/v1/courses/{course}/enrolment")).await;
    expected["courses"] = json!([]);
    assert_eq!(plain(seen.portfolio().await), expected, "what was completed stays so");
}

#[tokio::test]
async fn days_without_a_gap_are_a_streak_that_ends_a_day_after_the_last() {
    let school = School::start().await;
    for (name, ago, days, best, today) in [
        ("none", vec![], 0, 0, false),
        ("today", vec![0], 1, 1, true),
        ("still", vec![1, 2, 3], 3, 3, false),
        ("over", vec![2, 3, 4], 0, 3, false),
        ("again", vec![0, 1, 5, 6, 7, 8, 20], 2, 4, true),
    ] {
        let student = school.student(name).await;
        for day in ago {
            let id = &student.id;
            let insert = format!("INSERT INTO learning_days VALUES ('{id}', (now() AT TIME ZONE 'UTC')::date - {day})");
            sql(&school, insert).await;
        }
        let streak = json!({ "days": days, "best": best, "today": today });
        assert_eq!(student.portfolio().await["streak"], streak, "{name}");
    }
}

#[tokio::test]
async fn a_portfolio_comes_from_the_cache_until_something_in_it_moves() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Old").await;
    let lesson = mona.lesson(&course, "one", json!({ "video_s": 1_000, "completion": "watched" })).await;
    ada.enrol(&course).await;
    ada.watch(&lesson, 0, 10, 1).await;
    let title = async || ada.portfolio().await["courses"][0]["title"].clone();
    assert_eq!(title().await, "Old");
    rename_unseen(&school, &course, "New").await;
    // 1 percent more of the video is not seen.
    ada.watch(&lesson, 10, 20, 2).await;
    assert_eq!(title().await, "Old");
    ada.watch(&lesson, 20, 99, 3).await;
    assert_eq!(title().await, "Old");
    ada.watch(&lesson, 99, 100, 4).await;
    assert_eq!(title().await, "New", "a tenth");
    rename_unseen(&school, &course, "Newer").await;
    ada.watch(&lesson, 0, 100, 5).await;
    assert_eq!(title().await, "New", "nothing that was not watched before");
    let another = mona.lesson(&course, "two", json!({})).await;
    assert_eq!(title().await, "Newer");
    for (method, path, body) in [
        (Method::PATCH, format!("/v1/courses/{course}"), json!({ "summary": "All of it" })),
        (Method::PATCH, format!("/v1/lessons/{lesson}"), json!({ "title": "first" })),
        (Method::PUT, format!("/v1/courses/{course}/lessons/order"), json!({ "lessons": [another, lesson] })),
        (Method::DELETE, format!("/v1/lessons/{another}"), Value::Null),
    ] {
        let unseen = format!("{method} {path}");
        title().await;
        sql(&school, format!("UPDATE courses SET title = '{unseen}' WHERE id = '{course}'")).await;
        let answer = mona.call(method, &path, Some(body)).await;
        assert!(answer.status.is_success(), "{answer:?}");
        assert_eq!(title().await, *unseen);
    }
}

#[tokio::test]
async fn who_has_a_portfolio_already_is_told_so() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    let first = ada.get(PORTFOLIO).await;
    assert_eq!(first.headers[header::CACHE_CONTROL], "private, no-cache");
    let tag = first.headers[header::ETAG].clone();
    let ask = async || {
        let request = Request::get(PORTFOLIO).header(header::IF_NONE_MATCH, &tag);
        let token = format!("Bearer {}", ada.token.as_ref().unwrap());
        school.send(request.header(header::AUTHORIZATION, token).body(Body::empty()).unwrap()).await
    };
    let known = ask().await;
    assert_eq!((known.status.as_u16(), &known.headers[header::ETAG], known.body), (304, &tag, Value::Null));
    ada.enrol(&course).await;
    let changed = ask().await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.headers[header::ETAG], tag);
    assert_eq!(school.stranger().get(PORTFOLIO).await.status, 401);
}

#[tokio::test]
async fn a_change_in_a_large_course_is_seen_by_all_of_it() {
    let school = School::start().await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Old").await;
    let (early, late) = (school.student("early").await, school.student("late").await);
    for (who, count) in [("before", 1), ("between", 2_500), ("after", 1)] {
        let crowd = format!(
            "WITH crowd AS (INSERT INTO people (id, email, name, role)
                 SELECT CASE '{who}' WHEN 'before' THEN '{}'::uuid WHEN 'after' THEN '{}' ELSE gen_random_uuid() END,
                        '{who}' || n || '@school.example', 'c', 'student' FROM generate_series(1, {count}) n
                 ON CONFLICT (id) DO UPDATE SET name = 'c' RETURNING id)
             INSERT INTO enrolments (course_id, person_id, source) SELECT '{course}', id, 'open' FROM crowd",
            early.id, late.id
        );
        sql(&school, crowd).await;
    }
    let title = async |who: &Client<'_>| who.portfolio().await["courses"][0]["title"].clone();
    assert_eq!((title(&early).await, title(&late).await), (json!("Old"), json!("Old")));
    mona.patch(&format!("/v1/courses/{course}"), json!({ "title": "New" })).await;
    assert_eq!((title(&early).await, title(&late).await), (json!("New"), json!("New")));
}

/// Something that somebody does.
#[derive(Clone, Debug)]
enum Step {
    Enrol(usize),
    Leave(usize),
    Watch { lesson: usize, from_s: i32, to_s: i32 },
    Done(usize),
    Quiz { right: usize },
    Publish { lesson: usize, published: bool },
    Require { lesson: usize, requires: Option<usize> },
    Reorder(usize),
    Rename(usize),
    Archive { course: usize, archived: bool },
    Read,
}

fn step() -> impl Strategy<Value = Step> {
    let lesson = || 0..8_usize;
    prop_oneof![
        2 => (0..2_usize).prop_map(Step::Enrol),
        1 => (0..2_usize).prop_map(Step::Leave),
        8 => (lesson(), 0..100_i32, 0..60_i32).prop_map(|(lesson, from_s, s)| Step::Watch { lesson, from_s, to_s: from_s + s }),
        3 => lesson().prop_map(Step::Done),
        2 => (0..=4_usize).prop_map(|right| Step::Quiz { right }),
        1 => (lesson(), any::<bool>()).prop_map(|(lesson, published)| Step::Publish { lesson, published }),
        1 => (lesson(), proptest::option::of(lesson())).prop_map(|(lesson, requires)| Step::Require { lesson, requires }),
        1 => (0..2_usize).prop_map(Step::Reorder),
        1 => (0..2_usize).prop_map(Step::Rename),
        1 => (0..2_usize, any::<bool>()).prop_map(|(course, archived)| Step::Archive { course, archived }),
        6 => Just(Step::Read),
    ]
}

/// Two courses of four lessons, the last of the first with a quiz, and a student who is in both.
struct World<'a> {
    mona: Client<'a>,
    ada: Client<'a>,
    courses: [String; 2],
    lessons: Vec<String>,
    quiz: String,
}

impl<'a> World<'a> {
    async fn new(school: &'a School, mona: &Client<'_>, name: &str) -> Self {
        let mona = mona.at(school);
        let ada = school.student(name).await;
        let courses = [mona.course("Algebra").await, mona.course("Logic").await];
        let mut lessons = Vec::new();
        for course in &courses {
            ada.enrol(course).await;
            for (title, fields) in [
                ("video", json!({ "video_s": 100, "completion": "watched" })),
                ("lecture", json!({ "video_s": 70, "completion": "marked" })),
                ("text", json!({})),
                ("test", json!({ "completion": "quiz" })),
            ] {
                lessons.push(mona.lesson(course, title, fields).await);
            }
        }
        let lesson = Lesson { id: lessons[3].parse().unwrap(), course: courses[0].parse().unwrap() };
        let quiz = quiz(&mona, &lesson, json!({ "attempts_max": 100, "pass_percent": 60, "score_kept": "last" })).await;
        Self { mona, ada, courses, lessons, quiz }
    }

    /// What is refused changes nothing, which is as good.
    async fn take(&self, step: &Step, number: usize) {
        let (ada, mona) = (&self.ada, &self.mona);
        let lesson = |lesson: usize| format!("/v1/lessons/{}", self.lessons[lesson]);
        let course = |course: usize| format!("/v1/courses/{}", self.courses[course]);
        match *step {
            Step::Enrol(at) => drop(ada.post(&format!("{}/enrolment", course(at)), json!({})).await),
            Step::Leave(at) => drop(ada.delete(&format!("{}/enrolment", course(at))).await),
            Step::Watch { lesson, from_s, to_s } => {
                drop(ada.watch(&self.lessons[lesson], from_s, to_s, i64::try_from(number).unwrap()).await);
            }
            Step::Done(lesson) => drop(ada.done(&self.lessons[lesson]).await),
            Step::Quiz { right } => {
                let attempt = start(ada, &self.quiz).await;
                if attempt.status.is_success() {
                    write(ada, &attempt, 1, &right_answers()[..right]).await;
                    assert_eq!(submit(ada, &attempt).await.status, 200);
                }
            }
            Step::Publish { lesson: at, published } => {
                drop(mona.patch(&lesson(at), json!({ "published": published })).await);
            }
            Step::Require { lesson: at, requires } => {
                let requires: Vec<_> = requires.iter().map(|other| &self.lessons[*other]).collect();
                drop(mona.patch(&lesson(at), json!({ "requires": requires })).await);
            }
            Step::Reorder(at) => {
                let mut order = self.lessons[4 * at..4 * at + 4].to_vec();
                order.rotate_left(number % 4);
                let order = json!({ "lessons": order });
                drop(mona.call(Method::PUT, &format!("{}/lessons/order", course(at)), Some(order)).await);
            }
            Step::Rename(at) => drop(mona.patch(&course(at), json!({ "title": format!("Title {number}") })).await),
            Step::Archive { course: at, archived } => {
                let state = if archived { "archived" } else { "published" };
                drop(mona.patch(&course(at), json!({ "state": state })).await);
            }
            Step::Read => drop(ada.portfolio().await),
        }
    }
}

/// Lessons of a course in order: whether it is published and complete, seconds watched, seconds of the video, whether it is
/// locked, its title.
type Rows = Vec<(bool, bool, i32, Option<i32>, bool, String)>;

/// What the tables say, put together in another way.
async fn from_scratch(sql: &mut PgConnection, person: &str, course: &str) -> Value {
    let rows: Rows = sqlx::query_as(
        "SELECT l.published_at IS NOT NULL, coalesce(p.completed_at IS NOT NULL, false), coalesce(p.watched_s, 0), l.video_s,
                EXISTS (SELECT FROM lesson_prerequisites r WHERE r.lesson_id = l.id AND NOT EXISTS (
                    SELECT FROM lesson_progress q
                    WHERE q.lesson_id = r.requires_id AND q.person_id = $1::uuid AND q.completed_at IS NOT NULL)),
                l.title
         FROM lessons l LEFT JOIN lesson_progress p ON p.lesson_id = l.id AND p.person_id = $1::uuid
         WHERE l.course_id = $2::uuid ORDER BY l.position",
    )
    .bind(person)
    .bind(course)
    .fetch_all(&mut *sql)
    .await
    .unwrap();
    let shown: Vec<_> = rows.into_iter().filter(|(published, ..)| *published).collect();
    let tenths = shown.iter().map(|(_, complete, watched, video, ..)| match (complete, video) {
        (true, _) => 10,
        (false, Some(video)) => (watched * 10 / video).min(9),
        (false, None) => 0,
    });
    let count = i32::try_from(shown.len()).unwrap();
    let percent = if count == 0 { 0 } else { tenths.sum::<i32>() * 10 / count };
    let next = shown.iter().find(|(_, complete, _, _, locked, _)| !complete && !locked);
    let (title, state): (String, String) = sqlx::query_as("SELECT title, state FROM courses WHERE id = $1::uuid")
        .bind(course)
        .fetch_one(&mut *sql)
        .await
        .unwrap();
    let score: Option<i32> = sqlx::query_scalar("SELECT score FROM quiz_results WHERE person_id = $1::uuid
            AND quiz_id IN (SELECT q.id FROM quizzes q JOIN lessons l ON l.id = q.lesson_id WHERE l.course_id = $2::uuid)")
    .bind(person)
    .bind(course)
    .fetch_optional(sql)
    .await
    .unwrap();
    json!({
        "title": title, "state": state, "lessons": count, "percent": percent,
        "completed": shown.iter().filter(|(_, complete, ..)| *complete).count(),
        "next": next.map(|(.., title)| title),
        "score": score.map(|score| f64::from(score) / 100.0),
    })
}

fn shown(course: &Value) -> Value {
    let next = course["next_lesson"].get("title").cloned().unwrap_or_default();
    let mut shown = json!({ "next": next });
    for field in ["title", "state", "lessons", "percent", "completed", "score"] {
        shown[field] = course[field].clone();
    }
    shown
}

/// Whatever is done on two nodes of one cache, a portfolio from the cache is the one that a node without one makes, and that
/// the tables give.
fn check_any_writes(runtime: &Runtime, shared: &Shared, cases: u32) {
    let url = database();
    let start = |shared: Shared| runtime.block_on(School::node(config(&url), shared));
    let (school, other) = (start(shared.clone()), start(shared.clone()));
    let bare = start(Shared { cache: Shared::new().cache, ..shared.clone() });
    let mona = runtime.block_on(school.person("mona", "tutor"));
    let check = |steps: Vec<Step>| {
        runtime.block_on(async {
            let world = World::new(&school, &mona, &Uuid::now_v7().to_string()).await;
            for (number, step) in steps.iter().enumerate() {
                world.take(step, number).await;
            }
            let kept = world.ada.at(&other).portfolio().await;
            assert_eq!(kept, world.ada.at(&bare).portfolio().await, "{steps:?}");
            let sql = &mut school.sql().await;
            for course in kept["courses"].as_array().unwrap() {
                let id = course["id"].as_str().unwrap();
                assert_eq!(shown(course), from_scratch(sql, &world.ada.id, id).await, "{steps:?}");
            }
        });
        Ok(())
    };
    let steps = proptest::collection::vec(step(), 1..25);
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() }).run(&steps, check).unwrap();
}

#[test]
fn after_any_writes_a_portfolio_is_the_one_made_from_scratch() {
    let runtime = Runtime::new().unwrap();
    check_any_writes(&runtime, &Shared::new(), 40);
}

#[test]
fn after_any_writes_a_portfolio_in_redis_is_the_one_made_from_scratch() {
    let (runtime, redis) = (Runtime::new().unwrap(), Redis::start(Memory::None));
    check_any_writes(&runtime, &runtime.block_on(on_redis(&redis)), 20);
}

#[tokio::test]
async fn without_redis_portfolios_are_right_and_stay_so_when_it_is_back() {
    let mut redis = Redis::start(Memory::AppendOnly);
    let shared = on_redis(&redis).await;
    let cache = Arc::clone(&shared.cache);
    let school = School::node(config(&database()), shared).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "one", json!({})).await;
    ada.enrol(&course).await;
    let completed = async || ada.portfolio().await["lessons_completed"].clone();
    assert_eq!(completed().await, json!(0));
    redis.kill();
    assert_eq!(completed().await, json!(0));
    assert_eq!(ada.done(&lesson).await.status, 200);
    assert_eq!(completed().await, json!(1));
    // It comes back with the portfolio from before.
    redis.restart();
    while !cache.is_available() {
        assert_eq!(completed().await, json!(1));
    }
    assert_eq!(completed().await, json!(1));
}

/// Intervals as a set in SQL.
fn set(intervals: &[(i32, i32)]) -> String {
    let parts: Vec<_> = intervals.iter().map(|(from, to)| format!("[{from},{to})")).collect();
    format!("{{{}}}", parts.join(","))
}

#[test]
fn what_is_kept_of_watching_is_bounded_and_never_shrinks() {
    let runtime = Runtime::new().unwrap();
    let school = runtime.block_on(School::start());
    // Up to 700 intervals, many of them a second apart.
    let piece = (1..4_i32, prop_oneof![3 => Just(1), 1 => 2..5_i32]);
    let pieces = proptest::collection::vec(piece, 0..700).prop_map(|pieces| {
        let mut at = 0;
        let interval = |(length, gap): (i32, i32)| {
            let from = at;
            at += length + gap;
            (from, from + length)
        };
        pieces.into_iter().map(interval).collect::<Vec<_>>()
    });
    type Ranges = Vec<(i32, i32)>;
    let check = |(kept, new): (Ranges, Ranges)| {
        let query =
            "SELECT u.united @> k.kept, u.united <@ k.kept + n.new, (SELECT count(*) FROM unnest(k.kept + n.new)),
                (SELECT count(*) FROM unnest(u.united)),
                (SELECT coalesce(max(upper(gap) - lower(gap)), 0) FROM unnest(u.united - (k.kept + n.new)) AS gap)
            FROM (SELECT watched_united('{}', $1::int4multirange) AS kept) k, (SELECT $2::int4multirange AS new) n,
                LATERAL (SELECT watched_united(k.kept, n.new) AS united) u";
        let row: (bool, bool, i64, i64, i32) = runtime.block_on(async {
            let query = sqlx::query_as(query).bind(set(&kept)).bind(set(&new));
            query.fetch_one(&mut school.sql().await).await.unwrap()
        });
        let (grows, is_exact, before, after, longest) = row;
        assert!(grows, "nothing is taken back");
        assert!(after <= 512, "{after} intervals");
        assert!(longest <= 1, "what was not watched counts where it is a second between two that were");
        assert!(before > 256 || is_exact, "{before} intervals are kept as they are");
        Ok(())
    };
    let runner = Config { cases: 60, failure_persistence: None, ..Config::default() };
    TestRunner::new(runner).run(&(pieces.clone(), pieces), check).unwrap();
}

#[tokio::test]
async fn single_seconds_of_a_day_take_little_and_complete_nothing_that_was_not_watched() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    let long = json!({ "video_s": 86_400, "completion": "watched", "watched_percent": 20 });
    let lesson = mona.lesson(&course, "A day", long).await;
    ada.enrol(&course).await;
    // Every tenth second: a half of what would be needed, in 17 times the intervals that are kept.
    for batch in 0..10 {
        let reports = (0..864).map(|n| {
            let from = 10 * (864 * batch + n);
            let lesson = &lesson;
            let ada = &ada;
            async move { ada.watch(lesson, from, from + 1, i64::from(from)).await }
        });
        let answers = futures_util::future::join_all(reports).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
    }
    let progress = ada.get(&format!("/v1/lessons/{lesson}/progress")).await.body;
    assert_eq!((&progress["completed_at"], &progress["position_s"]), (&Value::Null, &json!(86_391)));
    assert!((200..=1_024).contains(&progress["watched_s"].as_i64().unwrap()), "{progress}");
    // What joins intervals, or makes one longer, counts as ever.
    let all = ada.watch(&lesson, 0, 86_400, 100_000).await;
    assert_eq!((&all.body["watched_s"], all.text("/completed_by")), (&json!(86_400), "watched"));
}

/// Takes a quiz with so many of its four questions right.
async fn take(student: &Client<'_>, quiz: &str, right: usize) {
    let attempt = start(student, quiz).await;
    assert!(attempt.status.is_success(), "{attempt:?}");
    write(student, &attempt, 1, &right_answers()[..right]).await;
    assert_eq!(submit(student, &attempt).await.status, 200);
}

/// A course with a quiz, and these students in it.
async fn course_with_quiz(mona: &Client<'_>, students: &[&Client<'_>], settings: Value) -> (String, String, String) {
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "Test", json!({ "completion": "quiz" })).await;
    let place = Lesson { id: lesson.parse().unwrap(), course: course.parse().unwrap() };
    let exam = quiz(mona, &place, settings).await;
    for student in students {
        student.enrol(&course).await;
    }
    (course, lesson, exam)
}

/// `rank name score` of all places, then the caller's own rank and score.
fn board(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    let places = answer.body["places"].as_array().unwrap().iter();
    let mut lines: Vec<_> =
        places.map(|p| format!("{} {} {}", p["rank"], p["name"].as_str().unwrap(), p["score"])).collect();
    lines.push(match &answer.body["me"] {
        Value::Null => "-".to_owned(),
        me => format!("me {} {}", me["rank"], me["score"]),
    });
    lines.join(", ")
}

async fn leaderboards_follow_every_result(shared: Shared) {
    let url = database();
    let school = School::node(config(&url), shared.clone()).await;
    let other = School::node(config(&url), shared).await;
    let (mona, stranger) = (school.person("mona", "tutor").await, school.student("stranger").await);
    let (ada, bob, eve) = (school.student("ada").await, school.student("bob").await, school.student("eve").await);
    let settings = json!({ "attempts_max": 9, "score_kept": "last" });
    let (course, lesson, exam) = course_with_quiz(&mona, &[&ada, &bob, &eve], settings.clone()).await;
    let place = Lesson { id: lesson.parse().unwrap(), course: course.parse().unwrap() };
    let second = quiz(&mona, &place, settings).await;
    let (of_course, of_quiz) = (format!("/v1/courses/{course}/leaderboard"), format!("{exam}/leaderboard"));
    let seen = ada.at(&other);
    assert_eq!(board(&seen.get(&of_course).await), "-");
    assert_eq!(board(&seen.get(&of_quiz).await), "-");
    for path in [&of_course, &of_quiz] {
        assert_eq!(stranger.get(path).await.problem(), (404, "not_found"));
        assert_eq!(mona.get(path).await.status, 200);
        assert_eq!(ada.get(&format!("{path}?limit=0")).await.fields(), ["/limit"]);
        assert_eq!(ada.get(&format!("{path}?skip=50001")).await.fields(), ["/skip"]);
    }
    take(&ada, &exam, 2).await;
    take(&bob, &exam, 3).await;
    assert_eq!(board(&seen.get(&of_quiz).await), "1 bob 30.0, 2 ada 20.0, me 2 20.0");
    take(&ada, &second, 2).await;
    take(&eve, &second, 3).await;
    take(&eve, &exam, 0).await;
    assert_eq!(board(&seen.get(&of_course).await), "1 ada 40.0, 2 bob 30.0, 2 eve 30.0, me 1 40.0");
    // The last result counts here, also when it is worse.
    take(&ada, &exam, 0).await;
    assert_eq!(board(&seen.get(&of_course).await), "1 bob 30.0, 1 eve 30.0, 3 ada 20.0, me 3 20.0");
    assert_eq!(board(&seen.get(&of_quiz).await), "1 bob 30.0, 2 ada 0.0, 2 eve 0.0, me 2 0.0");
    let page = seen.get(&format!("{of_course}?skip=1&limit=1")).await;
    assert_eq!((board(&page), &page.body["members"]), ("1 eve 30.0, me 3 20.0".to_owned(), &json!(3)));
    sql(&school, format!("UPDATE people SET suspended_at = now() WHERE id = '{}'", eve.id)).await;
    assert_eq!(board(&seen.get(&of_course).await), "1 bob 30.0, 2 ada 20.0, me 2 20.0", "suspended");
    bob.delete(&format!("/v1/courses/{course}/enrolment")).await;
    assert_eq!(board(&seen.get(&of_course).await), "1 ada 20.0, me 1 20.0", "left");
    assert_eq!(bob.get(&of_course).await.status, 404);
    bob.enrol(&course).await;
    assert_eq!(board(&seen.get(&of_quiz).await), "1 bob 30.0, 2 ada 0.0, me 2 0.0", "came back");
}

#[tokio::test]
async fn leaderboards_in_process_follow_every_result() {
    leaderboards_follow_every_result(Shared::new()).await;
}

#[tokio::test]
async fn leaderboards_in_redis_follow_every_result() {
    let redis = Redis::start(Memory::None);
    leaderboards_follow_every_result(on_redis(&redis).await).await;
}

#[tokio::test]
async fn without_redis_leaderboards_come_from_the_database() {
    let mut redis = Redis::start(Memory::AppendOnly);
    let shared = on_redis(&redis).await;
    let cache = Arc::clone(&shared.cache);
    let school = School::node(config(&database()), shared).await;
    let (mona, ada, bob) =
        (school.person("mona", "tutor").await, school.student("ada").await, school.student("bob").await);
    let (course, _, exam) = course_with_quiz(&mona, &[&ada, &bob], json!({ "attempts_max": 9 })).await;
    let path = format!("/v1/courses/{course}/leaderboard");
    take(&ada, &exam, 2).await;
    assert_eq!(board(&bob.get(&path).await), "1 ada 20.0, -");
    redis.kill();
    take(&bob, &exam, 3).await;
    let now = "1 bob 30.0, 2 ada 20.0, me 1 30.0";
    assert_eq!(board(&bob.get(&path).await), now);
    // It comes back with the board from before.
    redis.restart();
    while !cache.is_available() {
        assert_eq!(board(&bob.get(&path).await), now);
    }
    assert_eq!(board(&bob.get(&path).await), now);
}

#[tokio::test]
async fn results_of_one_person_that_come_together_are_all_on_the_board() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let (course, lesson, first) = course_with_quiz(&mona, &[&ada], json!({})).await;
    let place = Lesson { id: lesson.parse().unwrap(), course: course.parse().unwrap() };
    let mut exams = vec![first];
    for _ in 0..7 {
        exams.push(quiz(&mona, &place, json!({})).await);
    }
    let path = format!("/v1/courses/{course}/leaderboard");
    assert_eq!(board(&ada.get(&path).await), "-");
    futures_util::future::join_all(exams.iter().map(|exam| take(&ada, exam, 1))).await;
    assert_eq!(board(&ada.get(&path).await), "1 ada 80.0, me 1 80.0");
}

#[tokio::test]
async fn a_tutor_sees_how_a_course_and_each_student_does() {
    let school = School::start().await;
    let (mona, other) = (school.person("mona", "tutor").await, school.person("other", "tutor").await);
    let (ada, bob, eve) = (school.student("ada").await, school.student("bob").await, school.student("eve").await);
    let (course, test, exam) = course_with_quiz(&mona, &[&ada, &bob, &eve], json!({ "pass_percent": 60 })).await;
    let video = mona.lesson(&course, "Video", json!({ "video_s": 100, "completion": "watched" })).await;
    ada.watch(&video, 0, 100, 1).await;
    bob.watch(&video, 0, 25, 1).await;
    eve.watch(&video, 0, 75, 1).await;
    take(&ada, &exam, 4).await;
    take(&bob, &exam, 1).await;
    // Who left does not count any more.
    eve.delete(&format!("/v1/courses/{course}/enrolment")).await;
    let paths =
        ["overview", "progress", &format!("students/{}", ada.id)].map(|end| format!("/v1/courses/{course}/{end}"));
    for path in &paths {
        assert_eq!(other.get(path).await.problem(), (404, "not_found"), "{path}");
        assert_eq!(ada.get(path).await.problem(), (403, "role_not_allowed"), "{path}");
    }
    let quiz = exam.rsplit('/').next().unwrap();
    let overview = json!({
        "students": 2,
        "lessons": [
            { "id": test, "title": "Test", "started": 1, "completed": 1, "watched_percent_mean": null },
            { "id": video, "title": "Video", "started": 2, "completed": 1, "watched_percent_mean": 62.5 },
        ],
        "quizzes": [{ "id": quiz, "title": "Test", "taken": 2, "passed": 1, "score_percent_mean": 62.5 }],
    });
    assert_eq!(mona.get(&paths[0]).await.body, overview);
    let mut page = mona.get(&format!("{}?limit=1", paths[1])).await.body;
    let mut students = page["items"].as_array().unwrap().clone();
    while let Some(next) = page["next"].as_str() {
        page = mona.get(&format!("{}?limit=1&after={next}", paths[1])).await.body;
        students.extend(page["items"].as_array().unwrap().clone());
    }
    for student in &mut students {
        assert!(student.as_object_mut().unwrap().remove("last_activity_at").unwrap().is_string());
    }
    let expected = json!([
        { "person": ada.id, "name": "ada", "lessons": 2, "completed": 2, "percent": 100, "score_percent": 100.0 },
        { "person": bob.id, "name": "bob", "lessons": 2, "completed": 0, "percent": 10, "score_percent": 25.0 },
    ]);
    assert_eq!(json!(students), expected);
    let left = mona.get(&format!("/v1/courses/{course}/students/{}", eve.id)).await.body;
    assert!(left["left_at"].is_string(), "{left}");
    assert_eq!((&left["lessons"][1]["percent"], &left["lessons"][1]["watched_s"]), (&json!(70), &json!(75)));
    assert_eq!((&left["quizzes"][0]["attempts"], &left["quizzes"][0]["score"]), (&json!(0), &Value::Null));
    let one = mona.get(&paths[2]).await.body;
    assert_eq!(
        (&one["name"], &one["left_at"], &one["lessons"][0]["completed_by"]),
        (&json!("ada"), &Value::Null, &json!("quiz"))
    );
    let quizzes = &one["quizzes"][0];
    assert_eq!(
        (&quizzes["score"], &quizzes["score_max"], &quizzes["passed"]),
        (&json!(40.0), &json!(40.0), &json!(true))
    );
    let nobody = mona.get(&format!("/v1/courses/{course}/students/{}", other.id)).await;
    assert_eq!(nobody.problem(), (404, "not_found"));
}

/// Beside [`CROWD`]: 60,000 people who learn nothing, and five quizzes in each lesson, one of them taken by all who began it.
const RESULTS: &str = "
    INSERT INTO people (id, email, name, role)
        SELECT gen_random_uuid(), 'idle' || n || '@school.example', 'i' || n, 'student' FROM generate_series(1, 60000) n;
    INSERT INTO quizzes (id, lesson_id, title, attempts_max, score_kept, pass_percent, keys_shown, published_at)
        SELECT gen_random_uuid(), id, 'Test', 1, 'best', 50, 'never', now() FROM lessons;
    INSERT INTO quiz_results (quiz_id, person_id, score, score_max, attempts, passed, updated_at, course_id)
        SELECT q.id, p.person_id, 100, 200, 1, true, now(), p.course_id
        FROM quizzes q JOIN lesson_progress p ON p.lesson_id = q.lesson_id;
    INSERT INTO quizzes (id, lesson_id, title, attempts_max, score_kept, pass_percent, keys_shown)
        SELECT gen_random_uuid(), id, 'Test', 1, 'best', 50, 'never' FROM lessons, generate_series(1, 4);
    ANALYZE";

/// What is large then.
const LARGE: &[&str] = &["people", "lessons", "enrolments", "lesson_progress", "quizzes", "quiz_results"];

#[tokio::test]
async fn no_query_of_portfolios_reads_a_large_table_from_end_to_end() {
    let url = database();
    let first = School::with(config(&url)).await;
    let (mona, ada) = (first.person("mona", "tutor").await, first.student("ada").await);
    let person = ada.id.clone();
    let (course, lesson, exam) = course_with_quiz(&mona, &[], json!({ "attempts_max": 9 })).await;
    let mut sql = first.sql().await;
    sqlx::raw_sql(CROWD).execute(&mut sql).await.unwrap();
    sqlx::raw_sql(RESULTS).execute(&mut sql).await.unwrap();
    // Unless the crowd took her with it.
    ada.enrol(&course).await;
    // What a connection counted is seen by others when it has ended.
    sql.close().await.unwrap();
    first.server.shutdown().await;

    let school = School::with(config(&url)).await;
    let (mut ada, mut mona) = (school.stranger(), school.stranger());
    ada.log_in("ada").await;
    mona.log_in("mona").await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let before = whole_reads(&school, LARGE).await;
    // More than the five times after which Postgres plans without looking at the values.
    for _ in 0..7 {
        ada.portfolio().await;
        take(&ada, &exam, 1).await;
        mona.patch(&format!("/v1/lessons/{lesson}"), json!({ "title": "Test" })).await;
        assert_eq!(ada.get(&format!("/v1/courses/{course}/leaderboard")).await.status, 200);
        assert_eq!(ada.get(&format!("{exam}/leaderboard")).await.status, 200);
        for end in ["overview", "progress", &format!("students/{person}")] {
            assert_eq!(mona.get(&format!("/v1/courses/{course}/{end}")).await.status, 200, "{end}");
        }
    }
    school.server.shutdown().await;
    let after = School::with(config(&url)).await;
    assert_eq!(whole_reads(&after, LARGE).await, before);
}
