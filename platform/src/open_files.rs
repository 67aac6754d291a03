//! How many files, and so sockets, this process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit of open files to `wanted`, or as far as is allowed, and never lowers it. The limit that holds now;
/// `u64::MAX` is none.
pub fn raise(wanted: u64) -> u64 {
    let limit = getrlimit(Resource::Nofile);
    if let Some(current) = limit.current
        && current < wanted
    {
        // The privileged alone may raise the hard limit; who is not keeps what there is.
        let hard = limit.maximum.unwrap_or(u64::MAX);
        for current in [wanted, wanted.min(hard)] {
            let maximum = limit.maximum.map(|maximum| maximum.max(current));
            if setrlimit(Resource::Nofile, Rlimit { current: Some(current), maximum }).is_ok() {
                break;
            }
        }
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_limit_is_never_lowered() {
        let before = super::raise(0);
        assert_eq!(super::raise(1), before);
        assert!(super::raise(before) >= before);
    }
}
