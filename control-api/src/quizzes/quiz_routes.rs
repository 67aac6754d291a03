//! What a tutor builds, and how it looks to who may take it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use lectern_platform::problem::{FieldError, FieldPlace, Problem};

use super::quiz::{ExtraTime, ExtraTimes, KeyedQuestions, NewQuestions, QUIZZES_MAX, Quiz, QuizSettings, Quizzes};
use super::quiz_store as store;
use crate::gateway::{Caller, Input, PathId};
use crate::problem::{ApiError, invalid_field, not_found};
use crate::server::Api;

fn has_attempts() -> Problem {
    Problem::new(StatusCode::CONFLICT, "quiz_has_attempts", "Somebody has taken this quiz")
        .detail("its questions, its way to score and its being published stay; make another quiz instead")
}

/// The quizzes of a lesson that the caller may know of, the oldest first.
#[utoipa::path(get, path = "/v1/lessons/{id}/quizzes", tag = "quizzes", params(("id" = Uuid, Path)),
    responses((status = 200, body = Quizzes)))]
pub(super) async fn of_lesson(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
) -> Result<Json<Quizzes>, ApiError> {
    Ok(Json(Quizzes { items: store::of_lesson(api.database.primary(), caller.into(), lesson).await? }))
}

/// Add a quiz to a lesson, without questions yet, and so not published.
#[utoipa::path(post, path = "/v1/lessons/{id}/quizzes", tag = "quizzes", params(("id" = Uuid, Path)), request_body = QuizSettings,
    responses((status = 201, body = Quiz), (status = 409, description = "`too_many_quizzes`")))]
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
    Input(settings): Input<QuizSettings>,
) -> Result<(StatusCode, Json<Quiz>), ApiError> {
    if settings.published {
        return Err(invalid_field("/published", "false until it has questions"));
    }
    let mut transaction = api.database.begin().await?;
    let lesson = store::hold_lesson(&mut transaction, caller.into(), lesson).await?.ok_or_else(not_found)?;
    let Some(quiz) = store::insert(&mut transaction, lesson, &settings).await? else {
        let problem =
            Problem::new(StatusCode::CONFLICT, "too_many_quizzes", "This lesson has as many quizzes as it may");
        return Err(problem.detail(format!("{QUIZZES_MAX} quizzes are the most")).into());
    };
    let quiz = store::one(&mut transaction, caller.into(), quiz).await?.ok_or_else(not_found)?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(quiz)))
}

/// A quiz, and how the caller stands with it. Its questions come with an attempt.
#[utoipa::path(get, path = "/v1/quizzes/{id}", tag = "quizzes", params(("id" = Uuid, Path)),
    responses((status = 200, body = Quiz)))]
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(quiz): PathId,
) -> Result<Json<Quiz>, ApiError> {
    let mut connection = api.database.primary().acquire().await?;
    Ok(Json(store::one(&mut connection, caller.into(), quiz).await?.ok_or_else(not_found)?))
}

/// Change a quiz, all of its settings at once; publish it. What a score means is fixed when somebody has started.
#[utoipa::path(put, path = "/v1/quizzes/{id}", tag = "quizzes", params(("id" = Uuid, Path)), request_body = QuizSettings,
    responses((status = 200, body = Quiz), (status = 409, description = "`quiz_has_attempts`, `quiz_empty`")))]
pub(super) async fn change(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(quiz): PathId,
    Input(new): Input<QuizSettings>,
) -> Result<Json<Quiz>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let old = store::hold(&mut transaction, caller.into(), quiz).await?.ok_or_else(not_found)?;
    let (started, questions) = store::usage(&mut transaction, quiz).await?;
    if let Some(field) = old.fixed_difference(&new).filter(|_| started) {
        let message = "as it was when the first attempt started".into();
        let error = FieldError { r#in: FieldPlace::Body, field: field.to_owned(), message };
        return Err(has_attempts().errors(vec![error]).into());
    }
    if new.published && questions == 0 {
        let problem = Problem::new(StatusCode::CONFLICT, "quiz_empty", "A quiz without questions cannot be published");
        return Err(problem.into());
    }
    store::update(&mut transaction, quiz, &new).await?;
    let quiz = store::one(&mut transaction, caller.into(), quiz).await?.ok_or_else(not_found)?;
    transaction.commit().await?;
    Ok(Json(quiz))
}

/// Delete a quiz that nobody has taken.
#[utoipa::path(delete, path = "/v1/quizzes/{id}", tag = "quizzes", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "`quiz_has_attempts`")))]
pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(quiz): PathId,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    if !store::delete(&mut transaction, caller.into(), quiz).await? {
        return Err(not_found());
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The questions with their keys, for those whose quiz it is.
#[utoipa::path(get, path = "/v1/quizzes/{id}/questions", tag = "quizzes", params(("id" = Uuid, Path)),
    responses((status = 200, body = KeyedQuestions)))]
pub(super) async fn questions(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(quiz): PathId,
) -> Result<Json<KeyedQuestions>, ApiError> {
    let primary = api.database.primary();
    if !store::is_tutor(primary, caller.into(), quiz).await? {
        return Err(not_found());
    }
    Ok(Json(KeyedQuestions { questions: store::keyed_questions(primary, quiz).await? }))
}

/// Put these questions in the place of all that there are, until somebody has started.
#[utoipa::path(put, path = "/v1/quizzes/{id}/questions", tag = "quizzes", params(("id" = Uuid, Path)), request_body = NewQuestions,
    responses((status = 200, body = KeyedQuestions), (status = 409, description = "`quiz_has_attempts`")))]
pub(super) async fn replace_questions(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(quiz): PathId,
    Input(new): Input<NewQuestions>,
) -> Result<Json<KeyedQuestions>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let settings = store::hold(&mut transaction, caller.into(), quiz).await?.ok_or_else(not_found)?;
    if store::usage(&mut transaction, quiz).await?.0 {
        return Err(has_attempts().into());
    }
    if settings.published && new.questions.is_empty() {
        return Err(invalid_field("/questions", "at least one while the quiz is published"));
    }
    store::replace_questions(&mut transaction, quiz, new.questions).await?;
    let questions = store::keyed_questions(&mut *transaction, quiz).await?;
    transaction.commit().await?;
    Ok(Json(KeyedQuestions { questions }))
}

/// Everybody who has more time.
#[utoipa::path(get, path = "/v1/quizzes/{id}/extra_time", tag = "quizzes", params(("id" = Uuid, Path)),
    responses((status = 200, body = ExtraTimes)))]
pub(super) async fn extra_times(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(quiz): PathId,
) -> Result<Json<ExtraTimes>, ApiError> {
    let primary = api.database.primary();
    if !store::is_tutor(primary, caller.into(), quiz).await? {
        return Err(not_found());
    }
    Ok(Json(ExtraTimes { items: store::extra_times(primary, quiz).await? }))
}

/// Give somebody more time, for attempts that they start from now on.
#[utoipa::path(put, path = "/v1/quizzes/{id}/extra_time", tag = "quizzes", params(("id" = Uuid, Path)), request_body = ExtraTime,
    responses((status = 200, body = ExtraTimes)))]
pub(super) async fn set_extra_time(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(quiz): PathId,
    Input(extra): Input<ExtraTime>,
) -> Result<Json<ExtraTimes>, ApiError> {
    let mut transaction = api.database.begin().await?;
    store::hold(&mut transaction, caller.into(), quiz).await?.ok_or_else(not_found)?;
    if !store::set_extra_time(&mut transaction, quiz, &extra).await? {
        return Err(invalid_field("/person", "somebody who is in the course"));
    }
    let items = store::extra_times(&mut *transaction, quiz).await?;
    transaction.commit().await?;
    Ok(Json(ExtraTimes { items }))
}
