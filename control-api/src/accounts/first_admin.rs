//! The first of those who run a school. Everybody else signs up, and is made what they are by an admin.

use uuid::Uuid;

use super::password::Passwords;
use super::session_store::{self as sessions, EndReason};
use super::{person, reset_store, store};
use crate::config::PasswordsConfig;
use crate::database::Database;
use crate::problem::{ApiError, invalid_field};

/// Sees to it that there is an admin with this address. Whoever has the address already becomes one, is let in again if they
/// were shut out, and keeps their name and password. Their id.
///
/// # Errors
/// `422` for an address, name or password that nobody could sign up with; the database's.
pub async fn ensure_admin(database: &Database, email: &str, name: &str, password: &str) -> Result<Uuid, ApiError> {
    let allowed =
        |field, checked: garde::Result| checked.map_err(|error| invalid_field(field, error.message().to_owned()));
    allowed("/email", person::email(email, &()))?;
    allowed("/name", person::name(name, &()))?;
    allowed("/password", person::password(password, &()))?;
    let hash = Passwords::new(&PasswordsConfig::default()).hash(password).await?;
    Ok(store::upsert_admin(database.primary(), email, name, &hash).await?)
}

/// As [`ensure_admin`], and the password is this one from now on: all of their sessions end, and links to set another one are
/// void.
///
/// # Errors
/// As there.
pub async fn reset_admin(database: &Database, email: &str, name: &str, password: &str) -> Result<Uuid, ApiError> {
    let admin = ensure_admin(database, email, name, password).await?;
    let hash = Passwords::new(&PasswordsConfig::default()).hash(password).await?;
    let mut transaction = database.begin().await?;
    store::set_password(&mut *transaction, admin, &hash).await?;
    reset_store::delete_all(&mut *transaction, admin).await?;
    sessions::end_all(&mut *transaction, admin, None, EndReason::Password).await?;
    transaction.commit().await?;
    Ok(admin)
}

/// Whether anybody runs the school.
///
/// # Errors
/// The database's.
pub async fn has_admin(database: &Database) -> Result<bool, ApiError> {
    Ok(store::has_admin(database.primary()).await?)
}
