//! Who asks, as the queries of courses need to know it.

use lectern_platform::token::Role;
use uuid::Uuid;

use crate::gateway::Caller;

/// Who asks. A course is theirs to see if it is published, if they teach it, if they are in it and it is archived, or if they
/// are an admin; it is theirs to change if they teach it or are an admin.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Viewer {
    /// Who, if they are signed in: whose enrolment counts.
    pub(crate) person: Option<Uuid>,
    /// The same, if they are a tutor: whose courses are theirs. Who is no tutor any more has none.
    pub(crate) tutor: Option<Uuid>,
    /// Whether everything is theirs.
    pub(crate) admin: bool,
}

impl From<Option<Caller>> for Viewer {
    fn from(caller: Option<Caller>) -> Self {
        let Some(caller) = caller else { return Self::default() };
        Self {
            person: Some(caller.person),
            tutor: (caller.role != Role::Student).then_some(caller.person),
            admin: caller.role == Role::Admin,
        }
    }
}

impl From<Caller> for Viewer {
    fn from(caller: Caller) -> Self {
        Some(caller).into()
    }
}
