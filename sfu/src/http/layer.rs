//! The WHEP extension `layer`: a viewer caps or pauses one of its video slots.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::command::{Command, LayerInfo};
use crate::session::{LayerSelection, SlotRole};

use super::control::Control;
use super::problem::Refusal;
use super::registry::Secret;
use super::request::{self, JSON};
use super::room_state::ViewerSlot;

/// The largest body: all members there are fit several times.
const BODY_BYTES_MAX: usize = 1_024;

/// The body. Every member is optional, unknown ones are ignored; without any the choice is the server's again.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Wish {
    /// The section's place in the offer, from 0. Default: the first video section.
    media_id: Option<MediaId>,
    /// Lectern's own: the section by its `mid`.
    mid: Option<String>,
    rid: Option<String>,
    /// What draft 01 called `rid`.
    encoding_id: Option<String>,
    spatial_layer_id: Option<u8>,
    temporal_layer_id: Option<u8>,
    max_spatial_layer_id: Option<u8>,
    max_temporal_layer_id: Option<u8>,
    max_width: Option<u32>,
    max_height: Option<u32>,
    /// Lectern's own: send nothing.
    paused: bool,
}

/// The draft says string; numbers are seen in the wild.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum MediaId {
    Text(String),
    Number(usize),
}

/// `POST …/layer`: `200` when the wish was handed on. It is a cap: with too little bandwidth a lower layer comes.
pub(super) async fn select(
    State(control): State<Arc<Control>>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    let secret = secret.parse::<Secret>().map_err(|()| Refusal::NotFound)?;
    control.registry().by_secret(secret).and_then(|session| session.viewer().map(drop)).ok_or(Refusal::NotFound)?;
    request::content_type(&headers, JSON)?;
    let text = request::text(&control.config, &headers, body, BODY_BYTES_MAX).await?;
    let wish: Wish = serde_json::from_str(&text).map_err(Refusal::Json)?;

    let mut registry = control.registry();
    let session = registry.by_secret(secret).ok_or(Refusal::NotFound)?;
    let (id, worker, room) = (session.id, session.worker, session.room.clone());
    let (slots, _) = session.viewer().ok_or(Refusal::NotFound)?;
    let slot = wish.slot(slots).ok_or(Refusal::NoSuchSlot)?.clone();
    let layers = registry.rooms.get(&room).map_or(&[][..], |room| room.state.layers_of(slot.role));
    let selection = wish.selection(layers).ok_or(Refusal::NoSuchLayer)?;
    control.send(worker, Command::SelectLayer { session: id, mid: slot.mid, selection })?;
    Ok(StatusCode::OK)
}

impl Wish {
    /// The video slot that is meant.
    fn slot<'a>(&self, slots: &'a [ViewerSlot]) -> Option<&'a ViewerSlot> {
        let mut videos = slots.iter().filter(|slot| matches!(slot.role, SlotRole::Main | SlotRole::Video(_)));
        match (&self.mid, &self.media_id) {
            (Some(mid), _) => videos.find(|slot| slot.mid.as_str() == mid),
            (None, Some(MediaId::Number(line))) => videos.find(|slot| slot.line == *line),
            (None, Some(MediaId::Text(line))) => videos.find(|slot| slot.line.to_string() == *line),
            (None, None) => videos.next(),
        }
    }

    /// The caps that fulfil the wish, given what is sent now; `None` if it names a layer that is not there.
    fn selection(&self, layers: &[LayerInfo]) -> Option<LayerSelection> {
        let by_rid = match self.rid.as_ref().or(self.encoding_id.as_ref()) {
            Some(rid) => Some(layers.iter().find(|layer| layer.rid.is_some_and(|r| r.as_str() == rid))?.spatial),
            None => None,
        };
        let there = |spatial: &u8| layers.is_empty() || layers.iter().any(|layer| layer.spatial == *spatial);
        let by_spatial = match self.spatial_layer_id {
            Some(spatial) => Some(Some(spatial).filter(there)?),
            None => None,
        };
        let caps = [by_rid, by_spatial, self.max_spatial_layer_id, self.by_size(layers)];
        let temporal = [self.temporal_layer_id, self.max_temporal_layer_id];
        Some(LayerSelection {
            paused: self.paused,
            spatial_max: caps.into_iter().flatten().min(),
            temporal_max: temporal.into_iter().flatten().min(),
        })
    }

    /// The best layer within the wished size, the lowest if none is. Layers of unknown size fit.
    fn by_size(&self, layers: &[LayerInfo]) -> Option<u8> {
        if self.max_width.is_none() && self.max_height.is_none() {
            return None;
        }
        let width = self.max_width.unwrap_or(u32::MAX);
        let height = self.max_height.unwrap_or(u32::MAX);
        let fits = |layer: &&LayerInfo| u32::from(layer.width) <= width && u32::from(layer.height) <= height;
        Some(layers.iter().filter(fits).map(|layer| layer.spatial).max().unwrap_or(0)).filter(|_| !layers.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Mid, Rid, Source};

    fn layers() -> Vec<LayerInfo> {
        let layer = |(spatial, rid): (u8, &str)| {
            let (width, height) = (320 << spatial, 180 << spatial);
            let rid = Rid::from(rid).ok();
            LayerInfo { rid, spatial, temporal_layers: 2, bitrate_bps: 1, width, height }
        };
        [(0, "q"), (1, "h"), (2, "f")].map(layer).to_vec()
    }

    fn spatial(wish: &str) -> Option<Option<u8>> {
        serde_json::from_str::<Wish>(wish).unwrap().selection(&layers()).map(|selection| selection.spatial_max)
    }

    #[test]
    fn a_wish_becomes_the_tightest_cap() {
        assert_eq!(spatial("{}"), Some(None));
        assert_eq!(spatial(r#"{"rid":"h"}"#), Some(Some(1)));
        assert_eq!(spatial(r#"{"encodingId":"q"}"#), Some(Some(0)));
        assert_eq!(spatial(r#"{"rid":"x"}"#), None);
        assert_eq!(spatial(r#"{"spatialLayerId":2,"maxSpatialLayerId":1}"#), Some(Some(1)));
        assert_eq!(spatial(r#"{"spatialLayerId":3}"#), None);
        assert_eq!(spatial(r#"{"maxHeight":360}"#), Some(Some(1)));
        assert_eq!(spatial(r#"{"maxWidth":100}"#), Some(Some(0)));
        let nothing_sent = serde_json::from_str::<Wish>(r#"{"spatialLayerId":3,"maxWidth":1}"#).unwrap().selection(&[]);
        assert_eq!(nothing_sent.unwrap().spatial_max, Some(3));
        let temporal = serde_json::from_str::<Wish>(r#"{"temporalLayerId":1,"paused":true}"#).unwrap();
        let expected = LayerSelection { paused: true, spatial_max: None, temporal_max: Some(1) };
        assert_eq!(temporal.selection(&layers()), Some(expected));
    }

    #[test]
    fn a_slot_is_named_by_mid_or_by_its_place_in_the_offer() {
        let slot = |mid, line, role| ViewerSlot { mid: Mid::from(mid).unwrap(), line, role, layer: None };
        let slots = [
            slot("a", 0, SlotRole::Tutor),
            slot("b", 1, SlotRole::Video(Source::Camera)),
            slot("c", 3, SlotRole::Video(Source::Screen)),
        ];
        let named =
            |wish: &str| serde_json::from_str::<Wish>(wish).unwrap().slot(&slots).map(|slot| slot.mid.to_string());
        assert_eq!(named("{}").as_deref(), Some("b"));
        assert_eq!(named(r#"{"mediaId":"3"}"#).as_deref(), Some("c"));
        assert_eq!(named(r#"{"mediaId":3}"#).as_deref(), Some("c"));
        assert_eq!(named(r#"{"mid":"c"}"#).as_deref(), Some("c"));
        assert_eq!(named(r#"{"mediaId":"0"}"#), None, "a voice has no layers");
        assert_eq!(named(r#"{"mediaId":"2"}"#), None);
    }
}
