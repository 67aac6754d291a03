//! The dependency descriptor header extension (AV1 RTP specification 1.0, appendix A), which browsers send with every
//! codec that has layers.
//!
//! A keyframe carries a [`Structure`]: templates that later descriptors refer to. The receiver keeps the newest
//! structure of a stream and reads descriptors against it. All sizes are bounded by the format (64 templates, 32 decode
//! targets) or here.

use arrayvec::ArrayVec;

use super::bits::Bits;

const TEMPLATES_MAX: usize = 64;
const DECODE_TARGETS_MAX: usize = 32;
const CHAINS_MAX: usize = 32;
/// References of one frame. The format sets no bound; encoders keep 8 frames at most.
const REFERENCES_MAX: usize = 32;

/// Where the frame number stands (16 bits, big endian).
pub const FRAME_NUMBER_AT: usize = 1;

/// The role of a frame for a decode target (section A.8.2.4, `frame_dtis`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indication {
    /// Not part of the target.
    NotPresent,
    /// Part of it, and no later frame of it refers to this one.
    Discardable,
    /// A receiver may switch to the target here.
    Switch,
    /// Part of it.
    Required,
}

impl Indication {
    const fn from_bits(bits: u32) -> Self {
        match bits & 3 {
            0 => Self::NotPresent,
            1 => Self::Discardable,
            2 => Self::Switch,
            _ => Self::Required,
        }
    }
}

type Indications = ArrayVec<Indication, DECODE_TARGETS_MAX>;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Template {
    spatial: u8,
    temporal: u8,
    indications: Indications,
}

/// A template dependency structure, as a keyframe brings it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Structure {
    first_template: u8,
    templates: ArrayVec<Template, TEMPLATES_MAX>,
    decode_targets: u8,
    /// Width and height in pixels of each spatial layer, lowest first; empty if not sent.
    pub resolutions: ArrayVec<(u16, u16), 4>,
}

impl Structure {
    /// Spatial layers, at least 1.
    #[must_use]
    pub fn spatial_layers(&self) -> u8 {
        self.templates.iter().map(|template| template.spatial).max().unwrap_or(0) + 1
    }

    /// Temporal layers, at least 1.
    #[must_use]
    pub fn temporal_layers(&self) -> u8 {
        self.templates.iter().map(|template| template.temporal).max().unwrap_or(0) + 1
    }

    /// The layers of decode target `target`: the highest that any template of it has.
    fn target_layers(&self, target: usize) -> (u8, u8) {
        let members = self.templates.iter().filter(|template| {
            template.indications.get(target).is_some_and(|indication| *indication != Indication::NotPresent)
        });
        members.fold((0, 0), |(s, t), template| (s.max(template.spatial), t.max(template.temporal)))
    }
}

/// One packet's dependency descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// First packet of a frame.
    pub start: bool,
    /// Last packet of a frame.
    pub end: bool,
    /// Wraps at 16 bits.
    pub frame_number: u16,
    /// Spatial layer of the frame.
    pub spatial: u8,
    /// Temporal layer of the frame.
    pub temporal: u8,
    /// Which decode targets the sender still serves, if this packet says so.
    pub active_decode_targets: Option<u32>,
    /// Bit `t`: whoever receives the temporal layers up to `t` may receive `t + 1` too from this frame on.
    pub up_switch: u8,
    /// No decode target needs this frame for a later one.
    pub discardable: bool,
    /// The new structure: the frame is a keyframe. Keep it for the descriptors that follow.
    pub structure: Option<Box<Structure>>,
}

impl Descriptor {
    /// Reads a descriptor. `current`: the newest structure of the stream. `None` if the descriptor is malformed or refers
    /// to a structure that was never received.
    #[must_use]
    pub fn parse(bytes: &[u8], current: Option<&Structure>) -> Option<Self> {
        let mut bits = Bits::new(bytes);
        let (start, end) = (bits.flag()?, bits.flag()?);
        let template_id = u8::try_from(bits.read(6)?).ok()?;
        let frame_number = u16::try_from(bits.read(16)?).ok()?;
        let mut flags = Flags::default();
        let mut structure = None;
        if bytes.len() > 3 {
            flags = Flags { structure: bits.flag()?, active_targets: bits.flag()?, indications: bits.flag()? };
            // Whether the frame brings its own references and chains, which forwarding by layers needs not know.
            bits.read(2)?;
            if flags.structure {
                structure = Some(Box::new(read_structure(&mut bits)?));
            }
        }
        let governing = structure.as_deref().or(current)?;
        let active_decode_targets = if flags.active_targets {
            Some(bits.read(u32::from(governing.decode_targets))?)
        } else {
            flags.structure.then(|| u32::MAX >> (32 - u32::from(governing.decode_targets)))
        };
        let index = usize::from(template_id.wrapping_sub(governing.first_template) & 0x3F);
        let template = governing.templates.get(index)?;
        let mut own = None;
        if flags.indications {
            own = Some(read_indications(&mut bits, governing.decode_targets)?);
        }
        let indications = own.as_ref().unwrap_or(&template.indications);
        Some(Self {
            start,
            end,
            frame_number,
            spatial: template.spatial,
            temporal: template.temporal,
            active_decode_targets,
            up_switch: if flags.structure { 0xFF } else { up_switch(governing, template, indications) },
            discardable: !indications
                .iter()
                .any(|indication| matches!(indication, Indication::Switch | Indication::Required)),
            structure,
        })
    }
}

#[derive(Clone, Copy, Default)]
struct Flags {
    structure: bool,
    active_targets: bool,
    indications: bool,
}

/// Section A.8.2.4: after a frame with a switch indication for a target, all later frames of that target can be decoded.
/// So who receives temporal layers up to `t` may go to `t + 1` at a frame of a layer up to `t` that is a switch point for
/// every target up to `t + 1` of which it is a part.
fn up_switch(structure: &Structure, template: &Template, indications: &Indications) -> u8 {
    let mut allowed = 0;
    for temporal in template.temporal..structure.temporal_layers().min(8) - 1 {
        let mut any = false;
        let all = indications.iter().enumerate().all(|(target, indication)| {
            let concerned = *indication != Indication::NotPresent && structure.target_layers(target).1 == temporal + 1;
            any |= concerned;
            !concerned || *indication == Indication::Switch
        });
        if any && all {
            allowed |= 1 << temporal;
        }
    }
    allowed
}

/// Section A.8.2.3, `template_dependency_structure`.
fn read_structure(bits: &mut Bits<'_>) -> Option<Structure> {
    let first_template = u8::try_from(bits.read(6)?).ok()?;
    let decode_targets = u8::try_from(bits.read(5)?).ok()? + 1;
    let mut templates = read_layers(bits)?;
    for template in &mut templates {
        template.indications = read_indications(bits, decode_targets)?;
    }
    for _ in 0..templates.len() {
        let mut references = 0;
        while bits.flag()? {
            bits.read(4)?;
            references += 1;
            if references > REFERENCES_MAX {
                return None;
            }
        }
    }
    let chains = u8::try_from(bits.non_symmetric(u32::from(decode_targets) + 1)?).ok()?;
    if usize::from(chains) > CHAINS_MAX {
        return None;
    }
    if chains > 0 {
        for _ in 0..decode_targets {
            bits.non_symmetric(u32::from(chains))?;
        }
        for _ in 0..templates.len() * usize::from(chains) {
            bits.read(4)?;
        }
    }
    let mut structure = Structure { first_template, templates, decode_targets, resolutions: ArrayVec::new() };
    if bits.flag()? {
        for _ in 0..structure.spatial_layers() {
            let width = u16::try_from(bits.read(16)?).ok()?.saturating_add(1);
            let height = u16::try_from(bits.read(16)?).ok()?.saturating_add(1);
            structure.resolutions.try_push((width, height)).ok()?;
        }
    }
    Some(structure)
}

/// `template_layers`: each template is on the layers of the one before, on the next temporal or the next spatial one.
fn read_layers(bits: &mut Bits<'_>) -> Option<ArrayVec<Template, TEMPLATES_MAX>> {
    let mut templates = ArrayVec::new();
    let (mut spatial, mut temporal) = (0u8, 0u8);
    loop {
        templates.try_push(Template { spatial, temporal, indications: ArrayVec::new() }).ok()?;
        match bits.read(2)? {
            0 => {}
            1 => temporal += 1,
            2 => {
                spatial += 1;
                temporal = 0;
            }
            _ => break,
        }
        if spatial > 3 || temporal > 7 {
            return None;
        }
    }
    Some(templates)
}

fn read_indications(bits: &mut Bits<'_>, decode_targets: u8) -> Option<Indications> {
    (0..decode_targets).map(|_| Some(Indication::from_bits(bits.read(2)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packs bits for the tests.
    #[derive(Default)]
    struct Pack {
        bits: Vec<bool>,
    }

    impl Pack {
        fn put(&mut self, value: u32, count: u32) -> &mut Self {
            self.bits.extend((0..count).rev().map(|i| value >> i & 1 == 1));
            self
        }

        fn bytes(&self) -> Vec<u8> {
            self.bits.chunks(8).map(|c| c.iter().enumerate().map(|(i, b)| u8::from(*b) << (7 - i)).sum()).collect()
        }
    }

    /// L1T2 as libwebrtc describes it: T0 key "SS", T0 delta "SS", T1 "-D"; one chain; 640x360.
    fn keyframe() -> Vec<u8> {
        let mut pack = Pack::default();
        pack.put(0b11, 2).put(0, 6).put(0x1234, 16);
        pack.put(0b10000, 5);
        pack.put(0, 6).put(1, 5);
        pack.put(0, 2).put(1, 2).put(3, 2);
        pack.put(0b10_10, 4).put(0b10_10, 4).put(0b00_01, 4);
        pack.put(0, 1).put(1, 1).put(1, 4).put(0, 1).put(1, 1).put(0, 4).put(0, 1);
        pack.put(0b10, 2); // ns(3) = 1 chain
        pack.put(0, 4).put(2, 4).put(1, 4);
        pack.put(1, 1).put(639, 16).put(359, 16);
        pack.bytes()
    }

    #[test]
    fn a_keyframe_brings_the_structure_that_later_frames_use() {
        let bytes = keyframe();
        let key = Descriptor::parse(&bytes, None).unwrap();
        assert!(key.start && key.end);
        assert_eq!((key.frame_number, key.active_decode_targets, key.up_switch), (0x1234, Some(0b11), 0xFF));
        let structure = key.structure.unwrap();
        assert_eq!((structure.spatial_layers(), structure.temporal_layers()), (1, 2));
        assert_eq!(structure.resolutions[..], [(640, 360)]);

        // The second template: T0, a switch point of the target with T1; and the same frame with indications of its own.
        let delta = Descriptor::parse(&[0xC1, 0x12, 0x35], Some(&structure)).unwrap();
        assert_eq!((delta.temporal, delta.frame_number, delta.up_switch), (0, 0x1235, 0b1));
        let custom = Descriptor::parse(&[0xC1, 0x12, 0x35, 0b0010_0111, 0b1000_0000], Some(&structure)).unwrap();
        assert_eq!(custom.up_switch, 0);
        // The third: T1, which no other frame needs.
        let top = Descriptor::parse(&[0xC2, 0x12, 0x36], Some(&structure)).unwrap();
        assert_eq!((top.temporal, top.up_switch, top.discardable), (1, 0, true));
    }

    #[test]
    fn what_refers_to_nothing_is_refused() {
        assert_eq!(Descriptor::parse(&[0xC2, 0, 1], None), None);
        let structure = Descriptor::parse(&keyframe(), None).unwrap().structure;
        assert_eq!(Descriptor::parse(&[0xC3, 0, 1], structure.as_deref()), None);
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = keyframe();
        for len in 0..bytes.len() - 1 {
            assert_eq!(Descriptor::parse(&bytes[..len], None), None, "{len}");
        }
    }
}
