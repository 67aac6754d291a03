//! A recording: what comes from a room goes in, what is to be stored comes out.
//!
//! Order of calls: [`Recording::rtp`] and [`Recording::sender_report`] as they arrive, [`Recording::advance`] after each
//! batch and when [`Recording::next_timeout`] says so, then [`Recording::poll`] until there is nothing. The caller stores an
//! output, verifies it, and only then lists it by [`MediaPlaylist::push`](crate::hls::MediaPlaylist::push): a playlist names
//! nothing that is not there.
//!
//! Promises: memory is bounded, by the buffers of two pictures and of [`VOICES_MAX`](crate::sound::VOICES_MAX) voices and by
//! one open segment each; nothing that the network brings ends it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;

use crate::clock::{Origin, StreamClock};
use crate::cmaf::init_segment;
use crate::codec::opus;
use crate::format::{Format, VideoCodec};
use crate::gap::Gap;
use crate::hls::{Entry, Track};
use crate::jitter_buffer::{Counts, JitterBuffer, Next};
use crate::packet::RtpPacket;
use crate::segmenter::{Cut, Segment};
use crate::sound::mixer::{Mixer, MixerError};
use crate::video::Video;

/// How long the past may still change: a packet is asked for during
/// [`GIVE_UP_AFTER`](crate::jitter_buffer::GIVE_UP_AFTER), and comes on its way.
pub const SETTLED_AFTER: Duration = Duration::from_millis(1200);
/// Formats whose init segments are remembered; a sender that has more has its init segments written again.
const FORMATS_MAX: usize = 64;

/// A sender's clock: streams with the same number have their reports from the same one.
pub type OriginId = u32;

/// A stream of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// With a picture.
    Picture(Picture),
    /// A voice, numbered by the caller.
    Voice(u32),
}

/// A stream with a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Picture {
    /// The tutor's camera.
    Camera,
    /// The tutor's screen.
    Screen,
}

impl Picture {
    const ALL: [Self; 2] = [Self::Camera, Self::Screen];

    fn track(self) -> Track {
        match self {
            Self::Camera => Track::Camera,
            Self::Screen => Track::Screen,
        }
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Ask the sender for these packets again (RFC 4585 section 6.2.1).
    Nack(Source, Vec<u16>),
    /// Ask the sender for a keyframe (RFC 4585 section 6.3.1).
    Keyframe(Source),
    /// Store an init segment.
    Init {
        /// Whose.
        track: Track,
        /// Where.
        name: String,
        /// What.
        bytes: Bytes,
    },
    /// Store a segment, and list it when it is stored.
    Segment(Stored),
    /// Write into the report.
    Gap(Track, Gap),
}

/// A segment with its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Whose.
    pub track: Track,
    /// Where it goes, and with which init segment, which came before it.
    pub entry: Entry,
    /// How it is encoded.
    pub format: Format,
    /// It shows a copy of an earlier picture.
    pub held: bool,
    /// What.
    pub bytes: Bytes,
}

/// How a source fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SourceReport {
    /// Packets, since the sender began.
    pub packets: Counts,
    /// Frames that came and could not be decoded by anybody.
    pub frames_dropped: u64,
    /// Samples of sound that were invented for lost ones.
    pub samples_concealed: u64,
}

#[derive(Debug)]
struct Voice {
    origin: OriginId,
    payload_type: u8,
    buffer: JitterBuffer,
    clock: StreamClock,
}

/// What a run has written of a track.
#[derive(Debug, Default)]
struct Written {
    formats: Vec<(Format, String)>,
    inits: u32,
    segments: u32,
}

/// See the module.
#[derive(Debug)]
pub struct Recording {
    run: u32,
    origins: BTreeMap<OriginId, Origin>,
    videos: [(OriginId, Video); 2],
    voices: BTreeMap<u32, Voice>,
    mixer: Mixer<u32>,
    written: BTreeMap<Track, Written>,
    outputs: VecDeque<Output>,
}

impl Recording {
    /// Begins at `begin`, which is not zero if a run before this one ended too early. `run` is part of all names, and must
    /// not have been used in this recording: the lease's number.
    ///
    /// # Errors
    /// [`MixerError::Codec`].
    pub fn new(run: u32, begin: Duration) -> Result<Self, MixerError> {
        Ok(Self {
            run,
            origins: BTreeMap::new(),
            videos: Default::default(),
            voices: BTreeMap::new(),
            mixer: Mixer::new(begin)?,
            written: BTreeMap::new(),
            outputs: VecDeque::new(),
        })
    }

    /// A picture begins to be sent, or another sender sends it. `codecs`: by payload type.
    pub fn begin_video(&mut self, picture: Picture, origin: OriginId, codecs: Vec<(u8, VideoCodec)>) {
        let (current, video) = &mut self.videos[picture as usize];
        *current = origin;
        video.begin(codecs);
        self.forget_origins();
    }

    /// The sender of a picture has gone; the picture stands still until one comes back, or the track is ended.
    pub fn leave_video(&mut self, picture: Picture) {
        self.videos[picture as usize].1.leave();
    }

    /// The picture is over, for now or for good; `now`: when.
    pub fn end_video(&mut self, picture: Picture, now: Duration) {
        let (origin, video) = &mut self.videos[picture as usize];
        video.advance(self.origins.entry(*origin).or_default(), now, now);
        video.segmenter.end(now);
        video.leave();
        self.collect();
    }

    /// A voice begins to be sent, or another sender takes its number.
    ///
    /// # Errors
    /// [`MixerError::TooManyVoices`].
    pub fn begin_voice(&mut self, number: u32, origin: OriginId, payload_type: u8) -> Result<(), MixerError> {
        self.mixer.add(number)?;
        let voice = Voice { origin, payload_type, buffer: JitterBuffer::default(), clock: StreamClock::new(opus::HZ) };
        self.voices.insert(number, voice);
        self.forget_origins();
        Ok(())
    }

    /// A voice has gone; what came of it is still heard.
    pub fn leave_voice(&mut self, number: u32) {
        self.voices.remove(&number);
        self.mixer.remove(&number);
        self.forget_origins();
    }

    /// A packet of a stream arrived. Of streams that did not begin it is passed over.
    pub fn rtp(&mut self, source: Source, packet: RtpPacket, now: Duration) {
        match source {
            Source::Voice(number) => {
                if let Some(voice) = self.voices.get_mut(&number) {
                    voice.buffer.push(packet, now);
                }
            }
            Source::Picture(picture) => self.videos[picture as usize].1.push(packet, now),
        }
    }

    /// A sender report about a stream arrived (RFC 3550 section 6.4.1): its NTP and its RTP timestamp.
    pub fn sender_report(&mut self, source: Source, ntp: u64, timestamp: u32) {
        match source {
            Source::Picture(picture) => {
                let (origin, video) = &mut self.videos[picture as usize];
                video.report(self.origins.entry(*origin).or_default(), ntp, timestamp);
            }
            Source::Voice(number) => {
                let Some(voice) = self.voices.get_mut(&number) else { return };
                voice.clock.report(self.origins.entry(voice.origin).or_default(), ntp, timestamp);
            }
        }
    }

    /// The round trip to the server, which requests for packets wait for.
    pub fn set_rtt(&mut self, rtt: Duration) {
        for (_, video) in &mut self.videos {
            video.set_rtt(rtt);
        }
        for voice in self.voices.values_mut() {
            voice.buffer.set_rtt(rtt);
        }
    }

    /// Works through what has come until `now`.
    pub fn advance(&mut self, now: Duration) {
        for picture in Picture::ALL {
            let (origin, video) = &mut self.videos[picture as usize];
            video.advance(self.origins.entry(*origin).or_default(), now, now.saturating_sub(SETTLED_AFTER));
            let missing = video.nack(now);
            if !missing.is_empty() {
                self.outputs.push_back(Output::Nack(Source::Picture(picture), missing));
            }
            if video.asks_keyframe(now) {
                self.outputs.push_back(Output::Keyframe(Source::Picture(picture)));
            }
        }
        self.advance_voices(now);
        self.mixer.advance(now.saturating_sub(SETTLED_AFTER));
        self.collect();
    }

    /// Ends all tracks at `now`. Nothing may be called afterwards but [`Self::poll`] and the reports.
    pub fn end(&mut self, now: Duration) {
        self.advance(now);
        for (_, video) in &mut self.videos {
            video.segmenter.end(now);
        }
        self.mixer.end(now);
        self.collect();
    }

    /// What is to be done next.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Self::advance`] has something to do without a packet.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Duration> {
        let videos = self.videos.iter().filter_map(|(_, video)| video.next_timeout());
        videos.chain(self.voices.values().filter_map(|voice| voice.buffer.next_timeout())).min()
    }

    /// How a source fares; `None` if it has not begun.
    #[must_use]
    pub fn report(&mut self, source: Source) -> Option<SourceReport> {
        let mut report = SourceReport::default();
        match source {
            Source::Picture(picture) => {
                let video = &self.videos[picture as usize].1;
                (report.packets, report.frames_dropped) = (video.counts(), video.dropped());
            }
            Source::Voice(number) => {
                report.packets = self.voices.get(&number)?.buffer.counts();
                report.samples_concealed = self.mixer.voice(&number)?.concealed();
            }
        }
        Some(report)
    }

    /// Bytes of media that wait for their segments to close.
    #[must_use]
    pub fn held_len(&self) -> usize {
        self.videos.iter().map(|(_, video)| video.segmenter.len()).sum()
    }

    fn advance_voices(&mut self, now: Duration) {
        for (number, stream) in &mut self.voices {
            let origin = self.origins.entry(stream.origin).or_default();
            let Some(voice) = self.mixer.voice(number) else { continue };
            while let Some(next) = stream.buffer.pop(now) {
                match next {
                    Next::Packet(packet, _) if packet.payload_type != stream.payload_type => {}
                    Next::Packet(packet, arrival) => {
                        let mapped = stream.clock.map(origin, packet.timestamp, arrival);
                        if mapped.jumped {
                            voice.jumped();
                        }
                        voice.push(&packet.payload, packet.timestamp, mapped.at);
                    }
                    Next::Lost(_) => voice.lost(),
                    Next::Restart => voice.jumped(),
                }
            }
            let missing = stream.buffer.nack(now);
            if !missing.is_empty() {
                self.outputs.push_back(Output::Nack(Source::Voice(*number), missing));
            }
        }
    }

    /// Names what is closed.
    fn collect(&mut self) {
        for picture in Picture::ALL {
            while let Some(cut) = self.videos[picture as usize].1.segmenter.poll() {
                match cut {
                    Cut::Segment(segment) => self.store(picture.track(), segment),
                    Cut::Gap(gap) => self.outputs.push_back(Output::Gap(picture.track(), gap)),
                }
            }
        }
        while let Some(segment) = self.mixer.poll() {
            self.store(Track::Sound, segment);
        }
    }

    fn store(&mut self, track: Track, segment: Segment) {
        let written = self.written.entry(track).or_default();
        let known = written.formats.iter().find(|(format, _)| *format == segment.format);
        let init_uri = if let Some((_, name)) = known {
            name.clone()
        } else {
            written.inits += 1;
            let name = track.init_name(self.run, written.inits);
            let bytes = init_segment(&segment.format);
            self.outputs.push_back(Output::Init { track, name: name.clone(), bytes });
            if written.formats.len() >= FORMATS_MAX {
                written.formats.remove(0);
            }
            written.formats.push((segment.format.clone(), name.clone()));
            name
        };
        written.segments += 1;
        let entry = Entry {
            uri: track.segment_name(self.run, written.segments),
            init_uri,
            start: segment.start_time(),
            end: segment.end_time(),
            discontinuity: false,
        };
        let Segment { format, held, bytes, .. } = segment;
        self.outputs.push_back(Output::Segment(Stored { track, entry, format, held, bytes }));
    }

    /// Of senders that have gone.
    fn forget_origins(&mut self) {
        let used: Vec<_> = self.videos.iter().map(|(origin, _)| *origin).collect();
        let voices = &self.voices;
        self.origins.retain(|id, _| used.contains(id) || voices.values().any(|voice| voice.origin == *id));
    }
}
