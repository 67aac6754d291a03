//! Where live classes take place.

use lectern_platform::config::ConfigError;
use serde::Deserialize;

/// Addresses of STUN and TURN servers, of each kind.
const ICE_URLS_MAX: usize = 8;

/// The keys of `[live]`.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LiveConfig {
    /// Where the media server answers, without a path: `https://media.school.example`. Empty, the default: where the page
    /// comes from.
    pub media_url: String,
    /// Where the rooms answer, without a path: `wss://rooms.school.example`. Empty, the default: where the page comes from.
    pub rooms_url: String,
    /// How long a room's token is good at most, seconds, 60 to 86400. Default 21,600. It ends half an hour after the class if
    /// that is sooner.
    pub token_s_max: u64,
    /// A class without a tutor ends by itself so long after its time, and one that nobody started is cancelled; seconds.
    /// Default 7,200.
    pub abandoned_s: u32,
    /// STUN servers: `stun:stun.school.example:3478`. Default none: the media server has an address that everybody reaches.
    pub stun_urls: Vec<String>,
    /// TURN servers, for networks that let nothing else out: `turns:turn.school.example:443?transport=tcp`. Default none.
    pub turn_urls: Vec<String>,
    /// The secret that these servers share with us (coturn's `static-auth-secret`), 16 bytes at least.
    pub turn_secret: String,
    /// How long their credentials are good at least, seconds; an hour more at most. 60 to 86400. Default 21,600.
    pub turn_s: u64,
}

impl Default for LiveConfig {
    fn default() -> Self {
        Self {
            media_url: String::new(),
            rooms_url: String::new(),
            token_s_max: 21_600,
            abandoned_s: 7_200,
            stun_urls: Vec::new(),
            turn_urls: Vec::new(),
            turn_secret: String::new(),
            turn_s: 21_600,
        }
    }
}

/// Without the secret.
impl std::fmt::Debug for LiveConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveConfig").field("turn_urls", &self.turn_urls).finish_non_exhaustive()
    }
}

impl LiveConfig {
    /// Looks at everything that a type cannot express.
    ///
    /// # Errors
    /// The key, and what it may be.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let bare = |url: &str, schemes: &[&str]| {
            let rest = schemes.iter().find_map(|scheme| url.strip_prefix(scheme));
            url.is_empty() || rest.is_some_and(|host| !host.is_empty() && !host.contains(['/', '@', '?', '#']))
        };
        if !bare(&self.media_url, &["https://", "http://"]) {
            return Err(ConfigError::rejected("live.media_url", "https://media.school.example, without a path"));
        }
        if !bare(&self.rooms_url, &["wss://", "ws://"]) {
            return Err(ConfigError::rejected("live.rooms_url", "wss://rooms.school.example, without a path"));
        }
        let times = [
            ("live.token_s_max", self.token_s_max),
            ("live.abandoned_s", self.abandoned_s.into()),
            ("live.turn_s", self.turn_s),
        ];
        if let Some((key, _)) = times.into_iter().find(|(_, seconds)| !(60..=86_400).contains(seconds)) {
            return Err(ConfigError::rejected(key, "60 to 86400"));
        }
        let (stun, turn) = (["stun:", "stuns:"], ["turn:", "turns:"]);
        for (key, urls, schemes) in
            [("live.stun_urls", &self.stun_urls, stun), ("live.turn_urls", &self.turn_urls, turn)]
        {
            let are_good = urls.iter().all(|url| schemes.iter().any(|scheme| url.starts_with(scheme)));
            if urls.len() > ICE_URLS_MAX || !are_good {
                return Err(ConfigError::rejected(
                    key,
                    format!("{ICE_URLS_MAX} at most, each begins with {}", schemes[0]),
                ));
            }
        }
        if !self.turn_urls.is_empty() && self.turn_secret.len() < 16 {
            return Err(ConfigError::rejected("live.turn_secret", "16 bytes at least, the servers' own"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_checked() {
        let wrong = |change: fn(&mut LiveConfig)| {
            let mut config = LiveConfig::default();
            change(&mut config);
            match config.validate() {
                Ok(()) => "",
                Err(ConfigError::Rejected { key, .. }) => key,
                Err(other) => panic!("{other}"),
            }
        };
        assert_eq!(wrong(|_| {}), "");
        assert_eq!(wrong(|c| c.media_url = "https://a/b".into()), "live.media_url");
        assert_eq!(wrong(|c| c.rooms_url = "https://a".into()), "live.rooms_url");
        assert_eq!(wrong(|c| c.rooms_url = "wss://a:1".into()), "");
        assert_eq!(wrong(|c| c.token_s_max = 59), "live.token_s_max");
        assert_eq!(wrong(|c| c.turn_s = 86_401), "live.turn_s");
        assert_eq!(wrong(|c| c.stun_urls = vec!["turn:a".into()]), "live.stun_urls");
        assert_eq!(wrong(|c| c.turn_urls = vec!["turn:a".into(); 9]), "live.turn_urls");
        assert_eq!(wrong(|c| c.turn_urls = vec!["turn:a".into()]), "live.turn_secret");
    }
}
