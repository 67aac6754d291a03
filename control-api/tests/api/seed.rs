//! A seeded school is one that its people can use, and no other is touched.

use lectern_control_api::config::DatabaseConfig;
use lectern_control_api::database::Database;
use lectern_control_api::seed::{PASSWORD, SeedError, SeedPlan, plant};
use serde_json::json;
use sqlx::Row as _;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::school::School;

const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

async fn database(school: &School) -> Database {
    let config = DatabaseConfig { url: school.url.clone(), connections_max: 2, ..DatabaseConfig::default() };
    Database::connect(&config).await.unwrap()
}

#[tokio::test]
async fn a_seeded_school_can_be_used_and_a_school_in_use_is_not_seeded() {
    let school = School::start().await;
    let (database, plan) = (database(&school).await, SeedPlan { students: 40, seed: 7 });
    let planted = plant(&database, &plan, NOW).await.unwrap();
    assert_eq!((planted.courses, planted.tutors.len(), planted.students.len()), (6, 3, 40));
    assert!(matches!(plant(&database, &plan, NOW).await, Err(SeedError::NotEmpty)));

    let login = json!({ "email": planted.students[0], "password": PASSWORD });
    let answer = school.stranger().post("/v1/session", login).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut student = school.stranger();
    student.token = Some(answer.text("/access_token").to_owned());
    let portfolio = student.get("/v1/me/portfolio").await;
    assert_eq!(portfolio.status, 200, "{portfolio:?}");
    let courses = portfolio.body["courses"].as_array().unwrap();
    assert!((2..=4).contains(&courses.len()), "{portfolio:?}");

    // What was graded is consistent: each kept score is the best of its attempts, each attempt the sum of its answers.
    let odd = "SELECT (SELECT count(*) FROM quiz_results r WHERE r.score <> (SELECT max(score) FROM quiz_attempts a
                   WHERE a.quiz_id = r.quiz_id AND a.person_id = r.person_id))
                 + (SELECT count(*) FROM quiz_attempts a WHERE a.score <> (SELECT sum(points) FROM quiz_answers q
                   WHERE q.attempt_id = a.id)) AS odd,
               (SELECT count(*) FROM quiz_results WHERE passed) AS passed, (SELECT count(*) FROM live_attendance) AS attended";
    let row = sqlx::query(odd).fetch_one(&mut school.sql().await).await.unwrap();
    assert_eq!(row.get::<i64, _>("odd"), 0);
    assert!(row.get::<i64, _>("passed") > 0 && row.get::<i64, _>("attended") > 0);
}

#[tokio::test]
async fn the_same_number_gives_the_same_school() {
    let (one, other) = (School::start().await, School::start().await);
    let plan = SeedPlan { students: 10, seed: 3 };
    let first = plant(&database(&one).await, &plan, NOW).await.unwrap();
    let second = plant(&database(&other).await, &plan, NOW).await.unwrap();
    assert_eq!((first.tutors, first.students), (second.tutors, second.students));
    let sum = "SELECT md5(string_agg(person_id::text || lesson_id || watched_s, ',' ORDER BY person_id, lesson_id)) AS sum FROM lesson_progress";
    let (one, other) = (
        sqlx::query(sum).fetch_one(&mut one.sql().await).await.unwrap(),
        sqlx::query(sum).fetch_one(&mut other.sql().await).await.unwrap(),
    );
    assert_eq!(one.get::<Option<String>, _>("sum"), other.get::<Option<String>, _>("sum"));
}
