//! The renditions of a room on this worker, made when first wanted and dropped when long unused, and the trains made of
//! them.

use std::time::{Duration, Instant};

use crate::media::rendition::{Rendition, View};
use crate::media::train::{Shape, Train};

/// How long a rendition without viewers goes on, so that those who just left it can have lost packets again.
const IDLE_MAX: Duration = Duration::from_secs(2);

/// Names a rendition; stale once it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RenditionId {
    index: u32,
    stamp: u32,
}

/// Bounded by the layers of the tracks times the caps in use: a few, whatever viewers do.
#[derive(Default)]
pub(crate) struct RenditionTable {
    places: Vec<Place>,
    trains: Vec<TrainPlace>,
}

struct Place {
    stamp: u32,
    rendition: Option<Rendition>,
}

struct TrainPlace {
    rendition: RenditionId,
    shape: Shape,
    users: u32,
    /// The flush for which it was prepared.
    flush: u64,
    train: Train,
}

impl RenditionTable {
    /// Finds or makes the rendition that shows this.
    pub(crate) fn open(&mut self, view: View, now: Instant) -> RenditionId {
        let shows = |place: &Place| place.rendition.as_ref().is_some_and(|rendition| rendition.view == view);
        let index = self.places.iter().position(shows).unwrap_or_else(|| {
            let free = self.places.iter().position(|place| place.rendition.is_none()).unwrap_or_else(|| {
                self.places.push(Place { stamp: 0, rendition: None });
                self.places.len() - 1
            });
            self.places[free].stamp = self.places[free].stamp.wrapping_add(1);
            self.places[free].rendition = Some(Rendition::new(view, now));
            free
        });
        RenditionId { index: u32::try_from(index).unwrap_or(u32::MAX), stamp: self.places[index].stamp }
    }

    #[inline]
    pub(crate) fn find(&self, id: RenditionId) -> Option<&Rendition> {
        self.places.get(id.index as usize).filter(|place| place.stamp == id.stamp)?.rendition.as_ref()
    }

    fn find_mut(&mut self, id: RenditionId) -> Option<&mut Rendition> {
        self.places.get_mut(id.index as usize).filter(|place| place.stamp == id.stamp)?.rendition.as_mut()
    }

    /// A slot shows it or waits for it.
    pub(crate) fn attach(&mut self, id: RenditionId) {
        if let Some(rendition) = self.find_mut(id) {
            rendition.users += 1;
        }
    }

    /// A slot does so no more.
    pub(crate) fn detach(&mut self, id: RenditionId, now: Instant) {
        if let Some(rendition) = self.find_mut(id) {
            rendition.users = rendition.users.saturating_sub(1);
            rendition.idle_since = now;
        }
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Rendition> {
        self.places.iter_mut().filter_map(|place| place.rendition.as_mut())
    }

    /// Finds or makes the train of a rendition for a shape; give it back with [`RenditionTable::close_train`].
    pub(crate) fn open_train(&mut self, rendition: RenditionId, shape: Shape) -> u32 {
        let found = self.trains.iter().position(|t| t.users > 0 && t.rendition == rendition && t.shape == shape);
        let index = found.unwrap_or_else(|| {
            let free = self.trains.iter().position(|place| place.users == 0).unwrap_or_else(|| {
                let train = Train::default();
                self.trains.push(TrainPlace { rendition, shape, users: 0, flush: 0, train });
                self.trains.len() - 1
            });
            let place = &mut self.trains[free];
            (place.rendition, place.shape, place.flush) = (rendition, shape, 0);
            free
        });
        self.trains[index].users += 1;
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    pub(crate) fn close_train(&mut self, index: u32) {
        if let Some(place) = self.trains.get_mut(index as usize) {
            place.users = place.users.saturating_sub(1);
        }
    }

    /// The train for this flush, prepared by the first viewer that needs it, and its rendition; `None` if nothing is in
    /// it.
    #[inline]
    pub(crate) fn train(&mut self, index: u32, flush: u64) -> Option<(&mut Train, &Rendition)> {
        let place = self.trains.get_mut(index as usize)?;
        let id = place.rendition;
        let rendition = self.places.get(id.index as usize).filter(|p| p.stamp == id.stamp)?.rendition.as_ref()?;
        if place.flush != flush {
            place.flush = flush;
            place.train.prepare(&rendition.batch, place.shape, rendition.view.codec);
        }
        (!place.train.is_empty()).then_some((&mut place.train, rendition))
    }

    /// Drops what nobody used for long.
    pub(crate) fn sweep(&mut self, now: Instant) {
        for place in &mut self.places {
            let unused = |r: &Rendition| r.users == 0 && now.saturating_duration_since(r.idle_since) >= IDLE_MAX;
            if place.rendition.as_ref().is_some_and(unused) {
                place.rendition = None;
            }
        }
    }
}
