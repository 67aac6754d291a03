//! Taking a quiz: start, answer, submit. Each of them ends an attempt whose time is over before it does anything else.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use lectern_platform::problem::{FieldError, FieldPlace, Problem};
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::attempt::{Attempt, EndedBy, Kept, NewAnswers};
use super::attempt_rules::StartRefusal;
use super::attempt_store::{self as store, Held};
use crate::gateway::{Caller, Input, PathId};
use crate::portfolio;
use crate::problem::{ApiError, invalid, not_found};
use crate::server::Api;

impl From<StartRefusal> for Problem {
    fn from(refusal: StartRefusal) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match refusal {
            StartRefusal::NotOpenYet => conflict("quiz_not_open", "This quiz opens later"),
            StartRefusal::Closed => conflict("quiz_closed", "This quiz has closed"),
            StartRefusal::NoAttemptsLeft => conflict("no_attempts_left", "You have used up your attempts"),
        }
    }
}

/// Start an attempt (`201`), or go on with the one in progress (`200`).
#[utoipa::path(post, path = "/v1/quizzes/{id}/attempts", tag = "quizzes", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Attempt),
        (status = 201, body = Attempt),
        (status = 409, description = "`quiz_not_open`, `quiz_closed`, `no_attempts_left`")
    ))]
pub(super) async fn start(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(quiz): PathId,
) -> Result<(StatusCode, Json<Attempt>), ApiError> {
    let mut transaction = api.database.begin().await?;
    let door = store::door(&mut transaction, caller.person, quiz).await?.ok_or_else(not_found)?;
    let mut ended = false;
    let in_progress = match door.in_progress {
        Some(attempt) => {
            let held = store::hold(&mut transaction, caller.person, attempt).await?.ok_or_else(not_found)?;
            ended = end_if_overdue(&mut transaction, &held).await?;
            // Submitted while this waited for it: as good as over.
            Some(attempt).filter(|_| held.ended_at.is_none() && !held.is_overdue())
        }
        None => None,
    };
    let (status, attempt) = match in_progress {
        Some(attempt) => (StatusCode::OK, attempt),
        None => {
            let due_at = match door.rules.start(door.taken, door.extra, door.now) {
                Ok(due_at) => due_at,
                Err(refusal) => {
                    // What was ended above stays so.
                    commit(&api, transaction, ended.then_some((quiz, caller.person))).await?;
                    return Err(Problem::from(refusal).into());
                }
            };
            (StatusCode::CREATED, store::insert(&mut transaction, caller.person, quiz, &door, due_at).await?)
        }
    };
    let attempt = store::one(&mut transaction, caller.into(), attempt).await?.ok_or_else(not_found)?;
    commit(&api, transaction, ended.then_some((quiz, caller.person))).await?;
    Ok((status, Json(without_keys_in_progress(attempt))))
}

/// An attempt with its questions and answers: one's own, or of somebody who takes a quiz of one's own. The keys are there when
/// they may be seen.
#[utoipa::path(get, path = "/v1/attempts/{id}", tag = "quizzes", params(("id" = Uuid, Path)),
    responses((status = 200, body = Attempt)))]
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(attempt): PathId,
) -> Result<Json<Attempt>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let ended = match store::hold(&mut transaction, caller.person, attempt).await? {
        Some(held) if end_if_overdue(&mut transaction, &held).await? => Some((held.quiz, held.person)),
        _ => None,
    };
    let attempt = store::one(&mut transaction, caller.into(), attempt).await?.ok_or_else(not_found)?;
    commit(&api, transaction, ended).await?;
    Ok(Json(attempt))
}

/// Keep answers of an attempt in progress. To be called whenever something was answered: what is kept when the time is over
/// counts. The same call twice, and an older one that comes late, change nothing.
#[utoipa::path(put, path = "/v1/attempts/{id}/answers", tag = "quizzes", params(("id" = Uuid, Path)), request_body = NewAnswers,
    responses((status = 200, body = Kept), (status = 409, description = "`attempt_over`")))]
pub(super) async fn keep_answers(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(attempt): PathId,
    Input(new): Input<NewAnswers>,
) -> Result<Json<Kept>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let held = store::hold(&mut transaction, caller.person, attempt).await?.ok_or_else(not_found)?;
    if held.ended_at.is_some() || held.is_overdue() {
        let ended = end_if_overdue(&mut transaction, &held).await?;
        commit(&api, transaction, ended.then_some((held.quiz, held.person))).await?;
        return Err(Problem::new(StatusCode::CONFLICT, "attempt_over", "This attempt is over").into());
    }
    let tasks = store::tasks(&mut *transaction, held.quiz).await?;
    let fault = |(index, new): (usize, &super::attempt::NewAnswer)| {
        let (field, message) = match (tasks.get(&new.question), &new.answer) {
            (None, _) => (format!("/answers/{index}/question"), "a question of this quiz".to_owned()),
            (Some(task), Some(answer)) => (format!("/answers/{index}/answer"), answer.check(task).err()?),
            (Some(_), None) => return None,
        };
        Some(FieldError { r#in: FieldPlace::Body, field, message: message.into() })
    };
    let faults: Vec<_> = new.answers.iter().enumerate().filter_map(fault).collect();
    if !faults.is_empty() {
        return Err(invalid(faults).into());
    }
    store::keep(&mut transaction, &held, &new).await?;
    transaction.commit().await?;
    Ok(Json(Kept { due_at: held.due_at, now: held.now }))
}

/// End an attempt: what is kept is graded. To submit again gives the same answer.
#[utoipa::path(post, path = "/v1/attempts/{id}/submit", tag = "quizzes", params(("id" = Uuid, Path)),
    responses((status = 200, body = Attempt)))]
pub(super) async fn submit(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(attempt): PathId,
) -> Result<Json<Attempt>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let held = store::hold(&mut transaction, caller.person, attempt).await?.ok_or_else(not_found)?;
    let ends = held.ended_at.is_none();
    if ends {
        let by = if held.is_overdue() { EndedBy::Deadline } else { EndedBy::Person };
        store::end(&mut transaction, &held, by).await?;
    }
    let attempt = store::one(&mut transaction, caller.into(), attempt).await?.ok_or_else(not_found)?;
    commit(&api, transaction, ends.then_some((held.quiz, held.person))).await?;
    Ok(Json(attempt))
}

/// Whether it was this that ended it.
async fn end_if_overdue(connection: &mut PgConnection, held: &Held) -> Result<bool, sqlx::Error> {
    if held.is_overdue() {
        store::end(connection, held, EndedBy::Deadline).await?;
    }
    Ok(held.is_overdue())
}

/// Commits; and if somebody's attempt at a quiz was ended, everything else shows it before it is answered.
async fn commit(
    api: &Api,
    transaction: Transaction<'_, Postgres>,
    ended: Option<(Uuid, Uuid)>,
) -> Result<(), ApiError> {
    transaction.commit().await?;
    if let Some((quiz, person)) = ended {
        portfolio::scored(api, quiz, person).await?;
    }
    Ok(())
}

/// A tutor who takes a quiz of their own sees the keys elsewhere; an attempt that starts never brings them.
fn without_keys_in_progress(mut attempt: Attempt) -> Attempt {
    for question in &mut attempt.questions {
        (question.key, question.earned) = (None, None);
    }
    attempt
}
