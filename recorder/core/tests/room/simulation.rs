//! A room in simulated time: senders with clocks that drift, a network that loses, delays, reorders and repeats, and a store.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::time::Duration;

use bytes::Bytes;
use lectern_recording::cmaf::init_segment;
use lectern_recording::conformance::{Violation, check_multivariant, check_track};
use lectern_recording::format::{Format, VideoCodec};
use lectern_recording::gap::Gap;
use lectern_recording::hls::{MULTIVARIANT_NAME, MediaPlaylist, Part, Rendition, Track, multivariant};
use lectern_recording::packet::RtpPacket;
use lectern_recording::recording::{Output, Picture, Recording, Source, Stored};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use time::OffsetDateTime;

/// What the network does to packets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    /// Of packets, in thousandths; also of those that are sent again.
    pub(crate) lost: u32,
    /// In thousandths.
    pub(crate) repeated: u32,
    /// The longest additional delay.
    pub(crate) jitter: Duration,
}

impl Network {
    pub(crate) const GOOD: Self = Self { lost: 0, repeated: 0, jitter: Duration::from_millis(5) };
    pub(crate) const BAD: Self = Self { lost: 10, repeated: 5, jitter: Duration::from_millis(40) };
    pub(crate) const AWFUL: Self = Self { lost: 350, repeated: 20, jitter: Duration::from_millis(60) };
}

const DELAY: Duration = Duration::from_millis(20);
pub(crate) const EPOCH: OffsetDateTime = time::macros::datetime!(2026-11-26 16:00:00 UTC);

/// One sender's stream.
pub(crate) struct Stream {
    pub(crate) source: Source,
    pub(crate) payload_type: u8,
    pub(crate) hz: u32,
    /// How much faster its clock runs, in millionths.
    pub(crate) drift_ppm: f64,
    pub(crate) timestamp: u32,
    pub(crate) sequence: u16,
    /// How much longer its packets take than others'.
    pub(crate) delay: Duration,
    sent: HashMap<u16, RtpPacket>,
    marks: u64,
}

impl Stream {
    pub(crate) fn new(source: Source, payload_type: u8, drift_ppm: f64, seed: u64) -> Self {
        let hz = if matches!(source, Source::Voice(_)) { 48_000 } else { 90_000 };
        let mut random = StdRng::seed_from_u64(seed ^ 0x5eed);
        Self {
            source,
            payload_type,
            hz,
            drift_ppm,
            timestamp: random.random(),
            sequence: random.random(),
            delay: Duration::ZERO,
            sent: HashMap::new(),
            marks: 0,
        }
    }

    /// The stream's clock at a time of its sender.
    pub(crate) fn timestamp_at(&self, at: Duration) -> u32 {
        let ticks = at.as_secs_f64() * f64::from(self.hz) * (1.0 + self.drift_ppm * 1e-6);
        self.timestamp.wrapping_add((ticks.round() as u64 & 0xffff_ffff) as u32)
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Packet(Source, u16),
    Report(Source, u64, u32),
}

pub(crate) struct Room {
    pub(crate) recording: Recording,
    pub(crate) network: Network,
    pub(crate) now: Duration,
    random: StdRng,
    streams: BTreeMap<Source, Stream>,
    events: BinaryHeap<Reverse<(Duration, u64, Event)>>,
    count: u64,
    pub(crate) files: HashMap<String, Bytes>,
    pub(crate) playlists: BTreeMap<Track, MediaPlaylist>,
    pub(crate) formats: BTreeMap<Track, Vec<Format>>,
    pub(crate) stored: Vec<(Track, Duration, Duration, bool)>,
    pub(crate) gaps: Vec<(Track, Gap)>,
    pub(crate) keyframes_asked: u32,
    pub(crate) held_max: usize,
}

impl Room {
    pub(crate) fn new(network: Network, seed: u64) -> Self {
        Self {
            recording: Recording::new(1, Duration::ZERO).unwrap(),
            network,
            now: Duration::ZERO,
            random: StdRng::seed_from_u64(seed),
            streams: BTreeMap::new(),
            events: BinaryHeap::new(),
            count: 0,
            files: HashMap::new(),
            playlists: BTreeMap::new(),
            formats: BTreeMap::new(),
            stored: Vec::new(),
            gaps: Vec::new(),
            keyframes_asked: 0,
            held_max: 0,
        }
    }

    /// A sender begins, on a clock of its own that is hours away from all others.
    pub(crate) fn begin(&mut self, stream: Stream) {
        let all = vec![(96, VideoCodec::H264), (98, VideoCodec::Vp9), (45, VideoCodec::Av1)];
        match stream.source {
            Source::Picture(picture) => self.recording.begin_video(picture, 0, all),
            Source::Voice(number) => self.recording.begin_voice(number, 0, stream.payload_type).unwrap(),
        }
        self.streams.insert(stream.source, stream);
    }

    pub(crate) fn stream(&mut self, source: Source) -> &mut Stream {
        self.streams.get_mut(&source).unwrap()
    }

    /// Sends one frame that was taken at `at`; its packets leave within `pace`.
    pub(crate) fn send(&mut self, source: Source, at: Duration, payloads: Vec<Vec<u8>>, pace: Duration) {
        let count = payloads.len() as u32;
        for (index, payload) in (0..).zip(payloads) {
            let stream = self.streams.get_mut(&source).unwrap();
            let packet = RtpPacket {
                payload_type: stream.payload_type,
                sequence_number: stream.sequence,
                timestamp: stream.timestamp_at(at),
                marker: index + 1 == count,
                payload: payload.into(),
            };
            stream.sequence = stream.sequence.wrapping_add(1);
            stream.marks += 1;
            let number = packet.sequence_number;
            stream.sent.insert(number, packet);
            self.transmit(source, number, at + pace * index / count);
        }
    }

    /// Sends a report that is true at `at`, on a clock that is 100 days ahead.
    pub(crate) fn report(&mut self, source: Source, at: Duration) {
        let ntp = lectern_wire::rtcp::ntp_from_duration(at + Duration::from_secs(8_640_000));
        let timestamp = self.streams[&source].timestamp_at(at);
        self.schedule(at + DELAY, Event::Report(source, ntp, timestamp));
    }

    /// Lets time pass.
    pub(crate) fn run_until(&mut self, until: Duration) {
        const STEP: Duration = Duration::from_millis(10);
        while self.now + STEP <= until {
            self.now += STEP;
            while self.events.peek().is_some_and(|Reverse((at, ..))| *at <= self.now) {
                let Reverse((at, _, event)) = self.events.pop().unwrap();
                match event {
                    Event::Packet(source, number) => {
                        let packet = self.streams[&source].sent[&number].clone();
                        self.recording.rtp(source, packet, at);
                    }
                    Event::Report(source, ntp, timestamp) => self.recording.sender_report(source, ntp, timestamp),
                }
            }
            self.recording.advance(self.now);
            self.drain();
        }
    }

    pub(crate) fn end(&mut self) {
        self.recording.end(self.now);
        self.drain();
        self.playlists.values_mut().for_each(MediaPlaylist::end);
    }

    /// What the conformance check finds in all that is stored.
    pub(crate) fn violations(&self) -> Vec<Violation> {
        let mut violations = Vec::new();
        let mut tracks = Vec::new();
        for (track, playlist) in &self.playlists {
            let name = track.playlist_name();
            let codecs = check_track(&name, &playlist.text(), |name| self.files.get(name).cloned(), &mut violations);
            tracks.push((name, codecs));
        }
        check_multivariant(&self.multivariant(), &tracks, &mut violations);
        violations
    }

    pub(crate) fn multivariant(&self) -> String {
        let rendition = |(track, formats): (&Track, &Vec<Format>)| Rendition {
            track: *track,
            codecs: formats.iter().map(|format| format.codecs.clone()).collect(),
            size: formats.iter().filter_map(Format::size).max(),
            peak_bps: 1_000_000,
            average_bps: 1_000_000,
        };
        multivariant(&self.formats.iter().map(rendition).collect::<Vec<_>>()).unwrap()
    }

    /// The parts of a track that one decoder configuration is good for, each as one file.
    pub(crate) fn stretches(&self, track: Track) -> Vec<Vec<u8>> {
        let mut stretches: Vec<(&str, Vec<u8>)> = Vec::new();
        for part in self.playlists[&track].parts() {
            let Part::Segment(entry) = part else { continue };
            if stretches.last().is_none_or(|(init, _)| *init != entry.init_uri) {
                stretches.push((&entry.init_uri, self.files[&entry.init_uri].to_vec()));
            }
            stretches.last_mut().unwrap().1.extend_from_slice(&self.files[&entry.uri]);
        }
        stretches.into_iter().map(|(_, file)| file).collect()
    }

    /// Writes all files into a folder.
    pub(crate) fn write(&self, folder: &std::path::Path) {
        for track in Track::ALL {
            std::fs::create_dir_all(folder.join(track.name())).unwrap();
        }
        for (name, bytes) in &self.files {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
        for (track, playlist) in &self.playlists {
            std::fs::write(folder.join(track.playlist_name()), playlist.text()).unwrap();
        }
        std::fs::write(folder.join(MULTIVARIANT_NAME), self.multivariant()).unwrap();
    }

    fn drain(&mut self) {
        while let Some(output) = self.recording.poll() {
            match output {
                Output::Nack(source, numbers) => {
                    for number in numbers {
                        if self.streams[&source].sent.contains_key(&number) {
                            self.transmit(source, number, self.now + DELAY);
                        }
                    }
                }
                Output::Keyframe(_) => self.keyframes_asked += 1,
                Output::Init { name, bytes, .. } => assert_eq!(self.files.insert(name, bytes), None),
                Output::Gap(track, gap) => self.gaps.push((track, gap)),
                Output::Segment(stored) => self.store(stored),
            }
        }
        self.held_max = self.held_max.max(self.recording.held_len());
    }

    fn store(&mut self, Stored { track, entry, format, held, bytes }: Stored) {
        assert_eq!(self.files[&entry.init_uri], init_segment(&format));
        assert_eq!(self.files.insert(entry.uri.clone(), bytes), None);
        self.stored.push((track, entry.start, entry.end, held));
        let formats = self.formats.entry(track).or_default();
        if !formats.contains(&format) {
            formats.push(format);
        }
        self.playlists.entry(track).or_insert_with(|| MediaPlaylist::new(EPOCH)).push(entry);
    }

    fn transmit(&mut self, source: Source, number: u16, at: Duration) {
        let at = at + self.streams[&source].delay;
        let copies = 1 + u32::from(self.random.random_range(0..1000) < self.network.repeated);
        for _ in 0..copies {
            if self.random.random_range(0..1000) >= self.network.lost {
                let jitter = self.network.jitter.mul_f64(self.random.random_range(0.0..1.0));
                self.schedule(at + DELAY + jitter, Event::Packet(source, number));
            }
        }
    }

    fn schedule(&mut self, at: Duration, event: Event) {
        self.count += 1;
        self.events.push(Reverse((at, self.count, event)));
    }
}

/// A camera.
pub(crate) const CAMERA: Source = Source::Picture(Picture::Camera);
/// A screen.
pub(crate) const SCREEN: Source = Source::Picture(Picture::Screen);
