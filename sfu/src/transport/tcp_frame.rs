//! Packets on a TCP connection (RFC 4571, as RFC 6544 uses it): each behind its length in 16 bits.
//!
//! Sans-IO: the caller reads into and writes from what stands here. Both directions are bounded.

use std::collections::VecDeque;

/// Longest packet taken: what comes from browsers fits an Ethernet frame, and so does DTLS in fragments.
pub const FRAME_BYTES_MAX: usize = 2_048;
/// Bytes that wait for one connection, their prefixes included: two seconds at 1 Mbit/s. What is older is worthless.
pub const QUEUE_BYTES_MAX: usize = 256 << 10;
const PREFIX_LEN: usize = 2;

/// The peer announced a packet longer than [`FRAME_BYTES_MAX`]: close the connection, there is no way to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("frame too long")]
pub struct FrameTooLong;

/// Takes a stream of bytes apart. Costs 4 kB.
///
/// [`FrameReader::space`] is where to read to, [`FrameReader::advance`] says how much was read, then
/// [`FrameReader::next_frame`] until it has no more.
#[derive(Debug)]
pub struct FrameReader {
    buffer: Box<[u8]>,
    /// What is read and not yet taken.
    start: usize,
    end: usize,
}

impl Default for FrameReader {
    fn default() -> Self {
        Self::new()
    }
}

impl FrameReader {
    /// Nothing read yet.
    #[must_use]
    pub fn new() -> Self {
        FrameReader { buffer: vec![0; 2 * (PREFIX_LEN + FRAME_BYTES_MAX)].into_boxed_slice(), start: 0, end: 0 }
    }

    /// Where to read to; never empty once [`FrameReader::next_frame`] has been called until it had no more.
    pub fn space(&mut self) -> &mut [u8] {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        &mut self.buffer[self.end..]
    }

    /// `len` bytes were read into [`FrameReader::space`]; more than there was room for count as all of it.
    pub fn advance(&mut self, len: usize) {
        self.end = (self.end + len).min(self.buffer.len());
    }

    /// The next packet; `None`: read more. Empty packets are skipped.
    ///
    /// # Errors
    /// [`FrameTooLong`], again and again.
    pub fn next_frame(&mut self) -> Result<Option<&mut [u8]>, FrameTooLong> {
        loop {
            let [high, low, ..] = self.buffer[self.start..self.end] else { return Ok(None) };
            let len = usize::from(u16::from_be_bytes([high, low]));
            if len > FRAME_BYTES_MAX {
                return Err(FrameTooLong);
            }
            let frame = self.start + PREFIX_LEN..self.start + PREFIX_LEN + len;
            if frame.end > self.end {
                return Ok(None);
            }
            self.start = frame.end;
            if len > 0 {
                return Ok(Some(&mut self.buffer[frame]));
            }
        }
    }
}

/// Packets that wait for a connection to take them. When full, the oldest go, excepted one that is half written.
///
/// Each packet is one allocation: TCP is the way out for few, and its queue must be able to lose its middle.
#[derive(Debug, Default)]
pub struct FrameQueue {
    frames: VecDeque<Box<[u8]>>,
    /// Of all frames, what is written of the first one included.
    bytes: usize,
    /// How much of the first frame is written.
    written: usize,
}

impl FrameQueue {
    /// Nothing waits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a packet; returns how many were lost for it. One that is empty or longer than 65,535 bytes is lost itself.
    pub fn push(&mut self, packet: &[u8]) -> usize {
        let Some(prefix) = u16::try_from(packet.len()).ok().filter(|len| *len > 0) else { return 1 };
        let len = PREFIX_LEN + packet.len();
        let mut lost = 0;
        while self.bytes + len > QUEUE_BYTES_MAX {
            let oldest = usize::from(self.written > 0);
            let Some(frame) = self.frames.remove(oldest) else { break };
            self.bytes -= frame.len();
            lost += 1;
        }
        let mut frame = Vec::with_capacity(len);
        frame.extend_from_slice(&prefix.to_be_bytes());
        frame.extend_from_slice(packet);
        self.frames.push_back(frame.into_boxed_slice());
        self.bytes += len;
        lost
    }

    /// What to write next; `None`: nothing waits.
    #[must_use]
    pub fn front(&self) -> Option<&[u8]> {
        self.frames.front().map(|frame| &frame[self.written..])
    }

    /// `len` bytes of [`FrameQueue::front`] were written.
    pub fn advance(&mut self, len: usize) {
        let Some(frame) = self.frames.front() else { return };
        self.written += len;
        if self.written >= frame.len() {
            self.bytes -= frame.len();
            self.written = 0;
            self.frames.pop_front();
        }
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Bytes that wait.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes - self.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `stream` in pieces of `piece` bytes.
    fn read(stream: &[u8], piece: usize) -> Result<Vec<Vec<u8>>, FrameTooLong> {
        let mut reader = FrameReader::new();
        let mut frames = Vec::new();
        for piece in stream.chunks(piece) {
            let mut rest = piece;
            while !rest.is_empty() {
                let space = reader.space();
                let len = rest.len().min(space.len());
                assert!(len > 0, "there is always room");
                space[..len].copy_from_slice(&rest[..len]);
                reader.advance(len);
                rest = &rest[len..];
                while let Some(frame) = reader.next_frame()? {
                    frames.push(frame.to_vec());
                }
            }
        }
        Ok(frames)
    }

    fn stream(queue: &mut FrameQueue, write: usize) -> Vec<u8> {
        let mut stream = Vec::new();
        while let Some(front) = queue.front() {
            let len = front.len().min(write);
            stream.extend_from_slice(&front[..len]);
            queue.advance(len);
        }
        stream
    }

    #[test]
    fn packets_survive_any_cut_of_the_stream() {
        let packets: Vec<Vec<u8>> =
            [1, 2, 3, 1_200, FRAME_BYTES_MAX, 7, FRAME_BYTES_MAX - 1].map(|len| vec![len as u8; len]).to_vec();
        for write in [1, 3, 1_000, 10_000] {
            let mut queue = FrameQueue::new();
            for packet in &packets {
                assert_eq!(queue.push(packet), 0);
            }
            let stream = stream(&mut queue, write);
            assert!(queue.is_empty() && queue.bytes() == 0);
            for piece in [1, 2, 5, 1_447, 100_000] {
                assert_eq!(read(&stream, piece).as_ref(), Ok(&packets), "{write} {piece}");
            }
        }
    }

    #[test]
    fn a_frame_is_refused_one_byte_past_the_limit() {
        let prefix = |len: usize| (len as u16).to_be_bytes();
        assert_eq!(read(&prefix(FRAME_BYTES_MAX), 1), Ok(vec![]));
        assert_eq!(read(&prefix(FRAME_BYTES_MAX + 1), 1), Err(FrameTooLong));
        assert_eq!(read(&[0, 0, 0, 0, 0, 1, 9], 1), Ok(vec![vec![9]]), "empty frames are skipped");
    }

    #[test]
    fn a_full_queue_loses_the_oldest_but_never_half_a_frame() {
        let mut queue = FrameQueue::new();
        let fits = QUEUE_BYTES_MAX / 1_024;
        let packet = |number: usize| vec![number as u8; 1_022];
        for number in 0..fits {
            assert_eq!(queue.push(&packet(number)), 0);
        }
        assert_eq!(queue.bytes(), QUEUE_BYTES_MAX);
        // Half of packet 0 is out: 1 goes.
        let mut stream_start = queue.front().unwrap()[..500].to_vec();
        queue.advance(500);
        assert_eq!(queue.push(&packet(fits)), 1);
        assert_eq!(queue.push(&[7; 1_023]), 2);
        stream_start.extend(stream(&mut queue, 4_000));
        let frames = read(&stream_start, 4_000).unwrap();
        assert_eq!(frames[0], packet(0));
        assert_eq!(frames[1], packet(4));
        assert_eq!(frames.last().unwrap().len(), 1_023);
        assert_eq!(frames.len(), fits - 1);
        assert_eq!(queue.push(&[]), 1);
        assert_eq!(queue.push(&[0; 65_536]), 1);
        assert!(queue.is_empty());
    }
}
