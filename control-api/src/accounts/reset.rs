//! Mails with which a forgotten password is replaced. Whoever asks is answered before anybody looks whether the account is
//! there, so neither the answer nor its time tells.
//!
//! The queue is in memory: a mail that is under way when the process ends is lost, and asked for again.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::StatusCode;
use futures_util::StreamExt as _;
use lectern_platform::problem::Problem;
use tokio::sync::mpsc;

use super::refresh_token::RefreshToken;
use super::{reset_store, store};
use crate::database::Database;
use crate::mail::{Mail, Mailer};
use crate::trail::{self, Trail};
use std::sync::Arc;

/// Wishes that wait.
const QUEUE_MAX: usize = 1_024;
/// Mails under way at once.
const MAILS_AT_ONCE: usize = 4;
/// The pauses before further attempts to send a mail.
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(10)];
/// How long a token is good. A mail may take some minutes; an hour later somebody else may sit at the machine.
const TOKEN_LIFE: Duration = Duration::from_secs(3_600);

/// The way into the queue.
pub(crate) struct Resets(mpsc::Sender<Wish>);

/// Somebody forgot the password of this account.
pub(crate) struct Wish {
    email: String,
    address: IpAddr,
}

impl Resets {
    /// A queue, and its end, for [`run`].
    pub(crate) fn new() -> (Self, mpsc::Receiver<Wish>) {
        let (sender, receiver) = mpsc::channel(QUEUE_MAX);
        (Self(sender), receiver)
    }

    /// # Errors
    /// `503 busy` when too many wait.
    pub(super) fn ask(&self, email: String, address: IpAddr) -> Result<(), Problem> {
        self.0.try_send(Wish { email, address }).map_err(|_| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too many ask at once")
                .retry_after(Duration::from_secs(30))
        })
    }
}

/// Fulfils wishes for ever: to be spawned.
pub(crate) async fn run(
    wishes: mpsc::Receiver<Wish>,
    database: Database,
    mailer: Arc<Mailer>,
    trail: Arc<Trail>,
    public_url: String,
) {
    let wishes = futures_util::stream::unfold(wishes, async |mut wishes| Some((wishes.recv().await?, wishes)));
    let each = wishes.for_each_concurrent(MAILS_AT_ONCE, async |wish| {
        if let Err(error) = fulfil(&wish, &database, &mailer, &trail, &public_url).await {
            tracing::error!(%error, "somebody waits for a mail in vain");
        }
    });
    each.await;
}

async fn fulfil(
    wish: &Wish,
    database: &Database,
    mailer: &Mailer,
    trail: &Trail,
    public_url: &str,
) -> Result<(), sqlx::Error> {
    let account = database.bounded(store::person_by_email(database.primary(), &wish.email)).await?;
    let Some(account) = account.filter(|account| account.person.suspended_at.is_none()) else { return Ok(()) };
    // Made and kept as a refresh token is: a secret of 256 bits, of which the server has the hash alone.
    let token = RefreshToken::random();
    let person = account.person.id;
    let keep = async {
        let mut transaction = database.begin().await?;
        reset_store::insert(&mut transaction, person, &token.hash(), TOKEN_LIFE.as_secs_f64()).await?;
        transaction.commit().await
    };
    database.bounded(keep).await?;
    trail.note(trail::event("account.reset_asked", None, Some(person), wish.address)).await;
    let mail = mail(account.person.email, &format!("{public_url}/reset#token={}", token.encode()));
    let mut pauses = PAUSES.into_iter();
    while let Err(error) = mailer.send(&mail).await {
        let pause = pauses.next().filter(|_| error.may_pass());
        tracing::warn!(%error, again_in = ?pause, "could not send a mail");
        let Some(pause) = pause else { break };
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

/// The token is behind a `#`: no server, proxy or referrer sees it when the link is opened.
fn mail(to: String, link: &str) -> Mail {
    let minutes = TOKEN_LIFE.as_secs() / 60;
    let text = format!(
        "Somebody, you perhaps, asked for a new password for your account.\n\n\
         To set one, open this address within {minutes} minutes. It works once:\n\n  {link}\n\n\
         If it was not you, there is nothing to do: your password stays as it is.\n"
    );
    Mail { to, subject: "A new password", text }
}
