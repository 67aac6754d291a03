//! One stream of events to one page: server-sent events as the body of an answer.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::time::{Instant, Sleep, sleep_until};

use super::queue::Receiver;
use super::streams::Place;

/// How often something is sent, be it nothing: proxies and clients take silence for a broken connection.
const COMMENT_EVERY: Duration = Duration::from_secs(15);
/// What is sent then.
const COMMENT: &[u8] = b":\n\n";

/// See the [module](self). It ends at a given time, or when its queue is closed; its place in the table goes with it.
#[derive(Debug)]
pub(super) struct EventStream {
    first: VecDeque<Bytes>,
    queue: Receiver,
    ends: Instant,
    wake: Pin<Box<Sleep>>,
    _place: Place,
}

impl EventStream {
    /// Sends `first`, and then what comes through the queue.
    pub(super) fn new(first: VecDeque<Bytes>, queue: Receiver, ends: Instant, place: Place) -> Self {
        let wake = Box::pin(sleep_until(ends.min(Instant::now() + COMMENT_EVERY)));
        Self { first, queue, ends, wake, _place: place }
    }
}

impl Body for EventStream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(first) = self.first.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if let Poll::Ready(next) = self.queue.poll_recv(context) {
            return Poll::Ready(next.map(|bytes| Ok(Frame::data(bytes))));
        }
        if self.wake.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        let now = Instant::now();
        if now >= self.ends {
            return Poll::Ready(None);
        }
        let next = self.ends.min(now + COMMENT_EVERY);
        self.wake.as_mut().reset(next);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(COMMENT)))))
    }
}
