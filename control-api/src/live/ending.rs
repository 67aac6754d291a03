//! The end of a class that nobody asked for here: in its room, or because no tutor came back.

use sqlx::PgConnection;
use uuid::Uuid;

use super::class_store;
use crate::courses::viewer::Viewer;
use crate::events::{Event, LiveClass, emit};

/// Ends a class that is live, and tells its course.
pub(super) async fn end(connection: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    class_store::end(connection, id).await?;
    let everything = Viewer { admin: true, ..Viewer::default() };
    let told: Option<LiveClass> = class_store::one(&mut *connection, everything, id).await?.map(|class| class.told());
    match told {
        Some(told) => emit(connection, Event::LiveEnded(told)).await,
        None => Ok(()),
    }
}
