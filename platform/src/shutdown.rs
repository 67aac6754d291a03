//! The end of a process: asked for by a signal, bounded in time.
//!
//! [`requested`] is done when somebody wants the process to end. What it was doing is then drained [`within`] a deadline;
//! a second signal does not wait for that.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

/// How a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Everything was done.
    Complete,
    /// The deadline came first, or a second signal: what was left is cut off.
    CutOff,
}

/// Done at the first SIGTERM or SIGINT (Ctrl-C) after this call, be it awaited by then or not.
///
/// # Errors
///
/// When the handlers cannot be installed.
pub fn requested() -> std::io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Waits for `drain`, but no longer than `deadline`, and not at all once a further signal comes.
pub async fn within(deadline: Duration, drain: impl Future<Output = ()>) -> Drained {
    let again = async {
        match requested() {
            Ok(requested) => requested.await,
            // The deadline is what remains.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = drain => Drained::Complete,
        () = tokio::time::sleep(deadline) => Drained::CutOff,
        () = again => Drained::CutOff,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_drain_ends_when_it_is_done_or_when_its_time_is_over() {
        let second = Duration::from_secs(1);
        assert_eq!(within(2 * second, tokio::time::sleep(second)).await, Drained::Complete);
        assert_eq!(within(second, tokio::time::sleep(2 * second)).await, Drained::CutOff);
        assert_eq!(within(second, std::future::pending()).await, Drained::CutOff);
    }
}
