//! Another password: by whoever knows the old one, or by whoever reads the account's mail.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use garde::Validate;
use lectern_platform::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::refresh_token::RefreshToken;
use super::session::Client;
use super::session_store::{self as sessions, EndReason};
use super::{person, reset_store, store};
use crate::gateway::{Caller, Input, rates};
use crate::problem::{ApiError, invalid_field, not_found};
use crate::server::Api;
use crate::trail;

/// The password that is, and the one that shall be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// As it is.
    #[garde(length(chars, max = 128))]
    #[schema(format = "password", max_length = 128)]
    old: String,
    /// As it shall be: 8 to 128 characters.
    #[garde(custom(person::password))]
    #[schema(format = "password", min_length = 8, max_length = 128)]
    new: String,
}

/// Change one's password, which signs out everywhere else. Who signs in elsewhere (OpenID Connect) and has no password gets
/// one by mail.
#[utoipa::path(
    put, path = "/v1/me/password", tag = "accounts", request_body = PasswordChange,
    responses((status = 204, description = "Changed"))
)]
pub(super) async fn change(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    Input(change): Input<PasswordChange>,
) -> Result<StatusCode, ApiError> {
    rates::spend_at_account(&api, "password", &caller.person.to_string()).await?;
    let wrong = || invalid_field("/old", "the password as it is");
    let account = store::person_by_id(api.database.primary(), caller.person).await?.ok_or_else(not_found)?;
    let old_hash = account.password_hash.as_deref();
    let subject = Some(caller.person);
    if !api.passwords.verify(&change.old, old_hash).await? {
        api.trail.note(trail::event("account.password_refused", subject, subject, client.address)).await;
        return Err(wrong());
    }
    let new_hash = api.passwords.hash(&change.new).await?;
    let mut transaction = api.database.begin().await?;
    let old_hash = old_hash.unwrap_or_default();
    if !store::replace_password(&mut *transaction, caller.person, old_hash, &new_hash).await? {
        // Somebody was faster.
        return Err(wrong());
    }
    reset_store::delete_all(&mut *transaction, caller.person).await?;
    let others = Some(caller.session);
    let ended = sessions::end_all(&mut *transaction, caller.person, others, EndReason::Password).await?;
    transaction.commit().await?;
    api.revocations.end_sessions(ended).await;
    api.trail.note(trail::event("account.password_changed", subject, subject, client.address)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose password is forgotten.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResetWish {
    /// The address of the account.
    #[garde(custom(person::email))]
    #[schema(format = "email", max_length = 254)]
    email: String,
}

/// Ask for a link to set a new password, by mail. The answer is the same, and as fast, whether there is such an account.
#[utoipa::path(
    post, path = "/v1/password_resets", tag = "accounts", request_body = ResetWish,
    responses((status = 202, description = "If there is such an account, a mail is on its way"))
)]
pub(super) async fn ask_reset(
    State(api): State<Arc<Api>>,
    client: Client,
    Input(wish): Input<ResetWish>,
) -> Result<StatusCode, ApiError> {
    rates::spend_at_account(&api, "reset", &wish.email).await?;
    api.resets.ask(wish.email, client.address)?;
    Ok(StatusCode::ACCEPTED)
}

/// The mail's token, and the password that shall be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Redemption {
    /// What stands in the mail's link, after `#token=`.
    #[garde(length(bytes, max = 64))]
    #[schema(max_length = 64)]
    token: String,
    /// 8 to 128 characters.
    #[garde(custom(person::password))]
    #[schema(format = "password", min_length = 8, max_length = 128)]
    password: String,
}

/// Set a new password with the token of a mail, once. Signs out everywhere.
#[utoipa::path(
    post, path = "/v1/password_resets/redeem", tag = "accounts", request_body = Redemption,
    responses((status = 204, description = "The password is set"))
)]
pub(super) async fn redeem(
    State(api): State<Arc<Api>>,
    client: Client,
    Input(redemption): Input<Redemption>,
) -> Result<StatusCode, ApiError> {
    let hash = RefreshToken::decode(&redemption.token).ok_or_else(reset_refused)?.hash();
    // No password is hashed for a token that is none.
    if !reset_store::is_good(api.database.primary(), &hash).await? {
        return Err(reset_refused().into());
    }
    let password = api.passwords.hash(&redemption.password).await?;
    let mut transaction = api.database.begin().await?;
    let person = reset_store::take(&mut *transaction, &hash).await?.ok_or_else(reset_refused)?;
    store::set_password(&mut *transaction, person, &password).await?;
    reset_store::delete_all(&mut *transaction, person).await?;
    let ended = sessions::end_all(&mut *transaction, person, None, EndReason::Password).await?;
    transaction.commit().await?;
    api.revocations.end_sessions(ended).await;
    api.trail.note(trail::event("account.password_reset", Some(person), Some(person), client.address)).await;
    Ok(StatusCode::NO_CONTENT)
}

fn reset_refused() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "reset_refused", "This link is used up or too old")
        .detail("ask for another one")
}
