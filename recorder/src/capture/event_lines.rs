//! Server-sent events (WHATWG HTML section 9.2.6), as far as the media server sends them: a name and data of a line or more.

/// The longest line. `slots` of ten sections has two kilobytes.
pub const LINE_LEN_MAX: usize = 32 << 10;
/// The longest data of one event.
pub const DATA_LEN_MAX: usize = 64 << 10;

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Empty if none was said.
    pub name: String,
    /// Lines, joined; not empty.
    pub data: String,
}

/// The stream has a line or an event that is too long; give it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event that is longer than it may be")]
pub struct TooLong;

/// Takes bytes as they come.
#[derive(Debug, Default)]
pub struct EventLines {
    line: Vec<u8>,
    event: Event,
}

impl EventLines {
    /// Gives each event that ends in `bytes` to `each`. Bytes that are not UTF-8 are replaced.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn push(&mut self, mut bytes: &[u8], mut each: impl FnMut(Event)) -> Result<(), TooLong> {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.gather(&bytes[..end])?;
            bytes = &bytes[end + 1..];
            let line = std::mem::take(&mut self.line);
            let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(&line)).into_owned();
            if let Some(event) = self.take_line(&line)? {
                each(event);
            }
        }
        self.gather(bytes)
    }

    fn gather(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + bytes.len() > LINE_LEN_MAX {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn take_line(&mut self, line: &str) -> Result<Option<Event>, TooLong> {
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            // "If the data buffer is an empty string, set the data buffer and the event type buffer to the empty string and return."
            return Ok(Some(event).filter(|event| !event.data.is_empty()));
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                let data = &mut self.event.data;
                if data.len() + value.len() >= DATA_LEN_MAX {
                    return Err(TooLong);
                }
                if !data.is_empty() {
                    data.push('\n');
                }
                data.push_str(value);
            }
            // Comments (an empty field), `id`, `retry`, and what is not known.
            _ => {}
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(parts: &[&[u8]]) -> Result<Vec<(String, String)>, TooLong> {
        let (mut lines, mut found) = (EventLines::default(), Vec::new());
        for part in parts {
            lines.push(part, |event| found.push((event.name, event.data)))?;
        }
        Ok(found)
    }

    #[test]
    fn events_are_found_however_the_bytes_are_cut() {
        let text = b": hello\n\nevent: slots\nid: 7\ndata: {\"a\":\ndata: 1}\r\n\r\nevent: none\n\ndata:x\n\nevent: cut\ndata: o";
        let expected = [("slots", "{\"a\":\n1}"), ("", "x")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(events(&[text]).unwrap(), expected);
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(events(&bytes).unwrap(), expected);
    }

    #[test]
    fn a_line_and_an_event_may_be_as_long_as_the_limit_and_no_longer() {
        let line = |len: usize| ["data: ".as_bytes(), &vec![b'x'; len - 6], b"\n\n"].concat();
        assert_eq!(events(&[&line(LINE_LEN_MAX)]).unwrap().len(), 1);
        assert_eq!(events(&[&line(LINE_LEN_MAX + 1)]), Err(TooLong));
        assert_eq!(events(&[&vec![b'x'; LINE_LEN_MAX], b"x"]), Err(TooLong));
        let half = ["data: ".as_bytes(), &vec![b'x'; DATA_LEN_MAX / 4], b"\n"].concat();
        assert!(events(&[&half, &half, &half]).is_ok());
        assert_eq!(events(&[&half, &half, &half, &half]), Err(TooLong));
    }
}
