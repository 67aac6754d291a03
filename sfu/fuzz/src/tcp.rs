//! Frames on a TCP connection, read in whatever pieces they come and written in whatever pieces the kernel takes.

use lectern_sfu::transport::tcp_frame::{FRAME_BYTES_MAX, FrameQueue, FrameReader, QUEUE_BYTES_MAX};

use crate::input::Input;

pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    if input.bool() { read(&mut input) } else { write(&mut input) }
}

fn read(input: &mut Input<'_>) {
    let piece_len = 1 + usize::from(input.u8());
    let stream = input.rest();
    assert_eq!(frames_of(stream, piece_len), frames_of(stream, stream.len().max(1)), "pieces make no difference");
}

/// The frames of a stream that comes in pieces, up to the first that is too long.
fn frames_of(stream: &[u8], piece_len: usize) -> Vec<Vec<u8>> {
    let mut reader = FrameReader::new();
    let mut frames = Vec::new();
    for mut piece in stream.chunks(piece_len) {
        while !piece.is_empty() {
            let space = reader.space();
            let len = space.len().min(piece.len());
            assert!(len > 0, "there is always room for more");
            space[..len].copy_from_slice(&piece[..len]);
            piece = &piece[len..];
            reader.advance(len);
            loop {
                match reader.next_frame() {
                    Ok(Some(frame)) => {
                        assert!((1..=FRAME_BYTES_MAX).contains(&frame.len()));
                        frames.push(frame.to_vec());
                    }
                    Ok(None) => break,
                    Err(_) => return frames,
                }
            }
        }
    }
    frames
}

/// Packets are lost whole or not at all, and what waits is bounded.
fn write(input: &mut Input<'_>) {
    let mut queue = FrameQueue::new();
    let mut stream = Vec::new();
    let (mut pushed, mut lost) = (0, 0);
    while !input.is_empty() {
        let op = input.u8();
        if op & 1 == 0 {
            pushed += 1;
            lost += queue.push(&vec![op; usize::from(input.u16()) % (FRAME_BYTES_MAX + 1)]);
            assert!(queue.bytes() <= QUEUE_BYTES_MAX);
        } else {
            take(&mut queue, usize::from(input.u16()), &mut stream);
        }
    }
    while !queue.is_empty() {
        take(&mut queue, usize::MAX, &mut stream);
    }
    assert_eq!(frames_of(&stream, 1_000).len() + lost, pushed);
}

fn take(queue: &mut FrameQueue, len_max: usize, stream: &mut Vec<u8>) {
    let Some(front) = queue.front() else { return };
    let len = front.len().min(len_max);
    stream.extend_from_slice(&front[..len]);
    queue.advance(len);
}
