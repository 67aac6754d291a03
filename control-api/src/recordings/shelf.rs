//! Texts that many people fetch at once: playlists with their addresses, chats, chapters. Each is made once for all of them, by
//! the first who asks; the others wait for it. What was used last is kept, within a bound.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use hashlink::LruCache;
use uuid::Uuid;

use super::playlist::Playlist;
use crate::problem::ApiError;

/// What a text weighs beside its bytes.
const WEIGHT_MIN: usize = 256;

/// Which text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum What {
    Playlist(Playlist),
    /// For tutors there is more in it.
    Chat {
        tutor: bool,
    },
    Chapters {
        tutor: bool,
    },
}

/// A text, and how long it is good.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) bytes: Bytes,
    pub(super) good_for: Duration,
}

type Slot = Arc<tokio::sync::Mutex<Option<(Bytes, Instant)>>>;

/// See the [module](self).
pub(crate) struct Shelf {
    bytes_max: usize,
    kept: Mutex<Kept>,
}

/// `bytes` is the sum of all weights.
struct Kept {
    slots: LruCache<(Uuid, What), (Slot, usize)>,
    bytes: usize,
}

impl Shelf {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, kept: Mutex::new(Kept { slots: LruCache::new_unbounded(), bytes: 0 }) }
    }

    /// The text that is kept and still good, or else what `make` makes.
    ///
    /// # Errors
    /// Those of `make`.
    pub(super) async fn text(
        &self,
        recording: Uuid,
        what: What,
        make: impl Future<Output = Result<Text, ApiError>>,
    ) -> Result<Bytes, ApiError> {
        let slot = self.slot(recording, what);
        let mut held = slot.lock().await;
        if let Some((bytes, until)) = held.as_ref()
            && *until > Instant::now()
        {
            return Ok(bytes.clone());
        }
        let Text { bytes, good_for } = make.await?;
        *held = Some((bytes.clone(), Instant::now() + good_for));
        self.weigh(recording, what, bytes.len());
        Ok(bytes)
    }

    fn slot(&self, recording: Uuid, what: What) -> Slot {
        let mut kept = self.kept();
        if let Some((slot, _)) = kept.slots.get(&(recording, what)) {
            return Arc::clone(slot);
        }
        let slot = Slot::default();
        kept.slots.insert((recording, what), (Arc::clone(&slot), WEIGHT_MIN));
        kept.bytes += WEIGHT_MIN;
        kept.shrink(self.bytes_max);
        slot
    }

    fn weigh(&self, recording: Uuid, what: What, bytes: usize) {
        let mut kept = self.kept();
        // Unless it was let go of in the meantime.
        let Some((_, weight)) = kept.slots.get_mut(&(recording, what)) else { return };
        let before = std::mem::replace(weight, WEIGHT_MIN + bytes);
        kept.bytes = kept.bytes - before + WEIGHT_MIN + bytes;
        kept.shrink(self.bytes_max);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn shrink(&mut self, bytes_max: usize) {
        while self.bytes > bytes_max {
            let Some((_, (_, weight))) = self.slots.remove_lru() else { return };
            self.bytes -= weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const CHAT: What = What::Chat { tutor: false };

    async fn make(count: &AtomicU32, bytes: usize, good_for: Duration) -> Result<Text, ApiError> {
        count.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await;
        Ok(Text { bytes: vec![b'x'; bytes].into(), good_for })
    }

    #[tokio::test]
    async fn a_text_is_made_once_for_all_who_ask_at_once_and_again_when_it_is_old() {
        let (shelf, count, id) = (Shelf::new(10_000), AtomicU32::new(0), Uuid::nil());
        let asks = (0..100).map(|_| shelf.text(id, CHAT, make(&count, 5, Duration::from_secs(600))));
        for answer in futures_util::future::join_all(asks).await {
            assert_eq!(answer.unwrap().len(), 5);
        }
        assert_eq!(count.load(Ordering::Relaxed), 1);
        let chapters = What::Chapters { tutor: false };
        for _ in 0..2 {
            shelf.text(id, chapters, make(&count, 5, Duration::ZERO)).await.unwrap();
        }
        assert_eq!(count.load(Ordering::Relaxed), 3);
    }

    #[tokio::test]
    async fn it_never_keeps_more_than_it_may() {
        let (shelf, count) = (Shelf::new(10_000), AtomicU32::new(0));
        for number in 0..50_u128 {
            let long = Duration::from_secs(600);
            shelf.text(Uuid::from_u128(number), CHAT, make(&count, 3_000, long)).await.unwrap();
            let kept = shelf.kept();
            assert!(
                kept.bytes <= 10_000 && kept.slots.iter().map(|(_, (_, weight))| weight).sum::<usize>() == kept.bytes
            );
        }
        assert_eq!(shelf.kept().slots.len(), 3);
        shelf.text(Uuid::from_u128(99), CHAT, make(&count, 30_000, Duration::ZERO)).await.unwrap();
        assert_eq!(shelf.kept().bytes, 0);
    }
}
