//! Courses, lessons and enrolments.

use axum::http::Method;
use serde_json::{Value, json};

use crate::school::{Answer, Client, School};

impl Client<'_> {
    /// A published course of the caller's.
    pub(crate) async fn course(&self, title: &str) -> String {
        let course = self.post("/v1/courses", json!({ "title": title })).await.text("/id").to_owned();
        let answer = self.patch(&format!("/v1/courses/{course}"), json!({ "state": "published" })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        course
    }

    /// A published lesson, with `fields` beside its title.
    pub(crate) async fn lesson(&self, course: &str, title: &str, fields: Value) -> String {
        let mut body = json!({ "title": title, "published": true });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let answer = self.post(&format!("/v1/courses/{course}/lessons"), body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text("/id").to_owned()
    }

    pub(crate) async fn enrol(&self, course: &str) {
        let answer = self.post(&format!("/v1/courses/{course}/enrolment"), json!({})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }
}

fn all<'a>(answer: &'a Answer, field: &str) -> Vec<&'a str> {
    let items = answer.body["items"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
    items.iter().map(|item| item[field].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_draft_is_its_tutors_alone_until_it_is_published() {
    let school = School::start().await;
    let (mona, other) = (school.person("mona", "tutor").await, school.person("other", "tutor").await);
    let (ada, root) = (school.student("ada").await, school.person("root", "admin").await);
    let course = mona.post("/v1/courses", json!({ "title": "Algebra" })).await;
    assert_eq!((course.status.as_u16(), course.text("/state")), (201, "draft"));
    let path = format!("/v1/courses/{}", course.text("/id"));
    for (who, status) in [(&mona, 200), (&root, 200), (&other, 404), (&ada, 404), (&school.stranger(), 404)] {
        assert_eq!(who.get(&path).await.status, status);
        assert_eq!(who.get(&format!("{path}/lessons")).await.status, status);
    }
    for call in [other.patch(&path, json!({ "title": "Mine" })).await, other.delete(&path).await] {
        assert_eq!(call.problem(), (404, "not_found"));
    }
    assert!(all(&ada.get("/v1/courses").await, "title").is_empty());
    assert_eq!(mona.patch(&path, json!({ "state": "published" })).await.text("/state"), "published");
    for who in [&ada, &other, &school.stranger()] {
        let seen = who.get(&path).await;
        assert_eq!((seen.status.as_u16(), &seen.body["may_change"]), (200, &json!(false)));
    }
    // What everybody sees is nevertheless its tutors' to change.
    assert_eq!(other.patch(&path, json!({ "title": "Mine" })).await.problem(), (404, "not_found"));
    assert_eq!(mona.patch(&path, json!({ "state": "draft" })).await.problem(), (409, "course_was_published"));
}

#[tokio::test]
async fn the_catalogue_is_paged_and_searched_by_words() {
    let school = School::start().await;
    let mona = school.person("mona", "tutor").await;
    for title in ["Linear algebra", "Algebra for bakers", "Pottery", "C++ & it's friends"] {
        mona.course(title).await;
    }
    mona.post("/v1/courses", json!({ "title": "Algebra, not yet" })).await;
    let stranger = school.stranger();
    let (mut seen, mut path) = (Vec::new(), "/v1/courses?limit=3".to_owned());
    loop {
        let page = stranger.get(&path).await;
        seen.extend(all(&page, "title").into_iter().map(str::to_owned));
        let Some(next) = page.body["next"].as_str() else { break };
        path = format!("/v1/courses?limit=3&after={next}");
    }
    assert_eq!(seen, ["C++ & it's friends", "Pottery", "Algebra for bakers", "Linear algebra"]);
    for (typed, titles) in [
        ("alg", &["Algebra for bakers", "Linear algebra"][..]),
        ("ALGEBRA%20lin", &["Linear algebra"]),
        ("it's", &["C++ & it's friends"]),
        ("nothing", &[]),
        ("'%20|%20!%20%5C", &[]),
        ("%00", &[]),
    ] {
        let found = stranger.get(&format!("/v1/courses?q={typed}")).await;
        assert_eq!(all(&found, "title"), titles, "{typed}: {found:?}");
    }
    let own = mona.get("/v1/me/teaching?limit=1").await;
    assert_eq!((all(&own, "title"), own.body["next"].is_string()), (vec!["Algebra, not yet"], true));
    let drafts = mona.get("/v1/me/teaching?q=alg&state=draft").await;
    assert_eq!(all(&drafts, "title"), ["Algebra, not yet"]);
    assert_eq!(
        (&drafts.body["items"][0]["tutors"], &drafts.body["items"][0]["students"]),
        (&json!(["mona"]), &json!(0))
    );
    let admin = school.person("root", "admin").await;
    let published = admin.get("/v1/me/teaching?q=linear&state=published").await;
    assert_eq!(all(&published, "title"), ["Linear algebra"], "an admin's are all");
    assert_eq!(admin.get("/v1/me/teaching?state=lost").await.status, 422);
}

#[tokio::test]
async fn tutors_of_one_course_are_equal_and_one_stays() {
    let school = School::start().await;
    let (mona, ben) = (school.person("mona", "tutor").await, school.person("ben", "tutor").await);
    school.student("ada").await;
    let course = mona.course("Algebra").await;
    let tutors = format!("/v1/courses/{course}/tutors");
    assert_eq!(ben.get(&tutors).await.problem(), (404, "not_found"));
    let refused = mona.post(&tutors, json!({ "email": "ada@school.example" })).await;
    assert_eq!((refused.problem(), refused.fields()), ((422, "invalid"), vec!["/email"]));
    let added = mona.post(&tutors, json!({ "email": "BEN@school.example" })).await;
    assert_eq!(all(&added, "name"), ["mona", "ben"]);
    assert_eq!(ben.patch(&format!("/v1/courses/{course}"), json!({ "summary": "x" })).await.status, 200);
    assert_eq!(ben.delete(&format!("{tutors}/{}", mona.id)).await.status, 204);
    assert_eq!(mona.get(&tutors).await.problem(), (404, "not_found"));
    assert_eq!(ben.delete(&format!("{tutors}/{}", ben.id)).await.problem(), (409, "last_tutor"));
    let path = format!("/v1/courses/{course}");
    let admin = school.person("root", "admin").await;
    assert_eq!(admin.patch(&path, json!({ "state": "archived" })).await.status, 200);
    assert_eq!(admin.delete(&path).await.status, 204);
    let trail = admin.get(&format!("/v1/audit?course={course}")).await;
    let kinds = ["course.deleted", "course.archived", "course.tutor_removed", "course.tutor_added", "course.published"];
    assert_eq!(all(&trail, "kind"), kinds, "and nothing of what was refused");
    assert_eq!(all(&trail, "actor")[..2], [&*admin.id, &*admin.id]);
}

#[tokio::test]
async fn lessons_are_put_in_order_in_one_request_and_close_ranks() {
    let school = School::start().await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let mut lessons = Vec::new();
    for title in ["one", "two", "three"] {
        lessons.push(mona.lesson(&course, title, json!({ "published": title != "two" })).await);
    }
    let path = format!("/v1/courses/{course}/lessons");
    assert_eq!(all(&mona.get(&path).await, "title"), ["one", "two", "three"]);
    assert_eq!(all(&school.stranger().get(&path).await, "title"), ["one", "three"]);
    let order =
        async |ids: &[&String]| mona.call(Method::PUT, &format!("{path}/order"), Some(json!({ "lessons": ids }))).await;
    let answer = order(&[&lessons[2], &lessons[0], &lessons[1]]).await;
    assert_eq!(all(&answer, "title"), ["three", "one", "two"]);
    assert_eq!(order(&[&lessons[2], &lessons[0]]).await.problem(), (409, "lessons_changed"));
    assert_eq!(order(&[&lessons[2], &lessons[0], &course]).await.problem(), (409, "lessons_changed"));
    assert_eq!(order(&[&lessons[2], &lessons[0], &lessons[0]]).await.fields(), ["/lessons"]);
    assert_eq!(mona.delete(&format!("/v1/lessons/{}", lessons[2])).await.status, 204);
    let rest = mona.get(&path).await;
    assert_eq!((&rest.body["items"][0]["position"], &rest.body["items"][1]["position"]), (&json!(1), &json!(2)));
    assert_eq!(mona.lesson(&course, "four", json!({})).await.len(), 36);
}

#[tokio::test]
async fn a_lesson_says_what_is_wrong_with_it() {
    let school = School::start().await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let path = format!("/v1/courses/{course}/lessons");
    let answer = mona.post(&path, json!({ "title": " ", "video_s": 0, "watched_percent": 101 })).await;
    assert_eq!(answer.fields(), ["/title", "/video_s", "/watched_percent"]);
    let answer = mona.post(&path, json!({ "title": "a", "completion": "watched" })).await;
    assert_eq!((answer.problem(), answer.fields()), ((422, "video_needed"), vec!["/completion"]));
    let lesson = mona.lesson(&course, "👩‍🏫", json!({ "video_s": 60, "completion": "watched" })).await;
    let lesson = format!("/v1/lessons/{lesson}");
    assert_eq!(mona.patch(&lesson, json!({ "video_s": 86_401 })).await.fields(), ["/video_s"]);
    assert_eq!(mona.patch(&lesson, json!({ "video_s": null })).await.problem(), (422, "video_needed"));
    let changed = mona.patch(&lesson, json!({ "video_s": null, "completion": "marked" })).await;
    assert_eq!(changed.body["video_s"], Value::Null);
    assert_eq!(mona.patch(&lesson, json!({ "published": false })).await.body["published"], json!(false));
    assert_eq!(mona.patch(&lesson, json!({ "body": "\u{0}" })).await.problem(), (422, "invalid"));
}

#[tokio::test]
async fn prerequisites_are_of_the_course_and_never_a_circle() {
    let school = School::start().await;
    let mona = school.person("mona", "tutor").await;
    let (course, other) = (mona.course("Algebra").await, mona.course("Pottery").await);
    let one = mona.lesson(&course, "one", json!({})).await;
    let two = mona.lesson(&course, "two", json!({ "requires": [one] })).await;
    let three = mona.lesson(&course, "three", json!({ "requires": [two, one, one] })).await;
    let foreign = mona.lesson(&other, "clay", json!({})).await;
    let requires = async |lesson: &str, requires: &str| {
        mona.patch(&format!("/v1/lessons/{lesson}"), json!({ "requires": [requires] })).await
    };
    for (lesson, wanted) in [(&one, &three), (&one, &one), (&two, &three), (&two, &foreign)] {
        let answer = requires(lesson, wanted).await;
        assert_eq!((answer.problem(), answer.fields()), ((422, "invalid"), vec!["/requires"]));
    }
    let ada = school.student("ada").await;
    ada.enrol(&course).await;
    assert_eq!(ada.get(&format!("/v1/lessons/{one}")).await.status, 200);
    let locked = ada.get(&format!("/v1/lessons/{two}")).await;
    assert_eq!((locked.problem(), locked.text("/course")), ((409, "lesson_locked"), &*course));
    assert_eq!(requires(&three, &one).await.status, 200);
    assert_eq!(requires(&two, &three).await.status, 200);
}

#[tokio::test]
async fn students_come_in_as_the_course_says_and_leave() {
    let school = School::start().await;
    let mona = school.person("mona", "tutor").await;
    let (ada, bob) = (school.student("ada").await, school.student("bob").await);
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "one", json!({})).await;
    let (path, lesson) = (format!("/v1/courses/{course}"), format!("/v1/lessons/{lesson}"));
    let enter = async |who: &Client<'_>, code: Option<&str>| {
        who.post(&format!("{path}/enrolment"), code.map_or(json!({}), |code| json!({ "code": code }))).await
    };
    assert_eq!(ada.get(&lesson).await.problem(), (403, "enrolment_needed"));
    assert_eq!(enter(&ada, None).await.text("/source"), "open");
    assert_eq!(ada.get(&lesson).await.status, 200);
    let code = mona.patch(&path, json!({ "enrolment": "code" })).await.text("/code").to_owned();
    assert!(bob.get(&path).await.body.get("code").is_none());
    assert_eq!(enter(&bob, None).await.fields(), ["/code"]);
    let new = mona.post(&format!("{path}/code"), json!({})).await.text("/code").to_owned();
    assert_eq!(enter(&bob, Some(&code)).await.fields(), ["/code"]);
    // Who is in it stays in it, whatever they say.
    assert_eq!(enter(&ada, Some("nonsense")).await.status, 200);
    assert_eq!(enter(&bob, Some(&new.to_lowercase())).await.text("/source"), "code");
    let students = mona.get(&format!("{path}/enrolments")).await;
    assert_eq!(all(&students, "name"), ["ada", "bob"]);
    assert_eq!(ada.delete(&format!("{path}/enrolment")).await.status, 204);
    assert_eq!(ada.delete(&format!("{path}/enrolment")).await.problem(), (404, "not_found"));
    assert_eq!(ada.get(&lesson).await.problem(), (403, "enrolment_needed"));
    mona.patch(&path, json!({ "enrolment": "list" })).await;
    assert_eq!(enter(&ada, None).await.problem(), (409, "enrolment_by_list"));
    let list = json!({ "emails": ["ADA@school.example", "bob@school.example", "nobody@school.example"] });
    let listed = mona.post(&format!("{path}/enrolments"), list).await;
    assert_eq!((&listed.body["enrolled"], &listed.body["unknown"]), (&json!(2), &json!(["nobody@school.example"])));
    assert_eq!(mona.delete(&format!("{path}/enrolments/{}", bob.id)).await.status, 204);
    mona.patch(&path, json!({ "state": "archived" })).await;
    assert_eq!((ada.get(&path).await.status.as_u16(), bob.get(&path).await.status.as_u16()), (200, 404));
    assert_eq!(enter(&bob, None).await.problem(), (404, "not_found"));
}

#[tokio::test]
async fn a_course_that_somebody_was_in_is_archived_not_deleted() {
    let school = School::start().await;
    let mona = school.person("mona", "tutor").await;
    let (used, unused) = (mona.course("Algebra").await, mona.course("Pottery").await);
    mona.lesson(&unused, "clay", json!({})).await;
    school.student("ada").await.enrol(&used).await;
    assert_eq!(mona.delete(&format!("/v1/courses/{used}")).await.problem(), (409, "course_has_students"));
    assert_eq!(mona.delete(&format!("/v1/courses/{unused}")).await.status, 204);
    assert_eq!(mona.get(&format!("/v1/courses/{unused}")).await.problem(), (404, "not_found"));
}
