//! Who may ask for what: the one table of roles × actions.

use lectern_room_protocol::{ActionName, Role};

/// Whether a role may ask for an action at all. What it may do it to is decided with the action.
#[must_use]
pub fn allows(_role: Role, _action: ActionName) -> bool {
    true
}

/// What a role may ask for.
#[must_use]
pub fn rights(role: Role) -> Vec<ActionName> {
    ActionName::ALL.into_iter().filter(|&action| allows(role, action)).collect()
}
