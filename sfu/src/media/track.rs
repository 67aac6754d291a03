//! What a worker knows of a published track, and which of its layers a wish leads to.

use std::sync::Arc;
use std::time::Instant;

use arrayvec::ArrayVec;

use crate::command::LayerInfo;
use crate::media::keyframe_limiter::KeyframeLimiter;
use crate::media::packet::{ENCODINGS_MAX, Encoding, MediaPacket, Publication, SenderReport, SpatialLayer};
use crate::media::rendition::{LAYERS_ALL, View};
use crate::media::slot_state::SlotState;
use crate::session::TrackId;

pub(crate) struct Track {
    pub(crate) publication: Arc<Publication>,
    pub(crate) reports: [Option<SenderReport>; ENCODINGS_MAX],
    pub(crate) limiters: [KeyframeLimiter; ENCODINGS_MAX],
}

impl Track {
    pub(crate) fn new(publication: Arc<Publication>) -> Self {
        Self { publication, reports: [None; ENCODINGS_MAX], limiters: Default::default() }
    }

    pub(crate) fn id(&self) -> TrackId {
        self.publication.track
    }

    /// A newer publication of the track, or news of this one. Whether viewers may have to choose anew.
    pub(crate) fn update(&mut self, publication: Arc<Publication>) -> bool {
        let old = std::mem::replace(&mut self.publication, publication);
        let new = &self.publication;
        if old.generation != new.generation {
            self.reports = [None; ENCODINGS_MAX];
            self.limiters = Default::default();
            return true;
        }
        let shape =
            |encoding: &Encoding| (encoding.active, encoding.codec, encoding.spatial.len(), encoding.temporal_layers);
        !old.encodings.iter().map(shape).eq(new.encodings.iter().map(shape))
    }

    /// Learns from a packet what a lost [`Publication`] would have said. Whether viewers may have to choose anew.
    pub(crate) fn learn(&mut self, packet: &MediaPacket) -> bool {
        let info = &packet.info;
        if packet.payload().is_empty() {
            return false;
        }
        let layer = usize::from(info.layer);
        let known = info.generation == self.publication.generation
            && self.publication.encodings.get(layer).is_some_and(|e| e.active && e.codec == Some(info.codec));
        if known {
            return false;
        }
        let mut publication = if info.generation == self.publication.generation {
            Publication::clone(&self.publication)
        } else {
            Publication { track: info.track, generation: info.generation, encodings: ArrayVec::new() }
        };
        while publication.encodings.len() <= layer && !publication.encodings.is_full() {
            publication.encodings.push(unseen());
        }
        if let Some(encoding) = publication.encodings.get_mut(layer) {
            (encoding.active, encoding.codec) = (true, Some(info.codec));
        }
        self.update(publication.into())
    }

    /// What a slot should show of this track; `None` if there is nothing that it can take.
    pub(crate) fn choose(&self, slot: &SlotState) -> Option<View> {
        let encodings = &self.publication.encodings;
        let usable = |e: &Encoding| e.codec.is_some_and(|codec| slot.accepts(codec).is_some());
        let simulcast = encodings.len() > 1;
        let cap = if simulcast { slot.selection.spatial_max.map_or(encodings.len(), usize::from) } else { 0 };
        let active = || encodings.iter().enumerate().filter(|(_, e)| e.active && usable(e));
        // Below the cap the best; if nothing below it is sent, the least above. While nothing at all is sent, what was.
        let chosen = active().rev().find(|(index, _)| *index <= cap).or_else(|| active().next()).or_else(|| {
            let held = slot.wish.filter(|wish| wish.generation == self.publication.generation);
            encodings
                .iter()
                .enumerate()
                .find(|(index, e)| usable(e) && held.is_none_or(|wish| usize::from(wish.layer) == *index))
        });
        let (index, encoding) = chosen?;
        let spatial_max = if simulcast { None } else { slot.selection.spatial_max };
        Some(View {
            track: self.id(),
            generation: self.publication.generation,
            layer: u8::try_from(index).ok()?,
            codec: slot.accepts(encoding.codec?)?,
            spatial_max: cap_or_all(spatial_max, encoding.spatial.len()),
            temporal_max: cap_or_all(slot.selection.temporal_max, encoding.temporal_layers.into()),
        })
    }

    /// The next rendition on the way from `current` to `wish`: temporal layers are added one at a time, each where the
    /// stream allows it.
    pub(crate) fn step(&self, current: Option<&View>, wish: View) -> View {
        let Some(current) = current.filter(|c| c.same_encoding(&wish) && c.spatial_max >= wish.spatial_max) else {
            return wish;
        };
        if wish.temporal_max <= current.temporal_max {
            return wish;
        }
        let layers = self.publication.encodings.get(usize::from(wish.layer)).map_or(1, |e| e.temporal_layers);
        let next = current.temporal_max.saturating_add(1).min(wish.temporal_max);
        View { temporal_max: if next + 1 >= layers { wish.temporal_max } else { next }, ..wish }
    }

    /// What a slot shows, for people.
    pub(crate) fn describe(&self, view: &View) -> Option<LayerInfo> {
        if view.generation != self.publication.generation {
            return None;
        }
        let encoding = self.publication.encodings.get(usize::from(view.layer))?;
        let shown = usize::from(view.spatial_max).saturating_add(1).min(encoding.spatial.len());
        let layers = encoding.spatial.get(..shown)?;
        let top = layers.last()?;
        let spatial = if self.publication.encodings.len() > 1 { view.layer } else { u8::try_from(shown - 1).ok()? };
        Some(LayerInfo {
            rid: encoding.rid,
            spatial,
            temporal_layers: encoding.temporal_layers.min(view.temporal_max.saturating_add(1)),
            bitrate_bps: layers.iter().fold(0, |sum, layer| sum.saturating_add(layer.bitrate_bps)),
            width: top.width,
            height: top.height,
        })
    }

    /// The newest sender reports of two encodings of this publication.
    pub(crate) fn report_pair(&self, old: &View, new: &View) -> Option<(SenderReport, SenderReport)> {
        let generation = self.publication.generation;
        if (old.track, old.generation, new.generation) != (new.track, generation, generation) {
            return None;
        }
        Some((self.report(old.layer)?, self.report(new.layer)?))
    }

    pub(crate) fn report(&self, layer: u8) -> Option<SenderReport> {
        self.reports.get(usize::from(layer)).copied().flatten()
    }

    pub(crate) fn note_report(&mut self, report: SenderReport) {
        if report.generation == self.publication.generation
            && let Some(place) = self.reports.get_mut(usize::from(report.layer))
        {
            *place = Some(report);
        }
    }
}

/// The layers of a publication as the WHEP `layers` event tells them, lowest first.
pub(crate) fn layers(publication: &Publication) -> Vec<LayerInfo> {
    let simulcast = publication.encodings.len() > 1;
    let active = publication.encodings.iter().enumerate().filter(|(_, encoding)| encoding.active);
    active
        .flat_map(|(index, encoding)| {
            let mut bitrate_bps = 0u32;
            let layers = encoding.spatial.iter().enumerate().map(move |(spatial, layer)| {
                bitrate_bps = bitrate_bps.saturating_add(layer.bitrate_bps);
                let place = if simulcast { index } else { spatial };
                LayerInfo {
                    rid: encoding.rid,
                    spatial: u8::try_from(place).unwrap_or(u8::MAX),
                    temporal_layers: encoding.temporal_layers,
                    bitrate_bps,
                    width: layer.width,
                    height: layer.height,
                }
            });
            // An encoding of a simulcast is one choice, with all that it holds.
            let skipped = if simulcast { encoding.spatial.len().saturating_sub(1) } else { 0 };
            layers.skip(skipped).collect::<Vec<_>>()
        })
        .collect()
}

fn cap_or_all(cap: Option<u8>, layers: usize) -> u8 {
    cap.filter(|cap| usize::from(*cap) + 1 < layers).unwrap_or(LAYERS_ALL)
}

fn unseen() -> Encoding {
    let mut spatial = ArrayVec::new();
    spatial.push(SpatialLayer::default());
    Encoding { rid: None, codec: None, active: false, temporal_layers: 1, spatial }
}

impl Track {
    /// Whether a keyframe of this layer may be asked for now.
    pub(crate) fn poll_keyframe_request(&mut self, now: Instant, interval: std::time::Duration) -> Option<u8> {
        (0u8..).zip(&mut self.limiters).find_map(|(layer, limiter)| limiter.poll(now, interval).then_some(layer))
    }
}
