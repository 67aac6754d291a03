//! The SQL of who comes into a class.

use lectern_platform::token::Role;
use sqlx::PgExecutor;

use super::class::Class;
use super::ticket::Guest;
use crate::gateway::Caller;

/// The caller, as what they are in a class that they may come into: whoever teaches the course is its tutor, be they an admin
/// too; an admin who does not is an admin.
pub(super) async fn guest(
    executor: impl PgExecutor<'_>,
    caller: Caller,
    class: &Class,
) -> Result<Option<Guest>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT p.name, EXISTS (SELECT FROM course_tutors t WHERE t.course_id = $2 AND t.person_id = p.id) AS "teaches!",
                  EXISTS (SELECT FROM recordings r WHERE r.live_id = $3 AND r.ended_at IS NULL) AS "recorded!"
           FROM people p WHERE p.id = $1"#,
        caller.person,
        class.course_id,
        class.id
    )
    .fetch_optional(executor)
    .await?;
    let role = |teaches| match (class.may_change, teaches) {
        (true, true) => Role::Tutor,
        (true, false) => Role::Admin,
        (false, _) => Role::Student,
    };
    Ok(row.map(|row| Guest { person: caller.person, name: row.name, role: role(row.teaches), recorded: row.recorded }))
}
