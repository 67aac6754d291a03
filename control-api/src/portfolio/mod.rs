//! How far students are, put together: everybody's own portfolio, what tutors see of a course, and leaderboards.
//!
//! A portfolio is kept in the cache as the bytes that answer for it ([`kept`]). Whoever commits something that portfolios or
//! leaderboards show calls one of the functions here before answering, so that nobody reads what is older than their own write.

mod kept;
mod leaderboard;
mod leaderboard_routes;
mod leaderboard_store;
mod overview;
mod overview_routes;
mod overview_store;
mod portfolio_routes;
mod portfolio_store;
mod standing;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::server::Api;

pub(crate) use kept::{changed, course_changed};

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(portfolio_routes::one))
        .routes(routes!(overview_routes::overview))
        .routes(routes!(overview_routes::standings))
        .routes(routes!(overview_routes::student))
        .routes(routes!(leaderboard_routes::of_course))
        .routes(routes!(leaderboard_routes::of_quiz))
}

/// To be called when people came into a course, or left it.
///
/// # Errors
/// The database's.
pub(crate) async fn members_changed(api: &Api, course: Uuid, people: &[Uuid]) -> Result<(), sqlx::Error> {
    changed(&*api.stores.cache, people.iter().copied()).await;
    leaderboard::members_changed(api, course, people).await
}

/// To be called when somebody's score in a quiz was committed.
///
/// # Errors
/// The database's.
pub(crate) async fn scored(api: &Api, quiz: Uuid, person: Uuid) -> Result<(), sqlx::Error> {
    changed(&*api.stores.cache, [person]).await;
    leaderboard::scored(api, quiz, person).await
}
