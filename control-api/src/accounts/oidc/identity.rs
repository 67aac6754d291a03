//! Whose account somebody comes into whom a provider vouches for.
//!
//! The account that they came into before; else, if the configuration allows it and the provider says that the address is
//! verified, the one with their address; else a new one. Who signed up with an address did not show that it is theirs: so
//! when its owner comes, who is the first to show it, whatever else led into the account ends, the password too. Otherwise
//! whoever signed up with somebody else's address would wait inside for them.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::identity_store;
use super::provider::{Provider, Visitor};
use super::refusal::Refusal;
use crate::accounts::session::{Account, Client};
use crate::accounts::session_store::{self as sessions, EndReason};
use crate::accounts::{reset_store, store};
use crate::problem::not_found;
use crate::server::Api;
use crate::trail;

/// Somebody's account, new or not. It may be suspended.
pub(super) async fn account(
    api: &Api,
    provider: &Provider,
    visitor: &Visitor,
    client: &Client,
) -> Result<Account, Refusal> {
    let (issuer, subject) = (&*provider.config.issuer, &*visitor.claims.sub);
    if let Some(person) = identity_store::person(api.database.primary(), issuer, subject).await? {
        return by_id(api.database.primary(), person).await;
    }
    let profile = provider.profile(visitor).await?;
    let email = profile.email().ok_or(Refusal::EmailMissing)?;
    let mut transaction = api.database.begin().await?;
    identity_store::hold(&mut *transaction, issuer, subject).await?;
    if let Some(person) = identity_store::person(&mut *transaction, issuer, subject).await? {
        // The same browser, twice.
        return by_id(&mut *transaction, person).await;
    }
    let there = match store::person_by_email(&mut *transaction, email).await? {
        Some(account) => store::hold_person(&mut *transaction, account.person.id).await?,
        None => None,
    };
    let (account, kind, ended) = match there {
        Some(_) if !(provider.config.join_by_email && profile.is_email_verified()) => return Err(Refusal::EmailTaken),
        Some(account) if account.person.suspended_at.is_some() => return Ok(account),
        Some(account) => {
            let ended = take_over(&mut transaction, account.person.id).await?;
            (account, "account.identity_joined", ended)
        }
        None if !provider.config.sign_up => return Err(Refusal::SignUpClosed),
        None => {
            let account = store::insert_person(&mut *transaction, email, &profile.name(), None).await?;
            (account, "account.created", Vec::new())
        }
    };
    let id = account.person.id;
    identity_store::insert(&mut *transaction, issuer, subject, id, profile.is_email_verified()).await?;
    transaction.commit().await?;
    api.revocations.end_sessions(ended).await;
    let event = trail::event(kind, Some(id), Some(id), client.address);
    api.trail.note(trail::with(event, "issuer", issuer)).await;
    Ok(account)
}

async fn by_id(executor: impl PgExecutor<'_>, person: Uuid) -> Result<Account, Refusal> {
    Ok(store::person_by_id(executor, person).await?.ok_or_else(not_found)?)
}

/// The owner of its address comes into an account; the first time, they alone. The sessions that ended.
async fn take_over(connection: &mut PgConnection, person: Uuid) -> Result<Vec<Uuid>, sqlx::Error> {
    if identity_store::is_email_proved(&mut *connection, person).await? {
        return Ok(Vec::new());
    }
    identity_store::clear(connection, person).await?;
    reset_store::delete_all(&mut *connection, person).await?;
    sessions::end_all(connection, person, None, EndReason::Password).await
}
