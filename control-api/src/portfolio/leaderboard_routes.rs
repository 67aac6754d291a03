//! Leaderboards, for those who are in the course.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::leaderboard::{self, Leaderboard, Places};
use super::leaderboard_store as store;
use crate::gateway::{Caller, Params, PathId};
use crate::problem::{ApiError, not_found};
use crate::server::Api;

/// Who has the most points in all quizzes of a course.
#[utoipa::path(get, path = "/v1/courses/{id}/leaderboard", tag = "portfolio", params(("id" = Uuid, Path), Places),
    responses((status = 200, body = Leaderboard)))]
pub(super) async fn of_course(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
    Params(places): Params<Places>,
) -> Result<Json<Leaderboard>, ApiError> {
    let board = store::board_of_course(api.database.primary(), caller.into(), course).await?.ok_or_else(not_found)?;
    Ok(Json(leaderboard::leaderboard(&api, board, caller.person, &places).await?))
}

/// Who has the best score in a quiz.
#[utoipa::path(get, path = "/v1/quizzes/{id}/leaderboard", tag = "portfolio", params(("id" = Uuid, Path), Places),
    responses((status = 200, body = Leaderboard)))]
pub(super) async fn of_quiz(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(quiz): PathId,
    Params(places): Params<Places>,
) -> Result<Json<Leaderboard>, ApiError> {
    let board = store::board_of_quiz(api.database.primary(), caller.into(), quiz).await?.ok_or_else(not_found)?;
    Ok(Json(leaderboard::leaderboard(&api, board, caller.person, &places).await?))
}
