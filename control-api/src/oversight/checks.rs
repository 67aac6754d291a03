//! What each part of the school is asked, and what is said of its answer.
//!
//! Nothing is taken for well because nobody complained: Postgres answers, a replica has what the primary had a moment ago, the
//! blob store would take a file, the mail server greets.

use std::time::{Duration, Instant};

use lectern_platform::audit::{AuditQuery, Scope};
use time::OffsetDateTime;

use super::part::{Part, PartState, ms};
use super::system_store as store;
use crate::server::Api;
use crate::{events, recordings, webhooks as hooks};

/// How far a replica may be behind before what is read from it is called late.
const BEHIND_MAX: Duration = Duration::from_secs(1);
/// How often it is asked whether it has caught up.
const BEHIND_EVERY: Duration = Duration::from_millis(20);
/// How old an event may be in the outbox, and how late a delivery.
const OUTBOX_LATE: Duration = Duration::from_secs(10);
const DELIVERY_LATE: Duration = Duration::from_secs(60);
/// How long a class may wait for a recorder: one asks every two seconds.
const CLASS_WAITS: Duration = Duration::from_secs(10);
/// How old an event may be in the audit trail's spool.
const SPOOL_LATE: Duration = Duration::from_secs(60);
/// What is nearly full, percent.
const NEARLY_FULL: u64 = 80;

pub(super) async fn postgres(api: &Api) -> Part {
    Part::within("postgres", async {
        let (pool, began) = (api.database.primary(), Instant::now());
        sqlx::query("SELECT 1").execute(pool).await.map_err(|error| error.to_string())?;
        let busy = u64::from(pool.size()).saturating_sub(pool.num_idle() as u64);
        let part = Part::new("postgres", PartState::Ok, "answers").figure("answer_ms", ms(began.elapsed()));
        Ok(part.figure("busy", busy).figure("busy_max", api.config.database.connections_max.into()))
    })
    .await
}

/// Not what a replica says of itself, which knows nothing of what it was not sent: how long it takes to get to where the primary
/// is now.
pub(super) async fn replica(api: &Api) -> Part {
    let Some(replica) = api.database.replica() else {
        return Part::new("replica", PartState::Off, "none is configured");
    };
    Part::within("replica", async {
        let text = |error: sqlx::Error| error.to_string();
        let written = store::written(api.database.primary()).await.map_err(text)?;
        let began = Instant::now();
        loop {
            let part = match store::behind(&replica.pool, &written).await.map_err(text)? {
                None => {
                    Part::new("replica", PartState::Degraded, "answers, but follows no primary, which is read instead")
                }
                Some(..=0) => {
                    Part::new("replica", PartState::Ok, "follows the primary").figure("behind_ms", ms(began.elapsed()))
                }
                Some(bytes) if began.elapsed() > BEHIND_MAX => {
                    let detail = match *replica.is_away.borrow() {
                        false => "more than a second behind the primary",
                        true => "too far behind the primary, which is read instead",
                    };
                    let part = Part::new("replica", PartState::Degraded, detail);
                    part.figure("behind_bytes", bytes.unsigned_abs())
                }
                Some(_) => {
                    tokio::time::sleep(BEHIND_EVERY).await;
                    continue;
                }
            };
            return Ok(part);
        }
    })
    .await
}

pub(super) fn bus(api: &Api) -> Part {
    reachable("bus", api.stores.bus.is_available(), "other nodes hear of changes late")
}

pub(super) fn cache(api: &Api) -> Part {
    reachable("cache", api.stores.cache.is_available(), "everything is read from Postgres")
}

fn reachable(name: &str, is_available: bool, else_what: &str) -> Part {
    match is_available {
        true => Part::new(name, PartState::Ok, "answers"),
        false => Part::new(name, PartState::Degraded, else_what),
    }
}

pub(super) async fn blobs(api: &Api) -> Part {
    Part::within("blobs", async {
        let (blobs, began) = (&api.stores.blobs, Instant::now());
        blobs.check().await.map_err(|error| error.to_string())?;
        let part = Part::new("blobs", PartState::Ok, format!("{}: takes files", blobs.kind()));
        Ok(part.figure("answer_ms", ms(began.elapsed())))
    })
    .await
}

/// Whether the trail can be searched, and what has not got there yet.
pub(super) async fn audit(api: &Api) -> Part {
    Part::within("audit", async {
        let (audit, until) = (&api.stores.audit, OffsetDateTime::now_utc());
        let spool = audit.spool().await.map_err(|error| error.to_string())?;
        let query = AuditQuery {
            scope: Scope::All,
            kind: None,
            from: until - time::Duration::SECOND,
            until,
            limit: 1,
            after: None,
        };
        let lost = api.trail.lost();
        let Some(spool) = spool else {
            audit.query(&query).await.map_err(|error| error.to_string())?;
            return Ok(Part::new("audit", PartState::Ok, "files: can be searched").figure("lost", lost));
        };
        let oldest = spool.oldest.map_or(Duration::ZERO, |at| (until - at).unsigned_abs());
        let is_full = spool.bytes.saturating_mul(100) > spool.bytes_max.saturating_mul(NEARLY_FULL);
        // What cannot be searched is not lost yet: the spool tells how bad it is.
        let searched = audit.query(&query).await;
        let (state, detail) = match searched {
            _ if is_full => (PartState::Down, "Azure Tables: the spool is nearly full; then admins can do nothing"),
            Err(_) => (PartState::Degraded, "Azure Tables: cannot be searched; what happens waits on this node's disk"),
            Ok(_) if oldest > SPOOL_LATE => {
                (PartState::Degraded, "Azure Tables: what happened waits on this node's disk")
            }
            Ok(_) => (PartState::Ok, "Azure Tables: can be searched"),
        };
        let part = Part::new("audit", state, detail).figure("lost", lost).figure("spool_bytes", spool.bytes);
        Ok(part.figure("spool_bytes_max", spool.bytes_max).figure("spool_oldest_s", oldest.as_secs()))
    })
    .await
}

pub(super) async fn mail(api: &Api) -> Part {
    match api.mailer.check().await {
        None => Part::new("mail", PartState::Off, "`mail.smtp_url` is not set: mail goes to the log"),
        Some(Ok(())) => Part::new("mail", PartState::Ok, "SMTP: the server answers"),
        Some(Err(error)) => {
            tracing::warn!(error, "the mail server is not well");
            Part::new("mail", PartState::Down, "SMTP: the server does not answer, or refuses; the log says how")
        }
    }
}

/// Events that pages, other nodes and webhooks have still to hear of.
pub(super) async fn outbox(api: &Api) -> Part {
    Part::within("outbox", async {
        let (unsent, oldest_s) =
            events::backlog(api.database.primary()).await.map_err(|error: sqlx::Error| error.to_string())?;
        let (unsent, oldest_s) = (unsent.unsigned_abs(), u64::try_from(oldest_s).unwrap_or_default());
        let part = match oldest_s > OUTBOX_LATE.as_secs() {
            false => Part::new("outbox", PartState::Ok, "what happens is handed on"),
            true => Part::new("outbox", PartState::Degraded, "events wait: pages and webhooks hear of them late"),
        };
        Ok(part.figure("waiting", unsent).figure("oldest_s", oldest_s))
    })
    .await
}

/// Whether other systems are told what they are to be told.
pub(super) async fn webhooks(api: &Api) -> Part {
    Part::within("webhooks", async {
        let waiting = hooks::waiting(api.database.primary()).await.map_err(|error| error.to_string())?;
        let overdue_s = u64::try_from(waiting.overdue_s).unwrap_or_default();
        let (state, detail) = match () {
            () if waiting.given_up > 0 => (PartState::Degraded, "one was disabled, because nothing arrived there"),
            () if waiting.failing > 0 => (PartState::Degraded, "nothing arrives at one of them; it is tried again"),
            () if overdue_s > DELIVERY_LATE.as_secs() => (PartState::Degraded, "deliveries are late"),
            () if waiting.enabled == 0 => (PartState::Off, "there is none that is enabled"),
            () => (PartState::Ok, "what is sent arrives"),
        };
        let part = Part::new("webhooks", state, detail).figure("enabled", waiting.enabled.unsigned_abs());
        let part = part.figure("failing", waiting.failing.unsigned_abs());
        let part = part.figure("given_up", waiting.given_up.unsigned_abs());
        Ok(part.figure("waiting", waiting.waiting.unsigned_abs()).figure("overdue_s", overdue_s))
    })
    .await
}

/// Pages that hear at this node what happens.
pub(super) fn streams(api: &Api) -> Part {
    let (open, open_max) = (api.streams.open() as u64, api.config.events.streams_max as u64);
    let part = match open.saturating_mul(100) > open_max.saturating_mul(NEARLY_FULL) {
        false => Part::new("streams", PartState::Ok, "pages hear at once what happens"),
        true => Part::new("streams", PartState::Degraded, "nearly as many as there may be at this node"),
    };
    part.figure("open", open).figure("open_max", open_max)
}

/// Whether recorders record what they are to record.
pub(super) async fn recordings(api: &Api) -> Part {
    Part::within("recordings", async {
        let backlog = recordings::backlog(api.database.primary()).await.map_err(|error| error.to_string())?;
        let recordings::Backlog { waiting, oldest_s, held, recorders } = backlog;
        let is_late = u64::try_from(oldest_s).unwrap_or_default() > CLASS_WAITS.as_secs();
        let nobody = recorders == 0 && held == 0;
        let (state, detail) = match api.config.recordings.is_enabled() {
            false if waiting == 0 => (PartState::Off, "classes are not recorded"),
            _ if nobody && waiting > 0 => (PartState::Down, "recordings wait: no recorder has asked for work"),
            _ if nobody => (PartState::Degraded, "no recorder has asked for work: what begins now is not recorded"),
            _ if is_late => (PartState::Degraded, "recordings wait: every recorder has as many as it can"),
            _ => (PartState::Ok, "recorders ask for work"),
        };
        let part = Part::new("recordings", state, detail).figure("recorders", recorders.unsigned_abs());
        let part = part.figure("held", held.unsigned_abs()).figure("waiting", waiting.unsigned_abs());
        Ok(part.figure("oldest_s", oldest_s.unsigned_abs()))
    })
    .await
}

/// Every circuit breaker there is, by its metric.
pub(super) fn breakers(registry: &prometheus::Registry) -> Vec<Part> {
    let families = registry.gather();
    let states = families.iter().filter(|family| family.name() == "lectern_breaker_state");
    let each = states.flat_map(|family| family.get_metric()).map(|metric| {
        let label = metric.get_label().iter().find(|label| label.name() == "name");
        let name = format!("breaker {}", label.map_or("", |label| label.value()));
        match metric.get_gauge().get_value() as i64 {
            0 => Part::new(name, PartState::Ok, "closed: calls are made"),
            1 => Part::new(name, PartState::Degraded, "half-open: one call is made, to see"),
            _ => Part::new(name, PartState::Down, "open: it failed lately, calls are refused"),
        }
    });
    each.collect()
}
