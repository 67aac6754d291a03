//! Webhooks and their deliveries as admins see them.

use garde::Validate;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// Webhooks there may be.
pub(super) const WEBHOOKS_MAX: i64 = 50;
/// Kinds that one names.
const KINDS_MAX: usize = 50;

/// Another system that is told what happens.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Webhook {
    pub(super) id: Uuid,
    /// Where it is.
    pub(super) url: String,
    /// The kinds of events that it is told; none: all.
    pub(super) kinds: Vec<String>,
    /// Whether it is told anything.
    pub(super) enabled: bool,
    /// Why not: `admin`, `failing` (for three days) or `gone` (it answered `410`).
    pub(super) disabled_reason: Option<String>,
    /// Since when nothing arrived there.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) failing_since: Option<OffsetDateTime>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) created_at: OffsetDateTime,
    /// What its deliveries are signed with. Shown once: when it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<String>,
}

/// All webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Webhooks {
    /// The oldest first.
    pub(super) items: Vec<Webhook>,
}

/// A webhook to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWebhook {
    /// Where it is: an https URL of the public internet.
    #[garde(skip)]
    #[schema(max_length = 2000)]
    pub(super) url: String,
    /// The kinds of events that it is told; none: all.
    #[serde(default)]
    #[garde(length(max = KINDS_MAX), inner(length(chars, min = 1, max = 64)))]
    #[schema(max_items = 50)]
    pub(super) kinds: Vec<String>,
}

/// What is to be otherwise.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookChange {
    #[garde(skip)]
    #[schema(max_length = 2000)]
    pub(super) url: Option<String>,
    #[garde(inner(length(max = KINDS_MAX), inner(length(chars, min = 1, max = 64))))]
    #[schema(max_items = 50)]
    pub(super) kinds: Option<Vec<String>>,
    #[garde(skip)]
    pub(super) enabled: Option<bool>,
    /// Makes a new secret. For a day deliveries are signed with the old one too.
    #[serde(default)]
    #[garde(skip)]
    pub(super) new_secret: bool,
}

/// What became of one event.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Delivery {
    /// The header `webhook-id`, by which the other system knows what comes twice.
    pub(super) id: Uuid,
    /// Of the event.
    pub(super) kind: String,
    /// `pending`, `delivered` or `failed`.
    pub(super) state: String,
    /// How often it was tried.
    pub(super) attempts: i32,
    /// The status of the last answer.
    pub(super) status: Option<i32>,
    /// What was wrong the last time.
    pub(super) error: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) created_at: OffsetDateTime,
    /// When it is tried next, if it is pending.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) next_at: Option<OffsetDateTime>,
}
