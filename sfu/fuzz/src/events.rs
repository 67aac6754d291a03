//! The media server's events, as the recorder hears them in whatever pieces they come.

use lectern_recorder::capture::event_lines::{DATA_LEN_MAX, Event, EventLines, TooLong};

use crate::input::Input;

pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let piece_len = 1 + usize::from(input.u8());
    // So that limits are within reach of a short input.
    let times = 1 + usize::from(input.u8());
    let stream = input.rest().repeat(times);
    assert_eq!(heard(&stream, piece_len), heard(&stream, stream.len().max(1)), "pieces make no difference");
}

/// The events up to one that is too long, and whether there was one.
fn heard(stream: &[u8], piece_len: usize) -> (Vec<Event>, Result<(), TooLong>) {
    let (mut lines, mut events) = (EventLines::default(), Vec::new());
    let all = stream.chunks(piece_len).try_for_each(|piece| lines.push(piece, |event| events.push(event)));
    assert!(events.iter().all(|event| !event.data.is_empty() && event.data.len() <= DATA_LEN_MAX));
    (events, all)
}
