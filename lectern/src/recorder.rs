//! The recorder in this process. It asks the school for jobs and watches rooms as it would from another machine: over HTTP,
//! by tokens.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use lectern_platform::config::{self, ConfigError};
use lectern_recorder::RecorderConfig;
use lectern_recorder::config::{JobsConfig, SpoolConfig};

/// How long it may close what is open when this process ends. The school and the rooms have to be there for it.
pub(crate) const DRAIN_MAX: Duration = Duration::from_secs(4);

/// The environment, with what is not stored yet in the data folder.
pub(crate) fn config(data: &Path) -> Result<RecorderConfig, ConfigError> {
    let mut recorder: RecorderConfig = config::load("recorder", None)?;
    if recorder.spool.folder == SpoolConfig::default().folder {
        recorder.spool.folder = data.join("spool");
    }
    recorder.validate()?;
    Ok(recorder)
}

/// With the school at `public`, where this process serves it, unless another was named.
pub(crate) fn at(mut recorder: RecorderConfig, public: SocketAddr) -> RecorderConfig {
    if recorder.jobs.url == JobsConfig::default().url {
        recorder.jobs.url = format!("http://{}", within_reach(public));
    }
    recorder
}

/// A wildcard is no address to go to.
fn within_reach(public: SocketAddr) -> SocketAddr {
    let ip = match public.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, public.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_school_is_this_process_unless_another_is_named() {
        let url = |config, public: &str| at(config, public.parse().unwrap()).jobs.url;
        for (public, expected) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:80", "http://[::1]:80"),
        ] {
            assert_eq!(url(RecorderConfig::default(), public), expected);
        }
        let mut named = RecorderConfig::default();
        named.jobs.url = "http://school:8082".to_owned();
        assert_eq!(url(named, "127.0.0.1:8080"), "http://school:8082");
    }
}
