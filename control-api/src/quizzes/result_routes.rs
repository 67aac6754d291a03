//! What a tutor sees of a whole quiz.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::item_analysis::Item;
use super::quiz_store::is_tutor;
use super::result_store::{self as store, QuizResult};
use crate::gateway::{Caller, Params, PathId};
use crate::page::{Page, Paging};
use crate::problem::{ApiError, not_found};
use crate::server::Api;

/// How the questions did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Analysis {
    /// Question by question, in their order.
    items: Vec<Item>,
}

/// The scores that count, of everybody who ended an attempt, in the order in which they signed up.
#[utoipa::path(get, path = "/v1/quizzes/{id}/results", tag = "quizzes", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Page<QuizResult>)))]
pub(super) async fn results(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(quiz): PathId,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<QuizResult>>, ApiError> {
    let (after, rows): (Option<Uuid>, _) = (paging.after()?, paging.rows());
    if !is_tutor(api.database.primary(), caller.into(), quiz).await? {
        return Err(not_found());
    }
    let results = api.database.read(|pool| async move { store::results(&pool, quiz, after, rows).await }).await?;
    Ok(Json(paging.page(results, |result| result.person)))
}

/// How hard each question was, whether it told those who know from those who do not, and what was answered: over everybody's
/// first attempt.
#[utoipa::path(get, path = "/v1/quizzes/{id}/analysis", tag = "quizzes", params(("id" = Uuid, Path)),
    responses((status = 200, body = Analysis)))]
pub(super) async fn analysis(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(quiz): PathId,
) -> Result<Json<Analysis>, ApiError> {
    if !is_tutor(api.database.primary(), caller.into(), quiz).await? {
        return Err(not_found());
    }
    let items = api.database.read(|pool| async move { store::analysis(&pool, quiz).await }).await?;
    Ok(Json(Analysis { items }))
}
