//! What viewers of a room are told: which sources send, in which layers, who speaks, and what is in whose slots.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::command::LayerInfo;
use crate::session::{MediaKind, Mid, SlotRole, Source, TrackId};

/// The most tracks of one room: two of camera, screen and each of 255 places on stage.
const TRACKS_MAX: usize = 514;
/// The most layers of one track that are told of.
const LAYERS_MAX: usize = 16;

/// A room's publications as the workers report them.
#[derive(Debug, Default)]
pub(super) struct RoomState {
    tracks: BTreeMap<TrackId, Vec<LayerInfo>>,
    speaker: Option<Source>,
    voices: Vec<Source>,
}

/// One of a viewer's slots.
#[derive(Clone, Debug)]
pub(super) struct ViewerSlot {
    pub(super) mid: Mid,
    /// Which section of the offer it is, from 0: the WHEP extensions count so.
    pub(super) line: usize,
    pub(super) role: SlotRole,
    /// What it gets now, as far as the worker said.
    pub(super) layer: Option<LayerInfo>,
}

impl RoomState {
    /// Returns whether anything changed that viewers must be told; a bitrate that merely varies is not.
    pub(super) fn activate(&mut self, track: TrackId, mut layers: Vec<LayerInfo>) -> bool {
        layers.truncate(LAYERS_MAX);
        if self.tracks.len() >= TRACKS_MAX && !self.tracks.contains_key(&track) {
            return false;
        }
        let shape = |layers: &[LayerInfo]| layers.iter().map(layer_shape).collect::<Vec<_>>();
        let now = shape(&layers);
        self.tracks.insert(track, layers).is_none_or(|before| shape(&before) != now)
    }

    /// See [`Self::activate`].
    pub(super) fn deactivate(&mut self, track: TrackId) -> bool {
        self.tracks.remove(&track).is_some()
    }

    /// See [`Self::activate`].
    pub(super) fn speak(&mut self, speaker: Option<Source>) -> bool {
        std::mem::replace(&mut self.speaker, speaker) != speaker
    }

    /// See [`Self::activate`].
    pub(super) fn voice(&mut self, voices: Vec<Source>) -> bool {
        let changed = self.voices != voices;
        self.voices = voices;
        changed
    }

    pub(super) fn has(&self, track: TrackId) -> bool {
        self.tracks.contains_key(&track)
    }

    pub(super) fn speaker(&self) -> Option<Source> {
        self.speaker
    }

    pub(super) fn is_active(&self) -> bool {
        !self.tracks.is_empty()
    }

    /// The layers of what feeds a slot with this role now.
    pub(super) fn layers_of(&self, role: SlotRole) -> &[LayerInfo] {
        self.track_of(role).and_then(|track| self.tracks.get(&track)).map_or(&[], Vec::as_slice)
    }

    /// What feeds a slot with this role now: the rule of [`SlotRole`].
    fn track_of(&self, role: SlotRole) -> Option<TrackId> {
        let track = |source, kind| Some(TrackId { source, kind }).filter(|track| self.tracks.contains_key(track));
        match role {
            SlotRole::Main => {
                track(Source::Screen, MediaKind::Video).or_else(|| track(Source::Camera, MediaKind::Video))
            }
            SlotRole::Video(source) => track(source, MediaKind::Video),
            SlotRole::Tutor => track(Source::Camera, MediaKind::Audio),
            SlotRole::Voice(n) => self.voices.get(usize::from(n)).and_then(|source| track(*source, MediaKind::Audio)),
        }
    }

    /// The data of `active`: the draft has an empty object, to which the sources are added.
    pub(super) fn active_json(&self) -> Value {
        let mut sources: Vec<String> = self.tracks.keys().map(|track| track.source.to_string()).collect();
        sources.dedup();
        json!({ "sources": sources })
    }

    /// The data of `layers`: by section, each layer once per temporal layer, best first.
    pub(super) fn layers_json(&self, slots: &[ViewerSlot]) -> Value {
        let videos = slots.iter().filter(|slot| matches!(slot.role, SlotRole::Main | SlotRole::Video(_)));
        let by_line = videos.map(|slot| {
            let layers = self.layers_of(slot.role).iter().rev().flat_map(|layer| {
                let temporal = (0..layer.temporal_layers.max(1)).rev();
                temporal.map(|temporal| {
                    let mut value = layer_json(layer);
                    value["temporalLayerId"] = json!(temporal);
                    value
                })
            });
            (slot.line.to_string(), layers.collect::<Value>())
        });
        Value::Object(by_line.collect())
    }

    /// The data of `slots`, Lectern's own event.
    pub(super) fn slots_json(&self, slots: &[ViewerSlot]) -> Value {
        let slots = slots.iter().map(|slot| {
            let track = self.track_of(slot.role);
            let kind = match slot.role {
                SlotRole::Main | SlotRole::Video(_) => "video",
                SlotRole::Tutor | SlotRole::Voice(_) => "audio",
            };
            json!({
                "mid": slot.mid.as_str(),
                "kind": kind,
                "slot": slot_name(slot.role),
                "source": track.map(|track| track.source.to_string()),
                "layer": slot.layer.as_ref().map(layer_json),
            })
        });
        json!({ "slots": slots.collect::<Value>() })
    }

    /// The data of `speaker`, Lectern's own event.
    pub(super) fn speaker_json(&self) -> Value {
        json!({ "source": self.speaker.map(|source| source.to_string()) })
    }
}

/// The name of a slot's role towards clients.
fn slot_name(role: SlotRole) -> String {
    match role {
        SlotRole::Main => "main".to_owned(),
        SlotRole::Video(source) => source.to_string(),
        SlotRole::Tutor => "tutor".to_owned(),
        SlotRole::Voice(n) => format!("voice/{n}"),
    }
}

/// A layer without its bitrate, of which only counts whether there is any: at 0 the layer is inactive.
fn layer_shape(layer: &LayerInfo) -> LayerInfo {
    LayerInfo { bitrate_bps: layer.bitrate_bps.min(1), ..*layer }
}

/// A layer object of the draft, without its temporal layer.
fn layer_json(layer: &LayerInfo) -> Value {
    let mut value = json!({ "spatialLayerId": layer.spatial, "bitrate": layer.bitrate_bps });
    if let Some(rid) = layer.rid {
        value["rid"] = json!(rid.as_str());
    }
    if layer.width != 0 && layer.height != 0 {
        value["width"] = json!(layer.width);
        value["height"] = json!(layer.height);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERA: TrackId = TrackId { source: Source::Camera, kind: MediaKind::Video };
    const SCREEN: TrackId = TrackId { source: Source::Screen, kind: MediaKind::Video };

    fn layer(rid: &str, spatial: u8, temporal_layers: u8) -> LayerInfo {
        let rid = crate::session::Rid::from(rid).ok();
        LayerInfo { rid, spatial, temporal_layers, bitrate_bps: 1_000, width: 640, height: 360 }
    }

    fn slot(role: SlotRole) -> ViewerSlot {
        ViewerSlot { mid: Mid::from("7").unwrap(), line: 2, role, layer: None }
    }

    #[test]
    fn layers_are_listed_by_section_and_best_first() {
        let mut room = RoomState::default();
        assert!(room.activate(CAMERA, vec![layer("q", 0, 1), layer("f", 1, 2)]));
        let faster = LayerInfo { bitrate_bps: 2_000, ..layer("f", 1, 2) };
        assert!(!room.activate(CAMERA, vec![layer("q", 0, 1), faster]), "only a bitrate varied");
        let layers = room.layers_json(&[slot(SlotRole::Main), slot(SlotRole::Tutor)]);
        let named: Vec<_> =
            layers["2"].as_array().unwrap().iter().map(|l| (&l["rid"], &l["temporalLayerId"])).collect();
        assert_eq!(named, [(&json!("f"), &json!(1)), (&json!("f"), &json!(0)), (&json!("q"), &json!(0))]);
    }

    #[test]
    fn the_main_slot_shows_the_screen_while_there_is_one() {
        let mut room = RoomState::default();
        let source = |room: &RoomState| room.slots_json(&[slot(SlotRole::Main)])["slots"][0]["source"].clone();
        assert_eq!(source(&room), Value::Null);
        room.activate(CAMERA, vec![]);
        assert_eq!(source(&room), "camera");
        room.activate(SCREEN, vec![]);
        assert_eq!(source(&room), "screen");
        assert!(room.deactivate(SCREEN) && !room.deactivate(SCREEN));
        assert_eq!(source(&room), "camera");
        assert_eq!(room.active_json(), json!({ "sources": ["camera"] }));
    }

    #[test]
    fn a_voice_slot_follows_the_voices() {
        let mut room = RoomState::default();
        let stage = Source::Stage(3);
        room.activate(TrackId { source: stage, kind: MediaKind::Audio }, vec![]);
        assert!(room.voice(vec![stage]) && !room.voice(vec![stage]));
        let slots = room.slots_json(&[slot(SlotRole::Voice(0)), slot(SlotRole::Voice(1))]);
        assert_eq!((&slots["slots"][0]["source"], &slots["slots"][1]["source"]), (&json!("stage/3"), &Value::Null));
        assert!(room.speak(Some(stage)) && !room.speak(Some(stage)));
        assert_eq!(room.speaker_json(), json!({ "source": "stage/3" }));
    }
}
