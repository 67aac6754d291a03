//! Where the media of a recording comes from: a room ([`Room`]), or, in tests, something else.

use futures_util::future::{BoxFuture, FutureExt as _};
use tokio::sync::mpsc;

use crate::capture::{Capture, Captured, Target};

/// Where media comes from.
pub trait Media: Send + Sync + 'static {
    /// Begins to take media from a room, and goes on until it is finished or dropped.
    ///
    /// # Errors
    /// What is missing to take any.
    fn open(&self, target: Target) -> Result<Feed, String>;
}

/// Media as it comes.
pub struct Feed {
    /// To be emptied all the time; ends when the tap is finished.
    pub captured: mpsc::Receiver<Captured>,
    /// To end it. Dropped, it ends at once, and what is open is lost.
    pub tap: Box<dyn Tap>,
}

/// Ends a feed.
pub trait Tap: Send {
    /// Closes what is open and hands it over.
    fn finish(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// The rooms of the media server, watched by WHEP.
pub(crate) struct Room;

impl Media for Room {
    fn open(&self, target: Target) -> Result<Feed, String> {
        let (capture, captured) = Capture::start(target).map_err(|error| error.to_string())?;
        Ok(Feed { captured, tap: Box::new(capture) })
    }
}

impl Tap for Capture {
    fn finish(self: Box<Self>) -> BoxFuture<'static, ()> {
        async move {
            let summary = Capture::finish(*self).await;
            tracing::info!(?summary, "recorder: left the room");
        }
        .boxed()
    }
}
