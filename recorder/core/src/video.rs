//! One picture of a recording: the packets of whoever sends it now become segments of its track.

use std::time::Duration;

use crate::clock::{Origin, StreamClock};
use crate::depacketize::{Depacketizer, Frame};
use crate::format::{Format, VideoCodec};
use crate::gap::Cause;
use crate::jitter_buffer::{Counts, JitterBuffer, Next};
use crate::packet::RtpPacket;
use crate::segmenter::Segmenter;

/// RFC 6184, RFC 9628 and AV1's payload format agree on it.
const HZ: u32 = 90_000;
/// Between the first two requests for a keyframe; an encoder needs some time. It doubles up to the second.
const ASK_AFTER: Duration = Duration::from_millis(500);
const ASK_AFTER_MAX: Duration = Duration::from_secs(4);

/// A track, which outlives its streams.
#[derive(Debug, Default)]
pub(crate) struct Video {
    stream: Option<Stream>,
    pub(crate) segmenter: Segmenter,
    /// What the last keyframe brought: what follows it belongs to it.
    latest: Duration,
    dropped: u64,
}

#[derive(Debug)]
struct Stream {
    codecs: Vec<(u8, VideoCodec)>,
    buffer: JitterBuffer,
    depacketizer: Option<(VideoCodec, Depacketizer)>,
    clock: StreamClock,
    ask_at: Duration,
    ask_after: Duration,
}

impl Video {
    /// A sender begins, or another one does. `codecs`: payload types as negotiated; others are passed over.
    pub(crate) fn begin(&mut self, codecs: Vec<(u8, VideoCodec)>) {
        if self.stream.is_some() {
            self.segmenter.lost(Cause::Restart);
        }
        self.stream = Some(Stream {
            codecs,
            buffer: JitterBuffer::default(),
            depacketizer: None,
            clock: StreamClock::new(HZ),
            ask_at: Duration::ZERO,
            ask_after: ASK_AFTER,
        });
    }

    /// The sender has gone. The picture is held until another one comes or the track is ended.
    pub(crate) fn leave(&mut self) {
        self.stream = None;
        self.segmenter.lost(Cause::NoKeyframe);
    }

    pub(crate) fn push(&mut self, packet: RtpPacket, now: Duration) {
        if let Some(stream) = &mut self.stream {
            stream.buffer.push(packet, now);
        }
    }

    pub(crate) fn report(&mut self, origin: &mut Origin, ntp: u64, timestamp: u32) {
        if let Some(stream) = &mut self.stream {
            stream.clock.report(origin, ntp, timestamp);
        }
    }

    pub(crate) fn set_rtt(&mut self, rtt: Duration) {
        if let Some(stream) = &mut self.stream {
            stream.buffer.set_rtt(rtt);
        }
    }

    /// Works through what has come until `now`; nothing comes any more for the time before `settled`.
    pub(crate) fn advance(&mut self, origin: &mut Origin, now: Duration, settled: Duration) {
        while let Some(next) = self.stream.as_mut().and_then(|stream| stream.buffer.pop(now)) {
            match next {
                Next::Packet(packet, arrival) => self.take(origin, packet, arrival),
                Next::Lost(_) => self.lose(Cause::Loss),
                Next::Restart => self.lose(Cause::Restart),
            }
        }
        self.segmenter.advance(settled);
    }

    /// The numbers to ask the sender for.
    pub(crate) fn nack(&mut self, now: Duration) -> Vec<u16> {
        self.stream.as_mut().map(|stream| stream.buffer.nack(now)).unwrap_or_default()
    }

    /// Whether the sender is to be asked for a keyframe now. It is asked seldom while it does not answer.
    pub(crate) fn asks_keyframe(&mut self, now: Duration) -> bool {
        let Some(stream) = &mut self.stream else { return false };
        let waits = stream.depacketizer.as_ref().is_some_and(|(_, depacketizer)| depacketizer.waits_for_keyframe());
        if !waits && !self.segmenter.wants_keyframe(self.latest) {
            stream.ask_after = ASK_AFTER;
            return false;
        }
        if now < stream.ask_at || stream.depacketizer.is_none() {
            return false;
        }
        stream.ask_at = now + stream.ask_after;
        stream.ask_after = (stream.ask_after * 2).min(ASK_AFTER_MAX);
        true
    }

    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        self.stream.as_ref().and_then(|stream| stream.buffer.next_timeout())
    }

    pub(crate) fn counts(&self) -> Counts {
        self.stream.as_ref().map(|stream| stream.buffer.counts()).unwrap_or_default()
    }

    /// Frames that came and could not be written.
    pub(crate) fn dropped(&self) -> u64 {
        let now = self.stream.as_ref().and_then(|stream| stream.depacketizer.as_ref());
        self.dropped + now.map_or(0, |(_, depacketizer)| depacketizer.dropped())
    }

    fn take(&mut self, origin: &mut Origin, packet: RtpPacket, arrival: Duration) {
        let Some(stream) = &mut self.stream else { return };
        let Some((_, codec)) = stream.codecs.iter().find(|(number, _)| *number == packet.payload_type) else { return };
        if stream.depacketizer.as_ref().is_none_or(|(current, _)| current != codec)
            && let Some((_, old)) = stream.depacketizer.replace((*codec, Depacketizer::new(*codec)))
        {
            self.dropped += old.dropped();
            self.segmenter.lost(Cause::Restart);
        }
        let Some((_, depacketizer)) = &mut stream.depacketizer else { return };
        let dropped = depacketizer.dropped();
        let mut frames: [Option<Frame>; 2] = [None, None];
        depacketizer.push(packet, arrival, |frame| {
            if let Some(free) = frames.iter_mut().find(|slot| slot.is_none()) {
                *free = Some(frame);
            }
        });
        // Not for the frames that only wait with others.
        if depacketizer.dropped() > dropped && depacketizer.waits_for_keyframe() {
            self.segmenter.lost(Cause::Loss);
        }
        for frame in frames.into_iter().flatten() {
            let at = stream.clock.map(origin, frame.timestamp, frame.arrival).at;
            self.latest = at;
            self.segmenter.push(at, frame.key.as_ref() as Option<&Format>, frame.data);
        }
    }

    fn lose(&mut self, cause: Cause) {
        let waited = self.stream.as_mut().and_then(|stream| stream.depacketizer.as_mut());
        if let Some((_, depacketizer)) = waited {
            depacketizer.lost();
        }
        self.segmenter.lost(cause);
    }
}
