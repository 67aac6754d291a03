//! Mail, over SMTP. Where no server is configured it goes to the log, for development: with its text, which may hold secrets,
//! only if the school is not served over HTTPS.

use std::time::{Duration, Instant};

use lectern_platform::breaker::{Breaker, Refused};
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use prometheus::Registry;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::config::{HttpConfig, MailConfig};

/// How long the server may take to greet.
const CHECK_MAX: Duration = Duration::from_secs(2);
/// For how long its answer holds.
const CHECK_KEPT: Duration = Duration::from_secs(60);

/// What is sent to somebody.
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: &'static str,
    /// Plain text.
    pub(crate) text: String,
}

/// Sends mail.
pub(crate) struct Mailer {
    way: Way,
    from: Mailbox,
    breaker: Breaker,
    /// When the server was asked last how it is, and what it said.
    checked: Mutex<Option<(Instant, Result<(), String>)>>,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Log { with_text: bool },
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    /// There is no such address, or it cannot be one.
    #[error("not an address that mail can be sent to")]
    Address,
    /// The server refused it, or could not be reached.
    #[error("{0}")]
    Smtp(#[from] smtp::Error),
    /// The server was not asked.
    #[error("{0}")]
    Refused(#[from] Refused),
}

impl MailError {
    /// Whether it is worth another attempt.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Address => false,
            Self::Smtp(error) => !error.is_permanent(),
            Self::Refused(_) => true,
        }
    }
}

impl Mailer {
    /// With a configuration that was validated.
    pub(crate) fn new(config: &MailConfig, http: &HttpConfig, registry: &Registry) -> Result<Self, String> {
        let way = match &config.smtp_url {
            Some(url) => Way::Smtp(transport(url, config.answer_ms)?),
            None => Way::Log { with_text: !http.is_https() },
        };
        let from = mailbox(&config.from).ok_or("mail.from: not an address")?;
        Ok(Self { way, from, breaker: Breaker::new("mail", registry)?, checked: Mutex::default() })
    }

    /// Whether the server greets, as it was asked within the last [`CHECK_KEPT`]: it is not ours to be asked all the time.
    /// `None` without a server. Takes [`CHECK_MAX`] at most.
    pub(crate) async fn check(&self) -> Option<Result<(), String>> {
        let Way::Smtp(transport) = &self.way else { return None };
        let mut checked = self.checked.lock().await;
        if let Some((_, said)) = checked.as_ref().filter(|(at, _)| at.elapsed() < CHECK_KEPT) {
            return Some(said.clone());
        }
        let said = match timeout(CHECK_MAX, transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("it hung up".to_owned()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer within {CHECK_MAX:?}")),
        };
        *checked = Some((Instant::now(), said.clone()));
        Some(said)
    }

    /// Hands a mail to the server.
    pub(crate) async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let to: Mailbox = mail.to.parse().map(|address| Mailbox::new(None, address)).map_err(|_| MailError::Address)?;
        let transport = match &self.way {
            Way::Smtp(transport) => transport,
            Way::Log { with_text: true } => {
                tracing::info!(to = mail.to, subject = mail.subject, text = mail.text, "mail");
                return Ok(());
            }
            Way::Log { with_text: false } => {
                tracing::warn!("a mail went nowhere: `mail.smtp_url` is not set");
                return Ok(());
            }
        };
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .map_err(|_| MailError::Address)?;
        let work = async { transport.send(message).await.map(drop).map_err(MailError::from) };
        self.breaker.call(work, MailError::may_pass, MailError::from).await
    }
}

/// Somebody who sends mail: `Lectern <no-reply@school.example>`.
pub(crate) fn mailbox(text: &str) -> Option<Mailbox> {
    text.parse().ok()
}

/// The way to a server, which is not connected yet.
pub(crate) fn transport(url: &str, answer_ms: u64) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| error.to_string())?;
    Ok(builder.timeout(Some(Duration::from_millis(answer_ms))).build())
}
