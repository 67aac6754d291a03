//! A refresh token is used: see [`refresh_token`](super::refresh_token) for what must hold.

use axum::http::{HeaderValue, StatusCode, header};
use lectern_platform::problem::Problem;

use super::refresh_token::RefreshToken;
use super::session::{Account, Client};
use super::session_store::{self as sessions, EndReason, Presented};
use super::{session_routes, store};
use crate::problem::ApiError;
use crate::server::Api;
use crate::trail;

/// A session that goes on.
pub(super) struct Rotated {
    pub(super) account: Account,
    pub(super) session: uuid::Uuid,
    pub(super) next: RefreshToken,
}

/// Takes a token for the next one.
///
/// # Errors
/// `401 refresh_refused`: it is unknown, or its session is over. `401 refresh_reused`: it was used before, which has ended the
/// session. `403 suspended`.
pub(super) async fn rotate(api: &Api, token: &RefreshToken, client: &Client) -> Result<Rotated, ApiError> {
    let config = &api.config.sessions;
    let mut transaction = api.database.begin().await?;
    let found = sessions::present(&mut transaction, &token.hash(), config.grace_s as f64).await?;
    let presented = found.filter(|presented| presented.is_alive).ok_or_else(refused)?;
    let next = match &presented.successor_salt {
        None => {
            let salt: [u8; 32] = rand::random();
            let next = token.successor(&salt);
            sessions::use_token(&mut *transaction, &token.hash(), &salt).await?;
            sessions::insert_refresh_token(&mut *transaction, presented.session, &next.hash()).await?;
            next
        }
        Some(salt) => {
            let next = token.successor(salt);
            if !presented.is_in_grace || !sessions::is_unused(&mut *transaction, &next.hash()).await? {
                sessions::end(&mut *transaction, presented.person, presented.session, EndReason::Reuse).await?;
                transaction.commit().await?;
                return Err(report_reuse(api, &presented, client).await.into());
            }
            next
        }
    };
    let account = store::person_by_id(&mut *transaction, presented.person).await?.ok_or_else(refused)?;
    if account.person.suspended_at.is_some() {
        return Err(session_routes::suspended().into());
    }
    sessions::prolong(&mut *transaction, presented.session, client, config.idle_s as f64).await?;
    transaction.commit().await?;
    Ok(Rotated { account, session: presented.session, next })
}

async fn report_reuse(api: &Api, presented: &Presented, client: &Client) -> Problem {
    api.revocations.end_sessions(vec![presented.session]).await;
    let event = trail::event("account.token_reused", None, Some(presented.person), client.address);
    api.trail.note(trail::with(event, "session", presented.session.to_string())).await;
    problem("refresh_reused", "This refresh token was used before")
        .detail("somebody else may have it, so the session has ended: sign in again")
}

pub(super) fn refused() -> Problem {
    problem("refresh_refused", "This refresh token is good for nothing").detail("sign in again")
}

fn problem(code: &'static str, title: &'static str) -> Problem {
    let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    Problem::new(StatusCode::UNAUTHORIZED, code, title).header(header::WWW_AUTHENTICATE, challenge)
}
