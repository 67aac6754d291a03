//! What waits for one stream: bounded, and as small as what is in it. There are thousands, nearly all of them empty, and a
//! channel of blocks would cost each of them more than a kilobyte.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

/// A queue for so many frames at most. The stream ends when the [`Sender`] is dropped and what waits was read.
pub(super) fn queue(frames_max: usize) -> (Sender, Receiver) {
    let waiting = Waiting { frames: VecDeque::new(), reader: None, is_closed: false };
    let waiting = Arc::new(Mutex::new(waiting));
    (Sender { waiting: Arc::clone(&waiting), frames_max }, Receiver(waiting))
}

/// The end that is written to.
#[derive(Debug)]
pub(super) struct Sender {
    waiting: Arc<Mutex<Waiting>>,
    frames_max: usize,
}

/// The end that a client reads.
#[derive(Debug)]
pub(super) struct Receiver(Arc<Mutex<Waiting>>);

#[derive(Debug)]
struct Waiting {
    frames: VecDeque<Bytes>,
    reader: Option<Waker>,
    is_closed: bool,
}

/// There was no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Sender {
    /// Puts a frame at the end, if `left` more would find room still.
    pub(super) fn send(&self, frame: Bytes, left: usize) -> Result<(), Full> {
        let mut waiting = lock(&self.waiting);
        if waiting.frames.len() + left >= self.frames_max {
            return Err(Full);
        }
        waiting.frames.push_back(frame);
        waiting.wake();
        Ok(())
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let mut waiting = lock(&self.waiting);
        waiting.is_closed = true;
        waiting.wake();
    }
}

impl Receiver {
    /// The next frame; nothing, once the queue is closed and empty.
    pub(super) fn poll_recv(&self, context: &Context<'_>) -> Poll<Option<Bytes>> {
        let mut waiting = lock(&self.0);
        if let Some(frame) = waiting.frames.pop_front() {
            return Poll::Ready(Some(frame));
        }
        if waiting.is_closed {
            return Poll::Ready(None);
        }
        waiting.frames.shrink_to_fit();
        waiting.reader = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Waiting {
    fn wake(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    async fn next(receiver: &Receiver) -> Option<Bytes> {
        poll_fn(|context| receiver.poll_recv(context)).await
    }

    #[tokio::test]
    async fn frames_come_in_their_order_up_to_the_bound_and_then_the_end() {
        let (sender, receiver) = queue(3);
        let frame = |text: &'static str| Bytes::from_static(text.as_bytes());
        assert_eq!(sender.send(frame("a"), 0), Ok(()));
        assert_eq!(sender.send(frame("b"), 2), Err(Full), "two more must find room");
        assert_eq!(sender.send(frame("b"), 1), Ok(()));
        assert_eq!(sender.send(frame("c"), 0), Ok(()));
        assert_eq!(sender.send(frame("d"), 0), Err(Full));
        assert_eq!(next(&receiver).await.unwrap(), "a");
        drop(sender);
        assert_eq!(next(&receiver).await.unwrap(), "b");
        assert_eq!(next(&receiver).await.unwrap(), "c");
        assert_eq!(next(&receiver).await, None);
    }

    #[tokio::test]
    async fn who_waits_is_woken_by_a_frame_and_by_the_end() {
        let (sender, receiver) = queue(1);
        let reader = tokio::spawn(async move { (next(&receiver).await, next(&receiver).await) });
        tokio::task::yield_now().await;
        sender.send(Bytes::from_static(b"a"), 0).unwrap();
        tokio::task::yield_now().await;
        drop(sender);
        assert_eq!(reader.await.unwrap(), (Some(Bytes::from_static(b"a")), None));
    }
}
