//! Who may call what: every route there is, and the roles that may call it. A route that is not listed does not start.
//!
//! The table is about roles alone. Whether a course is the tutor's own or a student is enrolled is part of the query that
//! reads or writes it, so that a stranger's answer is `404`, as if there were nothing.

use std::collections::HashMap;

use axum::http::Method;
use lectern_platform::token::Role;
use utoipa::ToSchema;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Public,
    /// Anybody who is signed in.
    SignedIn,
    /// These roles.
    Only(&'static [Role]),
    /// No person, but one of our own services, with a token of its own.
    Node,
}

impl Access {
    /// Whether somebody with this role may; `None` is somebody who is not signed in.
    #[must_use]
    pub fn allows(self, role: Option<Role>) -> bool {
        match self {
            Self::Public => true,
            Self::SignedIn => role.is_some(),
            Self::Only(roles) => role.is_some_and(|role| roles.contains(&role)),
            Self::Node => false,
        }
    }
}

const ADMIN: Access = Access::Only(&[Role::Admin]);
const TUTOR: Access = Access::Only(&[Role::Tutor, Role::Admin]);

/// Every route: method, path, who may. In the order of paths.
pub const TABLE: &[(Method, &str, Access)] = &[
    (Method::GET, "/v1/attempts/{id}", Access::SignedIn),
    (Method::PUT, "/v1/attempts/{id}/answers", Access::SignedIn),
    (Method::POST, "/v1/attempts/{id}/submit", Access::SignedIn),
    (Method::GET, "/v1/audit", ADMIN),
    (Method::GET, "/v1/calendar/{secret}", Access::Public),
    (Method::GET, "/v1/courses", Access::Public),
    (Method::POST, "/v1/courses", TUTOR),
    (Method::DELETE, "/v1/courses/{id}", TUTOR),
    (Method::GET, "/v1/courses/{id}", Access::Public),
    (Method::PATCH, "/v1/courses/{id}", TUTOR),
    (Method::POST, "/v1/courses/{id}/code", TUTOR),
    (Method::DELETE, "/v1/courses/{id}/enrolment", Access::SignedIn),
    (Method::POST, "/v1/courses/{id}/enrolment", Access::SignedIn),
    (Method::GET, "/v1/courses/{id}/enrolments", TUTOR),
    (Method::POST, "/v1/courses/{id}/enrolments", TUTOR),
    (Method::DELETE, "/v1/courses/{id}/enrolments/{person}", TUTOR),
    (Method::GET, "/v1/courses/{id}/leaderboard", Access::SignedIn),
    (Method::GET, "/v1/courses/{id}/lessons", Access::Public),
    (Method::POST, "/v1/courses/{id}/lessons", TUTOR),
    (Method::PUT, "/v1/courses/{id}/lessons/order", TUTOR),
    (Method::GET, "/v1/courses/{id}/live", Access::SignedIn),
    (Method::POST, "/v1/courses/{id}/live", TUTOR),
    (Method::GET, "/v1/courses/{id}/overview", TUTOR),
    (Method::GET, "/v1/courses/{id}/progress", TUTOR),
    (Method::GET, "/v1/courses/{id}/recordings", Access::SignedIn),
    (Method::GET, "/v1/courses/{id}/students/{person}", TUTOR),
    (Method::GET, "/v1/courses/{id}/tutors", TUTOR),
    (Method::POST, "/v1/courses/{id}/tutors", TUTOR),
    (Method::DELETE, "/v1/courses/{id}/tutors/{person}", TUTOR),
    (Method::GET, "/v1/events", Access::SignedIn),
    (Method::DELETE, "/v1/lessons/{id}", TUTOR),
    (Method::GET, "/v1/lessons/{id}", Access::Public),
    (Method::PATCH, "/v1/lessons/{id}", TUTOR),
    (Method::POST, "/v1/lessons/{id}/done", Access::SignedIn),
    (Method::GET, "/v1/lessons/{id}/materials", Access::SignedIn),
    (Method::POST, "/v1/lessons/{id}/materials", TUTOR),
    (Method::GET, "/v1/lessons/{id}/progress", Access::SignedIn),
    (Method::POST, "/v1/lessons/{id}/progress", Access::SignedIn),
    (Method::GET, "/v1/lessons/{id}/quizzes", Access::SignedIn),
    (Method::POST, "/v1/lessons/{id}/quizzes", TUTOR),
    (Method::DELETE, "/v1/lessons/{id}/video", TUTOR),
    (Method::GET, "/v1/lessons/{id}/video", Access::SignedIn),
    (Method::POST, "/v1/lessons/{id}/video", TUTOR),
    (Method::POST, "/v1/lessons/{id}/video/confirm", TUTOR),
    (Method::POST, "/v1/lessons/{id}/video/playback", Access::SignedIn),
    (Method::DELETE, "/v1/live/{id}", TUTOR),
    (Method::GET, "/v1/live/{id}", Access::SignedIn),
    (Method::PATCH, "/v1/live/{id}", TUTOR),
    (Method::GET, "/v1/live/{id}/attendance", TUTOR),
    (Method::GET, "/v1/live/{id}/chat", Access::SignedIn),
    (Method::POST, "/v1/live/{id}/end", TUTOR),
    (Method::POST, "/v1/live/{id}/join", Access::SignedIn),
    (Method::GET, "/v1/live/{id}/polls", Access::SignedIn),
    (Method::POST, "/v1/live/{id}/start", TUTOR),
    (Method::DELETE, "/v1/materials/{id}", TUTOR),
    (Method::PATCH, "/v1/materials/{id}", TUTOR),
    (Method::GET, "/v1/materials/{id}/address", Access::SignedIn),
    (Method::POST, "/v1/materials/{id}/confirm", TUTOR),
    (Method::GET, "/v1/me", Access::SignedIn),
    (Method::PATCH, "/v1/me", Access::SignedIn),
    (Method::GET, "/v1/me/calendar", Access::SignedIn),
    (Method::POST, "/v1/me/calendar_address", Access::SignedIn),
    (Method::PUT, "/v1/me/password", Access::SignedIn),
    (Method::GET, "/v1/me/portfolio", Access::SignedIn),
    (Method::DELETE, "/v1/me/sessions", Access::SignedIn),
    (Method::GET, "/v1/me/sessions", Access::SignedIn),
    (Method::DELETE, "/v1/me/sessions/{id}", Access::SignedIn),
    (Method::GET, "/v1/me/teaching", TUTOR),
    (Method::GET, "/v1/oidc", Access::Public),
    (Method::GET, "/v1/oidc/{provider}/callback", Access::Public),
    (Method::GET, "/v1/oidc/{provider}/start", Access::Public),
    (Method::POST, "/v1/password_resets", Access::Public),
    (Method::POST, "/v1/password_resets/redeem", Access::Public),
    (Method::GET, "/v1/people", ADMIN),
    (Method::POST, "/v1/people", Access::Public),
    (Method::GET, "/v1/people/{id}", ADMIN),
    (Method::PATCH, "/v1/people/{id}", ADMIN),
    (Method::GET, "/v1/playback/{ticket}/captions/{language}", Access::SignedIn),
    (Method::GET, "/v1/playback/{ticket}/chapters.vtt", Access::SignedIn),
    (Method::GET, "/v1/playback/{ticket}/chat.vtt", Access::SignedIn),
    (Method::GET, "/v1/playback/{ticket}/{playlist}", Access::SignedIn),
    (Method::DELETE, "/v1/quizzes/{id}", TUTOR),
    (Method::GET, "/v1/quizzes/{id}", Access::SignedIn),
    (Method::PUT, "/v1/quizzes/{id}", TUTOR),
    (Method::GET, "/v1/quizzes/{id}/analysis", TUTOR),
    (Method::POST, "/v1/quizzes/{id}/attempts", Access::SignedIn),
    (Method::GET, "/v1/quizzes/{id}/extra_time", TUTOR),
    (Method::PUT, "/v1/quizzes/{id}/extra_time", TUTOR),
    (Method::GET, "/v1/quizzes/{id}/leaderboard", Access::SignedIn),
    (Method::GET, "/v1/quizzes/{id}/questions", TUTOR),
    (Method::PUT, "/v1/quizzes/{id}/questions", TUTOR),
    (Method::GET, "/v1/quizzes/{id}/results", TUTOR),
    (Method::POST, "/v1/recorder/jobs", Access::Node),
    (Method::PUT, "/v1/recorder/jobs/{id}", Access::Node),
    (Method::POST, "/v1/recorder/jobs/{id}/end", Access::Node),
    (Method::POST, "/v1/recorder/jobs/{id}/release", Access::Node),
    (Method::POST, "/v1/recorder/packagings", Access::Node),
    (Method::PUT, "/v1/recorder/packagings/{id}", Access::Node),
    (Method::POST, "/v1/recorder/packagings/{id}/end", Access::Node),
    (Method::POST, "/v1/recorder/packagings/{id}/release", Access::Node),
    (Method::DELETE, "/v1/recordings/{id}", TUTOR),
    (Method::GET, "/v1/recordings/{id}", Access::SignedIn),
    (Method::GET, "/v1/recordings/{id}/captions", TUTOR),
    (Method::DELETE, "/v1/recordings/{id}/captions/{language}", TUTOR),
    (Method::PUT, "/v1/recordings/{id}/captions/{language}", TUTOR),
    (Method::POST, "/v1/recordings/{id}/playback", Access::SignedIn),
    (Method::DELETE, "/v1/session", Access::Public),
    (Method::POST, "/v1/session", Access::Public),
    (Method::POST, "/v1/session/refresh", Access::Public),
    (Method::GET, "/v1/system", ADMIN),
    (Method::GET, "/v1/webhooks", ADMIN),
    (Method::POST, "/v1/webhooks", ADMIN),
    (Method::DELETE, "/v1/webhooks/{id}", ADMIN),
    (Method::GET, "/v1/webhooks/{id}", ADMIN),
    (Method::PATCH, "/v1/webhooks/{id}", ADMIN),
    (Method::GET, "/v1/webhooks/{id}/deliveries", ADMIN),
    (Method::POST, "/v1/webhooks/{id}/test", ADMIN),
];

/// The table, to be looked up by path.
#[derive(Debug)]
pub(crate) struct AccessTable(HashMap<&'static str, Vec<(Method, Access)>>);

impl AccessTable {
    pub(crate) fn new() -> Self {
        let mut paths: HashMap<_, Vec<_>> = HashMap::new();
        for (method, path, access) in TABLE {
            paths.entry(*path).or_default().push((method.clone(), *access));
        }
        Self(paths)
    }

    /// Who may; nobody where nothing is listed. A `HEAD` is a `GET`.
    pub(crate) fn of(&self, method: &Method, path: &str) -> Option<Access> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.0.get(path)?.iter().find(|(listed, _)| listed == method).map(|(_, access)| *access)
    }
}

/// [`Role`] in the OpenAPI document: `#[schema(value_type = RoleSchema)]`.
#[derive(ToSchema, serde::Serialize)]
#[schema(as = Role)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code, reason = "read by the macro alone")]
pub enum RoleSchema {
    /// Learns.
    Student,
    /// Teaches.
    Tutor,
    /// Runs the school.
    Admin,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_route_is_listed_once_in_order() {
        assert!(TABLE.is_sorted_by(|a, b| (a.1, a.0.as_str()) < (b.1, b.0.as_str())), "by path, then method");
    }
}
