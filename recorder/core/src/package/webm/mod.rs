//! WebM and Matroska (RFC 9559): the picture and the sound of a segment, cluster by cluster.
//!
//! The first enabled track of each kind is read. Segments and clusters may be of unknown length, as browsers write them: the
//! elements in them are told apart by their numbers. Cues are not needed. Refused: laced and compressed blocks, encryption.

mod element;
mod track;

use super::frame::{Frame, rescale};
use super::mp4::FRAME_MAX;
use super::refusal::Refusal;
use super::source::{Source, Stop};
use element::{HEAD_MAX, Head, Part, number};
use track::Track;

mod id {
    pub(super) const EBML: u32 = 0x1A45_DFA3;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const INFO: u32 = 0x1549_A966;
    pub(super) const SCALE: u32 = 0x2A_D7B1;
    pub(super) const TRACKS: u32 = 0x1654_AE6B;
    pub(super) const CLUSTER: u32 = 0x1F43_B675;
    pub(super) const TIMESTAMP: u32 = 0xE7;
    pub(super) const SIMPLE_BLOCK: u32 = 0xA3;
    pub(super) const BLOCK_GROUP: u32 = 0xA0;
    pub(super) const BLOCK: u32 = 0xA1;
    pub(super) const DURATION: u32 = 0x9B;
    pub(super) const REFERENCE: u32 = 0xFB;
    pub(super) const ENCRYPTED_BLOCK: u32 = 0xAF;
}

/// Bytes of `Info` or `Tracks`.
const HEADER_MAX: u64 = 4 << 20;
/// Elements in a file: twelve hours have five million blocks.
const ELEMENTS_MAX: u32 = 16_000_000;
const NS: u32 = 1_000_000_000;

/// See the module.
#[derive(Debug)]
pub(super) struct Webm {
    /// Of the next element.
    at: u64,
    elements: u32,
    /// Nanoseconds of a tick.
    scale_ns: u64,
    /// Of the cluster, in ticks.
    cluster: u64,
    /// The picture first.
    tracks: Vec<Track>,
}

/// An element at the top, in the segment or in a cluster.
struct Element {
    id: u32,
    content: u64,
    /// `None`: unknown.
    end: Option<u64>,
}

impl Webm {
    /// Whether a file begins as one.
    pub(super) fn begins(head: &[u8]) -> bool {
        head.starts_with(&id::EBML.to_be_bytes())
    }

    pub(super) fn new() -> Self {
        Self { at: 0, elements: 0, scale_ns: 1_000_000, cluster: 0, tracks: Vec::new() }
    }

    /// Reads what is known before the first frame. To be called until it does not stop.
    pub(super) fn open(&mut self, source: &mut Source) -> Result<(), Stop> {
        while self.tracks.is_empty() {
            let missing = Refusal::Damaged { at: source.len(), what: "where it ends without its tracks" };
            let element = self.head(source)?.ok_or(missing)?;
            match element.id {
                id::INFO => {
                    let info = self.content(source, &element, HEADER_MAX)?;
                    let scale = Part { at: element.content, bytes: &info }.find(id::SCALE)?.map(Part::unsigned);
                    self.scale_ns = scale.unwrap_or(1_000_000).clamp(1, u64::from(NS));
                }
                id::TRACKS => {
                    let tracks = self.content(source, &element, HEADER_MAX)?;
                    self.tracks = track::read(Part { at: element.content, bytes: &tracks })?;
                }
                id::CLUSTER => return Err(Refusal::Damaged { at: self.at, what: "where tracks should be" }.into()),
                _ => {}
            }
            self.pass(&element);
        }
        Ok(())
    }

    /// Whether there is a picture, and whether there is sound.
    pub(super) fn streams(&self) -> [bool; 2] {
        [true, false].map(|is_picture| self.tracks.iter().any(|track| track.codec.is_picture() == is_picture))
    }

    /// The next frame of the file; `None`: there are no more.
    pub(super) fn next(&mut self, source: &mut Source) -> Result<Option<Frame>, Stop> {
        while let Some(element) = self.head(source)? {
            let frame = match element.id {
                id::TIMESTAMP => {
                    let content = self.content(source, &element, 8)?;
                    self.cluster = Part { at: element.content, bytes: &content }.unsigned();
                    None
                }
                id::SIMPLE_BLOCK => {
                    let content = self.content(source, &element, FRAME_MAX)?;
                    self.block(Part { at: element.content, bytes: &content }, None, None)?
                }
                id::BLOCK_GROUP => {
                    let content = self.content(source, &element, FRAME_MAX)?;
                    let group = Part { at: element.content, bytes: &content };
                    let sync = group.find(id::REFERENCE)?.is_none();
                    let duration = group.find(id::DURATION)?.map(Part::unsigned);
                    match group.find(id::BLOCK)? {
                        Some(block) => self.block(block, Some(sync), duration)?,
                        None => None,
                    }
                }
                id::ENCRYPTED_BLOCK => return Err(Refusal::Encrypted.into()),
                _ => None,
            };
            self.pass(&element);
            if frame.is_some() {
                return Ok(frame);
            }
        }
        Ok(None)
    }

    /// A block (RFC 9559 section 10.1). `sync`: what its group says.
    fn block(&mut self, block: Part<'_>, sync: Option<bool>, duration: Option<u64>) -> Result<Option<Frame>, Refusal> {
        let damaged = Refusal::Damaged { at: block.at, what: "in a block" };
        let (Some(stream), len) = number(block.bytes).ok_or(damaged.clone())? else { return Err(damaged) };
        let head = block.bytes.get(len..).and_then(|rest| rest.first_chunk::<3>()).ok_or(damaged)?;
        let (relative, flags) = (i16::from_be_bytes([head[0], head[1]]), head[2]);
        let (scale_ns, cluster) = (self.scale_ns, self.cluster);
        let Some(track) = self.tracks.iter_mut().find(|track| track.number == stream) else { return Ok(None) };
        if flags & 0x06 != 0 {
            return Err(Refusal::FeatureUnsupported("laced blocks"));
        }
        let to = track.codec.timescale();
        let ns = |ticks: i128| ticks.saturating_mul(i128::from(scale_ns));
        let at = rescale(ns(i128::from(cluster) + i128::from(relative)) - i128::from(track.delay_ns), NS, to);
        let frame = block.bytes[len + 3..].to_vec();
        let duration = track.codec.sound_duration(&frame).unwrap_or_else(|| {
            let ns = duration.map_or(i128::from(track.default_ns), |ticks| ns(i128::from(ticks)));
            u32::try_from(rescale(ns, NS, to)).unwrap_or(u32::MAX)
        });
        let is_picture = track.codec.is_picture();
        let unit = track.codec.take(frame, sync.unwrap_or(flags & 0x80 != 0), block.at)?;
        Ok(unit.map(|unit| Frame { is_picture, at, duration, unit }))
    }

    fn head(&mut self, source: &mut Source) -> Result<Option<Element>, Stop> {
        let left = source.len().saturating_sub(self.at);
        if left == 0 {
            return Ok(None);
        }
        if self.elements > ELEMENTS_MAX {
            return Err(Refusal::TooLarge("the file has too many elements").into());
        }
        let bytes = source.read(self.at, left.min(HEAD_MAX as u64) as usize)?;
        let damaged = |what| Refusal::Damaged { at: self.at, what };
        let head = Head::parse(&bytes).ok_or(damaged("where an element should be"))?;
        let content = self.at + head.len as u64;
        let end = head.content_len.and_then(|len| content.checked_add(len));
        if end.is_none() && !matches!(head.id, id::SEGMENT | id::CLUSTER) {
            return Err(damaged("where an element has no length").into());
        }
        if end.is_some_and(|end| end > source.len()) {
            return Err(Refusal::Damaged { at: source.len(), what: "where it ends too early" }.into());
        }
        Ok(Some(Element { id: head.id, content, end }))
    }

    fn content(&self, source: &mut Source, element: &Element, max: u64) -> Result<Vec<u8>, Stop> {
        let len = element.end.map_or(0, |end| end - element.content);
        if len > max {
            return Err(Refusal::TooLarge("a frame or a list is larger than 16 MiB").into());
        }
        source.read(element.content, len as usize)
    }

    /// Goes into segments and clusters, and past everything else.
    fn pass(&mut self, element: &Element) {
        self.elements += 1;
        self.at = match element.end {
            Some(end) if !matches!(element.id, id::SEGMENT | id::CLUSTER) => end,
            _ => element.content,
        };
    }
}
