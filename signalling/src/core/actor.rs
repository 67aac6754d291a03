//! Who asks.

use lectern_platform::token::{self, Claims};
use lectern_room_protocol::Role;

use super::text;

/// Who asks, as their token says.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    /// `sub` of the token.
    pub id: String,
    /// The name to show, cleaned.
    pub name: String,
    /// The role of the token: never [`Role::CoTutor`], which a room gives.
    pub role: Role,
    /// When the token was issued, in seconds since 1970.
    pub issued_at_s: u64,
}

impl Actor {
    /// Somebody, with the name cleaned.
    #[must_use]
    pub fn new(id: impl Into<String>, name: &str, role: Role, issued_at_s: u64) -> Self {
        Self { id: id.into(), name: text::name(name), role, issued_at_s }
    }

    /// Whose token this is.
    #[must_use]
    pub fn from_claims(claims: &Claims) -> Self {
        Self::new(claims.sub.as_str(), &claims.name, role_of_token(claims.role), claims.iat)
    }

    /// The role as a token says it.
    #[must_use]
    pub fn token_role(&self) -> token::Role {
        match self.role {
            Role::Student | Role::CoTutor => token::Role::Student,
            Role::Tutor => token::Role::Tutor,
            Role::Admin => token::Role::Admin,
        }
    }
}

/// What a token's role is in a room.
#[must_use]
pub fn role_of_token(role: token::Role) -> Role {
    match role {
        token::Role::Student => Role::Student,
        token::Role::Tutor => Role::Tutor,
        token::Role::Admin => Role::Admin,
    }
}

/// Without name and id: actors end up in logs.
impl std::fmt::Debug for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Actor").field("role", &self.role).finish_non_exhaustive()
    }
}
