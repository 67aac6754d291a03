//! How the parts are that the school stands on, as this node sees them.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use lectern_platform::audit::{AuditQuery, Scope};
use serde::Serialize;
use sqlx::PgPool;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::server::Api;

/// How long a part may take to say that it is well.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// The parts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct System {
    parts: Vec<Part>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Part {
    /// `postgres`, `replica`, `bus`, `cache`, `audit`, `mail`, or `breaker` and what it is around.
    name: String,
    /// How it is.
    state: PartState,
    /// What there is to say about that.
    detail: String,
}

/// How a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum PartState {
    /// Well.
    Ok,
    /// It may come back at any moment, or is done without.
    Degraded,
    /// Away.
    Down,
    /// Not configured.
    Off,
}

/// How the school's parts are, asked now.
#[utoipa::path(get, path = "/v1/system", tag = "oversight", responses((status = 200, body = System)))]
pub(super) async fn system(State(api): State<Arc<Api>>) -> Json<System> {
    let (primary, replica) = (api.database.primary(), api.database.replica());
    let (postgres, replica, audit) = tokio::join!(
        ask("postgres", postgres(primary)),
        async {
            match api.config.database.replica_url {
                Some(_) => ask("replica", postgres(replica)).await,
                None => part("replica", PartState::Off, "none is configured"),
            }
        },
        ask("audit", audit(&api)),
    );
    let bus = reachable("bus", api.stores.bus.is_available(), "other nodes hear of changes late");
    let cache = reachable("cache", api.stores.cache.is_available(), "everything is read from Postgres");
    let mail = match api.config.mail.smtp_url {
        Some(_) => part("mail", PartState::Ok, "see its breaker"),
        None => part("mail", PartState::Off, "`mail.smtp_url` is not set: mail goes to the log"),
    };
    let mut parts = vec![postgres, replica, bus, cache, audit, mail];
    parts.extend(breakers(&api.registry));
    Json(System { parts })
}

async fn postgres(pool: &PgPool) -> Result<(), String> {
    sqlx::query("SELECT 1").execute(pool).await.map(drop).map_err(|error| error.to_string())
}

async fn audit(api: &Api) -> Result<(), String> {
    let until = OffsetDateTime::now_utc();
    let from = until - time::Duration::SECOND;
    let query = AuditQuery { scope: Scope::All, kind: None, from, until, limit: 1, after: None };
    api.stores.audit.query(&query).await.map(drop).map_err(|error| error.to_string())
}

async fn ask(name: &str, question: impl Future<Output = Result<(), String>>) -> Part {
    match tokio::time::timeout(ANSWER_MAX, question).await {
        Ok(Ok(())) => part(name, PartState::Ok, "answers"),
        Ok(Err(error)) => {
            // What it said may hold addresses; the log has it.
            tracing::warn!(name, error, "a part is not well");
            part(name, PartState::Down, "answers with an error; the log says which")
        }
        Err(_) => part(name, PartState::Down, &format!("no answer within {ANSWER_MAX:?}")),
    }
}

fn reachable(name: &str, is_available: bool, else_what: &str) -> Part {
    match is_available {
        true => part(name, PartState::Ok, "answers"),
        false => part(name, PartState::Degraded, else_what),
    }
}

/// Every circuit breaker there is, by its metric.
fn breakers(registry: &prometheus::Registry) -> Vec<Part> {
    let families = registry.gather();
    let states = families.iter().filter(|family| family.name() == "lectern_breaker_state");
    let each = states.flat_map(|family| family.get_metric()).map(|metric| {
        let label = metric.get_label().iter().find(|label| label.name() == "name");
        let name = format!("breaker {}", label.map_or("", |label| label.value()));
        match metric.get_gauge().get_value() as i64 {
            0 => part(&name, PartState::Ok, "closed: calls are made"),
            1 => part(&name, PartState::Degraded, "half-open: one call is made, to see"),
            _ => part(&name, PartState::Down, "open: it failed lately, calls are refused"),
        }
    });
    each.collect()
}

fn part(name: &str, state: PartState, detail: &str) -> Part {
    Part { name: name.to_owned(), state, detail: detail.to_owned() }
}
