//! An hour of a class in a moment: how well tracks stay together, with loss and with clocks that drift.
//!
//! A camera of 2 Mbit/s, a screen of 1 Mbit/s and a voice, 1% of loss, clocks at +100, 0 and -100 ppm, in simulated time. At
//! every full second the camera shows a mark and the voice beeps; where both lie in what was written is the skew.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use lectern_recording::format::VideoCodec;
use lectern_recording::hls::Track;
use lectern_recording::packet::RtpPacket;
use lectern_recording::recording::{Output, Picture, Recording, Source, Stored};
use opus_pure::{Application, OpusDecoder, OpusEncoder};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::run::RunError;

const CAMERA: Source = Source::Picture(Picture::Camera);
const SCREEN: Source = Source::Picture(Picture::Screen);
const VOICE: Source = Source::Voice(1);
/// Packets that may be asked for again.
const HISTORY: usize = 1024;
const PAYLOAD_LEN: usize = 1100;
/// What the mark looks like in a picture; a VP9 header comes before it.
const MARK: &[u8; 8] = b"FLASH!!!";

struct Sender {
    source: Source,
    hz: f64,
    ppm: f64,
    sequence: u16,
    history: VecDeque<RtpPacket>,
}

impl Sender {
    fn new(source: Source, hz: f64, ppm: f64) -> Self {
        Self { source, hz, ppm, sequence: 0, history: VecDeque::new() }
    }

    fn timestamp(&self, at_ms: u64) -> u32 {
        ((at_ms as f64 / 1000.0 * self.hz * (1.0 + self.ppm * 1e-6)).round() as u64 & 0xffff_ffff) as u32
    }

    fn packet(&mut self, at_ms: u64, marker: bool, payload: Vec<u8>) -> RtpPacket {
        let payload_type = if self.source == VOICE { 111 } else { 98 };
        let timestamp = self.timestamp(at_ms);
        let packet =
            RtpPacket { payload_type, sequence_number: self.sequence, timestamp, marker, payload: payload.into() };
        self.sequence = self.sequence.wrapping_add(1);
        self.history.push_back(packet.clone());
        if self.history.len() > HISTORY {
            self.history.pop_front();
        }
        packet
    }
}

struct Room {
    recording: Recording,
    random: StdRng,
    senders: [Sender; 3],
    keyframe_due: [bool; 2],
    /// On their way: when they arrive.
    network: BTreeMap<(u64, u64), (Source, RtpPacket)>,
    sent: u64,
    marks: Marks,
}

impl Room {
    fn new(seed: u64) -> Self {
        let mut recording = Recording::new(1, Duration::ZERO).expect("Opus");
        let codecs = vec![(98, VideoCodec::Vp9)];
        recording.begin_video(Picture::Camera, 0, codecs.clone());
        recording.begin_video(Picture::Screen, 0, codecs);
        recording.begin_voice(1, 0, 111).expect("one voice");
        Self {
            recording,
            random: StdRng::seed_from_u64(seed),
            senders: [
                Sender::new(CAMERA, 90_000.0, 100.0),
                Sender::new(SCREEN, 90_000.0, 0.0),
                Sender::new(VOICE, 48_000.0, -100.0),
            ],
            keyframe_due: [true; 2],
            network: BTreeMap::new(),
            sent: 0,
            marks: Marks::new(),
        }
    }

    /// 20 ms of a class.
    fn step(&mut self, at_ms: u64, voice: &[Vec<u8>]) {
        // 25 pictures a second of 10 kB, 5 a second of 25 kB.
        if at_ms.is_multiple_of(40) {
            self.send_picture(0, at_ms, 10_000);
        }
        if at_ms.is_multiple_of(200) {
            self.send_picture(1, at_ms, 25_000);
        }
        let payload = voice[at_ms as usize / 20 % voice.len()].clone();
        let packet = self.senders[2].packet(at_ms, false, payload);
        self.transmit(2, packet, at_ms);
        if at_ms % 1000 == 500 {
            let ntp = lectern_wire::rtcp::ntp_from_duration(Duration::from_millis(at_ms + 9_000_000_000));
            for sender in &self.senders {
                self.recording.sender_report(sender.source, ntp, sender.timestamp(at_ms));
            }
        }
        while let Some(entry) = self.network.first_entry().filter(|entry| entry.key().0 <= at_ms * 1000) {
            let ((at_us, _), (source, packet)) = entry.remove_entry();
            self.recording.rtp(source, packet, Duration::from_micros(at_us));
        }
        self.recording.advance(Duration::from_millis(at_ms));
        self.drain(at_ms);
    }

    fn send_picture(&mut self, index: usize, at_ms: u64, len: usize) {
        let key = std::mem::take(&mut self.keyframe_due[index]);
        let mut frame: Vec<u8> = if key {
            vec![0x82, 0x49, 0x83, 0x42, 0x00, 0x4f, 0xf0, 0x2c, 0xf0, 0x38, 0x24]
        } else {
            vec![0x86, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        };
        frame.extend(if at_ms.is_multiple_of(1000) { *MARK } else { [0; 8] });
        frame.resize(if key { len * 4 } else { len }, 7);
        let chunks = frame.chunks(PAYLOAD_LEN);
        let last = chunks.len() - 1;
        for (number, chunk) in chunks.enumerate() {
            let flags = u8::from(!key) << 6 | u8::from(number == 0) << 3 | u8::from(number == last) << 2;
            let payload = [&[flags], chunk].concat();
            let packet = self.senders[index].packet(at_ms, number == last, payload);
            self.transmit(index, packet, at_ms);
        }
    }

    fn transmit(&mut self, index: usize, packet: RtpPacket, at_ms: u64) {
        self.sent += 1;
        if self.random.random_range(0..100) != 0 {
            let at_us = at_ms * 1000 + self.random.random_range(20_000..50_000);
            self.network.insert((at_us, self.sent), (self.senders[index].source, packet));
        }
    }

    fn drain(&mut self, at_ms: u64) {
        while let Some(output) = self.recording.poll() {
            match output {
                Output::Nack(source, numbers) => {
                    let index = self.senders.iter().position(|sender| sender.source == source).expect("known");
                    for number in numbers {
                        let found = self.senders[index].history.iter().find(|packet| packet.sequence_number == number);
                        if let Some(packet) = found.cloned() {
                            self.transmit(index, packet, at_ms + 20);
                        }
                    }
                }
                Output::Keyframe(Source::Picture(picture)) => self.keyframe_due[picture as usize] = true,
                Output::Segment(stored) => self.marks.read(&stored),
                _ => {}
            }
        }
    }
}

/// Where the marks and the beeps are, in milliseconds.
struct Marks {
    decoder: OpusDecoder,
    quiet: u32,
    flashes: Vec<f64>,
    beeps: Vec<f64>,
}

impl Marks {
    fn new() -> Self {
        let decoder = OpusDecoder::new(48_000, 1).expect("Opus");
        Self { decoder, quiet: 48_000, flashes: Vec::new(), beeps: Vec::new() }
    }

    fn read(&mut self, stored: &Stored) {
        let hz = f64::from(stored.format.timescale());
        for (at, sample) in samples(&stored.bytes) {
            let at_ms = at as f64 * 1000.0 / hz;
            match stored.track {
                Track::Camera if sample.get(11..19) == Some(MARK) => self.flashes.push(at_ms),
                Track::Sound => self.listen(at_ms, sample),
                _ => {}
            }
        }
    }

    /// A beep begins where it is loud after half a second of quiet. The encoder is 6.5 ms behind.
    fn listen(&mut self, at_ms: f64, packet: &[u8]) {
        let mut pcm = [0f32; 5760];
        let count = self.decoder.decode(packet, 5760, &mut pcm).expect("what was encoded");
        for (index, sample) in pcm[..count].iter().enumerate() {
            if sample.abs() < 0.1 {
                self.quiet += 1;
                continue;
            }
            if self.quiet > 24_000 {
                self.beeps.push(at_ms + index as f64 / 48.0 - 6.5);
            }
            self.quiet = 0;
        }
    }

    fn skew_ms_max(&self) -> f64 {
        let nearest = |flash: &f64| self.beeps.iter().map(|beep| (beep - flash).abs()).fold(f64::MAX, f64::min);
        self.flashes.iter().map(nearest).filter(|skew| *skew < 500.0).fold(0.0, f64::max)
    }
}

/// The samples of a segment of ours and their times: `styp`, `moof` (`mfhd`, `traf` (`tfhd`, `tfdt`, `trun`)), `mdat`.
fn samples(segment: &[u8]) -> Vec<(u64, &[u8])> {
    let word = |at: usize| u32::from_be_bytes(segment[at..at + 4].try_into().expect("four bytes"));
    let find = |kind: &[u8; 4]| segment.windows(4).position(|window| window == kind).expect("a box of every kind") + 4;
    let (header, time, run) = (find(b"tfhd"), find(b"tfdt"), find(b"trun"));
    let same_duration = (word(header) & 0x08 != 0).then(|| word(header + 8));
    let flags = word(run);
    let (mut at, mut field, mut data) = (u64::from(word(time + 8)), run + 12, find(b"mdat"));
    let mut found = Vec::new();
    for _ in 0..word(run + 4) {
        let mut next = || {
            field += 4;
            word(field - 4)
        };
        let duration = same_duration.unwrap_or_else(&mut next);
        let size = next() as usize;
        if flags & 0x400 != 0 {
            next();
        }
        found.push((at, &segment[data..data + size]));
        at += u64::from(duration);
        data += size;
    }
    found
}

/// A beep of 40 ms at the beginning of every second, in packets of 20 ms.
fn beeps() -> Vec<Vec<u8>> {
    let mut encoder = OpusEncoder::new(48_000, 1, Application::Audio).expect("Opus");
    let lookahead = encoder.lookahead();
    let tone = |index: usize| {
        let index = (index + lookahead) % 48_000;
        if index < 1920 { (index as f32 * 0.13).sin() * 0.5 } else { 0.0 }
    };
    let mut packet = [0; 1275];
    let pcm: Vec<f32> = (0..48_000 * 10).map(tone).collect();
    let encoded = pcm.chunks(960).map(|frame| {
        let len = encoder.encode(frame, 960, &mut packet).expect("a frame of 20 ms");
        packet[..len].to_vec()
    });
    encoded.collect()
}

/// The largest distance of a mark and its beep in what was written of a class of so many seconds, ms. The class is made up
/// anew from `seed`.
///
/// # Errors
/// Less was written than was sent: most of the marks, or of the beeps, are missing.
pub(super) fn skew_ms_max(seconds: u64, seed: u64) -> Result<f64, RunError> {
    let voice = beeps();
    let mut room = Room::new(seed);
    for at_ms in (0..seconds * 1000).step_by(20) {
        room.step(at_ms, &voice);
    }
    let (flashes, beeps) = (room.marks.flashes.len() as u64, room.marks.beeps.len() as u64);
    // The last segment stays open.
    if flashes.min(beeps) * 10 < seconds.saturating_sub(10) * 9 {
        return Err(format!("of {seconds} s there are {flashes} marks and {beeps} beeps").into());
    }
    Ok(room.marks.skew_ms_max())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_written_whole_and_together() {
        let skew = skew_ms_max(60, 7).unwrap();
        assert!(skew < 80.0, "{skew} ms");
    }
}
