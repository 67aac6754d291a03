//! Completing a lesson by something else than watching.

use axum::http::StatusCode;
use lectern_platform::problem::Problem;
use sqlx::PgConnection;
use uuid::Uuid;

use super::heartbeat::Key;
use super::store;
use crate::courses::Completion;

/// Whether a student may say by themselves that they are done with a lesson that is completed so.
pub(super) fn check_markable(completion: Completion) -> Result<(), Problem> {
    let needed = match completion {
        Completion::Marked => return Ok(()),
        Completion::Watched => "enough of its video is watched",
        Completion::Quiz => "its quiz is passed",
    };
    let problem = Problem::new(StatusCode::CONFLICT, "not_to_be_marked", "This lesson is not complete by saying so");
    Err(problem.detail(format!("it is complete when {needed}")))
}

/// For whoever grades quizzes: completes a lesson when a student has passed the last of its published quizzes, in the
/// transaction that keeps the score. What else completes a lesson is none of a quiz's business: then, and if it is complete
/// already, nothing happens.
///
/// # Errors
/// The database's.
pub(crate) async fn quiz_passed(connection: &mut PgConnection, person: Uuid, lesson: Uuid) -> Result<(), sqlx::Error> {
    let is_by_quiz = crate::courses::completion_of(&mut *connection, lesson).await? == Some(Completion::Quiz);
    if is_by_quiz && store::all_quizzes_passed(&mut *connection, person, lesson).await? {
        store::complete(connection, Key { person, lesson }, Completion::Quiz).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_marked_is_marked() {
        assert!(check_markable(Completion::Marked).is_ok());
        assert!(check_markable(Completion::Watched).is_err());
        assert!(check_markable(Completion::Quiz).is_err());
    }
}
