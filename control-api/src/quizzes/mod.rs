//! Quizzes: questions with keys, attempts with answers, scores.
//!
//! The domain knows neither database nor clock: what a [`question`] and an [`answer`] may be, [`grading`], who may start and
//! until when ([`attempt_rules`]), which score counts ([`kept_score`]), how the questions did ([`item_analysis`]). Time is
//! Postgres', so that nodes whose clocks differ agree.

pub mod answer;
mod attempt;
mod attempt_routes;
pub mod attempt_rules;
mod attempt_store;
pub mod grading;
pub mod item_analysis;
pub mod kept_score;
pub mod points;
pub mod question;
mod quiz;
mod quiz_routes;
mod quiz_store;
mod result_routes;
mod result_store;
pub(crate) mod sweeper;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Constraint;
use crate::server::Api;

/// A hundred questions with long options are about so many bytes.
const QUESTIONS_BYTES_MAX: usize = 1024 * 1024;

/// What the database refuses here.
pub(crate) const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "quiz_attempts_quiz",
    status: StatusCode::CONFLICT,
    code: "quiz_has_attempts",
    title: "Somebody has taken this quiz",
    field: "",
    allowed: "",
}];

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    let questions = OpenApiRouter::new()
        .routes(routes!(quiz_routes::questions, quiz_routes::replace_questions))
        .layer(DefaultBodyLimit::max(QUESTIONS_BYTES_MAX));
    OpenApiRouter::new()
        .routes(routes!(quiz_routes::of_lesson, quiz_routes::create))
        .routes(routes!(quiz_routes::one, quiz_routes::change, quiz_routes::delete))
        .routes(routes!(quiz_routes::extra_times, quiz_routes::set_extra_time))
        .routes(routes!(attempt_routes::start))
        .routes(routes!(attempt_routes::one))
        .routes(routes!(attempt_routes::keep_answers))
        .routes(routes!(attempt_routes::submit))
        .routes(routes!(result_routes::results))
        .routes(routes!(result_routes::analysis))
        .merge(questions)
}
