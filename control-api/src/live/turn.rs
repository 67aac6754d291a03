//! The servers that help a browser to reach the media server, with credentials that expire.
//!
//! A credential is as coturn's `use-auth-secret` wants it (draft-uberti-behave-turn-rest-00): the name is the time of its end,
//! in seconds since 1970, and who it is for; the password is the base64 of its HMAC-SHA1 by the secret that the servers share
//! with us. So nothing has to be kept, here or there. The end is a full hour, so that whoever joins ten times has one name, and
//! the server's quota for a name is one for a person.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::config::LiveConfig;

/// A server as a browser's `RTCPeerConnection` takes it.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct IceServer {
    /// Its addresses.
    urls: Vec<String>,
    /// For TURN.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// For TURN.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<String>,
}

/// All there are, with credentials for somebody, of which it is `now_s`.
pub(super) fn ice_servers(config: &LiveConfig, person: Uuid, now_s: u64) -> Vec<IceServer> {
    let mut servers = Vec::new();
    if !config.stun_urls.is_empty() {
        servers.push(IceServer { urls: config.stun_urls.clone(), username: None, credential: None });
    }
    if !config.turn_urls.is_empty() {
        let expires_s = (now_s + config.turn_s).next_multiple_of(3_600);
        let username = format!("{expires_s}:{person}");
        let credential = password(&config.turn_secret, &username);
        servers.push(IceServer {
            urls: config.turn_urls.clone(),
            username: Some(username),
            credential: Some(credential),
        });
    }
    servers
}

fn password(secret: &str, username: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, username.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_hmac_of_the_name() {
        // printf 1700000000:ada | openssl dgst -sha1 -hmac north-sea-and-south -binary | base64
        assert_eq!(password("north-sea-and-south", "1700000000:ada"), "16O1KDNY+uGP+gIw6r05JtS60qc=");
    }

    #[test]
    fn one_person_has_one_name_within_the_hour_and_each_expires() {
        let config = LiveConfig {
            stun_urls: vec!["stun:a".into()],
            turn_urls: vec!["turn:a".into(), "turns:a".into()],
            turn_secret: "north-sea-and-south".into(),
            turn_s: 600,
            ..LiveConfig::default()
        };
        let person = Uuid::from_u128(7);
        let servers = ice_servers(&config, person, 7_200);
        assert_eq!(servers[0], IceServer { urls: vec!["stun:a".into()], username: None, credential: None });
        assert_eq!(servers[1].urls, config.turn_urls);
        assert_eq!(servers[1].username, Some(format!("10800:{person}")));
        assert_eq!(ice_servers(&config, person, 10_200), servers);
        assert_ne!(ice_servers(&config, person, 10_201), servers);
        assert_ne!(ice_servers(&config, Uuid::from_u128(8), 7_200), servers);
        assert_eq!(ice_servers(&LiveConfig::default(), person, 0), []);
    }
}
