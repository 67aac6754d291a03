//! What lets somebody into a class: a room's token, and where to go with it.

use std::time::Duration;

use lectern_platform::token::{Claims, Role};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::class::Class;
use super::config::LiveConfig;
use super::turn::{IceServer, ice_servers};
use crate::problem::ApiError;
use crate::server::Api;

/// How long a token outlives the time of its class: classes run over.
const MARGIN: time::Duration = time::Duration::minutes(30);
/// What a room's token takes of a name, in bytes.
const NAME_BYTES_MAX: usize = 160;

/// A way into a class. The addresses are relative to where the page comes from if they begin with a slash.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LiveTicket)]
pub(super) struct Ticket {
    /// The room's name.
    room: String,
    /// For the room and the media server. Whoever is in stays in when it expires.
    token: String,
    /// Until when it lets in.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// Where the room's WebSocket is.
    websocket: String,
    /// Where to watch.
    whep: String,
    /// Where to publish; `null` for who does not. Whoever is called on stage publishes at `{whep}/../whip/stage/{place}`.
    whip: Option<Whip>,
    /// For the browser's `RTCPeerConnection`.
    ice_servers: Vec<IceServer>,
}

/// Where a tutor publishes.
#[derive(Debug, Serialize, ToSchema)]
struct Whip {
    /// Camera and voice.
    camera: String,
    /// The screen and its sound.
    screen: String,
}

/// Who comes, and as what.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) person: Uuid,
    pub(super) name: String,
    pub(super) role: Role,
    /// Whether the class is being recorded.
    pub(super) recorded: bool,
}

/// Writes one, at `now`.
///
/// # Errors
/// A bug of ours.
pub(super) fn write(api: &Api, class: &Class, guest: &Guest, now: OffsetDateTime) -> Result<Ticket, ApiError> {
    let config = &api.config.live;
    let lifetime = lifetime(class, config, now);
    let room = class.id.to_string();
    let name = shortened(&guest.name);
    let claims = Claims::issue(&room, &guest.person.to_string(), name, guest.role, lifetime);
    let claims = claims.with_recorded(guest.recorded);
    let is_publisher = !claims.publish.is_empty();
    let expires_at = OffsetDateTime::from_unix_timestamp(claims.exp.cast_signed()).unwrap_or(now);
    let token =
        api.keys.signer.sign(&claims).map_err(|error| ApiError::Internal(format!("a room's token: {error}")))?;
    let media = format!("{}/v1/rooms/{room}", config.media_url);
    let whip = || Whip { camera: format!("{media}/whip/camera"), screen: format!("{media}/whip/screen") };
    Ok(Ticket {
        websocket: format!("{}/v1/rooms/{room}/ws", config.rooms_url),
        whep: format!("{media}/whep"),
        whip: is_publisher.then(whip),
        ice_servers: ice_servers(config, guest.person, now.unix_timestamp().unsigned_abs()),
        room,
        token,
        expires_at,
    })
}

/// Until the class should be over, but no longer than may be.
fn lifetime(class: &Class, config: &LiveConfig, now: OffsetDateTime) -> Duration {
    let left = class.ends_at.max(now) + MARGIN - now;
    Duration::from_secs(left.whole_seconds().unsigned_abs()).min(Duration::from_secs(config.token_s_max))
}

/// As much of a name as there is place for.
fn shortened(name: &str) -> &str {
    &name[..name.floor_char_boundary(NAME_BYTES_MAX)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let name = "€".repeat(60);
        assert_eq!(shortened(&name), "€".repeat(53));
        assert_eq!(shortened("Ada"), "Ada");
    }
}
