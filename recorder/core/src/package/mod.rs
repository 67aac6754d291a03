//! Uploaded files become the CMAF and HLS of recordings, without transcoding: MP4, MOV and WebM with H.264, VP9 or AV1 and
//! with AAC or Opus. The picture is the track `camera`, so that whatever plays recordings plays them.
//!
//! Nothing is read here: [`Packager::poll`] asks for ranges of the file, and says what is to be stored.
//!
//! Promises: bounded memory, whatever the file's size: an index of at most 64 MiB, one segment of at most 64 MiB, and less
//! than 64 MiB beside; every byte is asked for a bounded number of times; it ends with [`Step::Done`] or with a [`Refusal`].
//! Refuses files that are cut off or damaged rather than to publish a part: whoever uploads is there to do it again.

mod codec;
mod cutter;
mod frame;
mod mp4;
mod refusal;
mod source;
mod track_writer;
mod webm;

pub use cutter::UPLOAD_SEGMENT_MAX;
pub use refusal::Refusal;
pub use source::BLOCK;

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use time::OffsetDateTime;

use crate::format::Geometry;
use crate::hls::{MULTIVARIANT_NAME, Rendition, Track, multivariant_of};
use crate::recording::Stored;
use cutter::Cutter;
use frame::Frame;
use mp4::Mp4;
use source::{Source, Stop};
use track_writer::TrackWriter;
use webm::Webm;

/// The longest video.
pub const DURATION_MAX: Duration = Duration::from_secs(12 * 3600);

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Give these bytes of the file to [`Packager::provide`]; at most [`BLOCK`].
    Read(Range<u64>),
    /// Store an init segment.
    Init {
        /// Whose.
        track: Track,
        /// Where.
        name: String,
        /// What.
        bytes: Bytes,
    },
    /// Store a segment. It is listed in a playlist that comes later.
    Segment(Stored),
    /// Store a playlist, when all segments are stored.
    Playlist {
        /// Where.
        name: String,
        /// What.
        text: String,
    },
    /// Nothing more comes.
    Done(Summary),
    /// The file cannot be packaged; what was stored of it is to be removed. Nothing more comes.
    Refused(Refusal),
}

/// What a file has become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// From the first frame to the end of the last, of the track that is longest.
    pub duration: Duration,
    /// The picture, the sound.
    pub tracks: Vec<TrackSummary>,
}

/// What a track has become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackSummary {
    /// Codecs, size and rates.
    pub rendition: Rendition,
    /// Of sound.
    pub channels: Option<u8>,
    /// How many.
    pub segments: u32,
    /// Of all segments.
    pub bytes: u64,
    /// Since the first frame of the file.
    pub start: Duration,
    /// Since the first frame of the file.
    pub end: Duration,
}

#[derive(Debug)]
enum State {
    /// Which container it is.
    Recognise,
    Open(Reader),
    Frames(Reader, Box<Cutter>),
    /// What was said last, to be said again.
    Over(Box<Step>),
}

#[derive(Debug)]
enum Reader {
    Mp4(Box<Mp4>),
    Webm(Webm),
}

impl Reader {
    fn open(&mut self, source: &mut Source) -> Result<(), Stop> {
        match self {
            Self::Mp4(mp4) => mp4.open(source),
            Self::Webm(webm) => webm.open(source),
        }
    }

    fn next(&mut self, source: &mut Source) -> Result<Option<Frame>, Stop> {
        match self {
            Self::Mp4(mp4) => mp4.next(source),
            Self::Webm(webm) => webm.next(source),
        }
    }

    /// Whether there is a picture, and whether there is sound.
    fn streams(&self) -> [bool; 2] {
        match self {
            Self::Mp4(mp4) => mp4.streams(),
            Self::Webm(webm) => webm.streams(),
        }
    }

    fn geometry(&self) -> Geometry {
        match self {
            Self::Mp4(mp4) => mp4.geometry(),
            Self::Webm(_) => Geometry::default(),
        }
    }
}

/// See the module.
#[derive(Debug)]
pub struct Packager {
    source: Source,
    run: u32,
    epoch: OffsetDateTime,
    state: State,
    steps: VecDeque<Step>,
}

impl Packager {
    /// For a file of `len` bytes. `run` is part of all names, and must not have been used in the same folder; `epoch` is the
    /// date of the first frame in the playlists.
    #[must_use]
    pub fn new(len: u64, run: u32, epoch: OffsetDateTime) -> Self {
        Self { source: Source::new(len), run, epoch, state: State::Recognise, steps: VecDeque::new() }
    }

    /// What is to be done next. After [`Step::Read`] it asks for the same again until it is provided.
    pub fn poll(&mut self) -> Step {
        loop {
            if let Some(step) = self.steps.pop_front() {
                return step;
            }
            if let State::Over(step) = &self.state {
                return (**step).clone();
            }
            match self.advance() {
                Ok(()) => {}
                Err(Stop::Wants(range)) => return Step::Read(range),
                Err(Stop::Refused(refusal)) => self.state = State::Over(Box::new(Step::Refused(refusal))),
            }
        }
    }

    /// Takes the bytes of the range that was asked for. Fewer bytes than that mean that the file has changed: it is refused.
    pub fn provide(&mut self, range: Range<u64>, bytes: Bytes) {
        if bytes.len() as u64 == range.end - range.start {
            self.source.provide(range.start, bytes);
        } else {
            let at = range.start + bytes.len() as u64;
            let refusal = Refusal::Damaged { at, what: "where the store has less than it said" };
            self.state = State::Over(Box::new(Step::Refused(refusal)));
        }
    }

    fn advance(&mut self) -> Result<(), Stop> {
        match &mut self.state {
            State::Recognise => {
                let head = self.source.read(0, self.source.len().min(16) as usize)?;
                self.state = if Webm::begins(&head) {
                    State::Open(Reader::Webm(Webm::new()))
                } else if Mp4::begins(&head) {
                    State::Open(Reader::Mp4(Box::new(Mp4::new())))
                } else {
                    return Err(Refusal::ContainerUnknown.into());
                };
            }
            State::Open(reader) => {
                reader.open(&mut self.source)?;
                let [picture, sound] = reader.streams();
                let geometry = reader.geometry();
                let writer = |track| TrackWriter::new(track, self.run, self.epoch, geometry);
                let cutter = Cutter::new(picture.then(|| writer(Track::Camera)), sound.then(|| writer(Track::Sound)));
                if let State::Open(reader) = std::mem::replace(&mut self.state, State::Recognise) {
                    self.state = State::Frames(reader, Box::new(cutter));
                }
            }
            State::Frames(reader, cutter) => match reader.next(&mut self.source)? {
                Some(frame) => cutter.push(frame, &mut self.steps)?,
                None => {
                    if let State::Frames(_, cutter) = std::mem::replace(&mut self.state, State::Recognise) {
                        let summary = self.finish(*cutter)?;
                        self.state = State::Over(Box::new(Step::Done(summary)));
                    }
                }
            },
            State::Over(_) => {}
        }
        Ok(())
    }

    /// Writes the last segments and the playlists.
    fn finish(&mut self, cutter: Cutter) -> Result<Summary, Refusal> {
        let writers = cutter.finish(&mut self.steps)?;
        let written: Vec<_> = writers.into_iter().flatten().filter_map(TrackWriter::finish).collect();
        let renditions: Vec<_> = written.iter().map(|(_, summary)| summary.rendition.clone()).collect();
        let channels = written.iter().find_map(|(_, summary)| summary.channels).unwrap_or(1);
        let text = multivariant_of(&renditions, channels).ok_or(Refusal::NoMedia)?;
        let (mut tracks, mut duration) = (Vec::new(), Duration::ZERO);
        for (playlist, summary) in written {
            let name = summary.rendition.track.playlist_name();
            self.steps.push_back(Step::Playlist { name, text: playlist.text() });
            duration = duration.max(summary.end);
            tracks.push(summary);
        }
        self.steps.push_back(Step::Playlist { name: MULTIVARIANT_NAME.to_owned(), text });
        Ok(Summary { duration, tracks })
    }
}
