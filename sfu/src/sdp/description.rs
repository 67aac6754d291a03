//! SDP as text (RFC 8866): lines, attributes, media sections. What an attribute means is read by those who need it.

use crate::session::{MediaKind, Mid};

use super::error::{Limited, SdpError};
use super::limits::Limits;

/// An offer, cut into its parts; everything borrows from the text.
#[derive(Debug)]
pub struct Description<'a> {
    /// Attributes before the first section.
    pub(super) session: Attributes<'a>,
    /// In the offer's order.
    pub(super) sections: Vec<Section<'a>>,
}

/// `a=name:value` lines in order; `value` is empty for flags.
#[derive(Debug, Default)]
pub(super) struct Attributes<'a>(Vec<(&'a str, &'a str)>);

/// One `m=` line and what follows it.
#[derive(Debug)]
pub(super) struct Section<'a> {
    /// The first word: `audio`, `video`, `application`, …
    pub(super) media: &'a str,
    /// 0 with `a=bundle-only` is usable, 0 without means that the client does not want this section.
    pub(super) port: u16,
    /// Such as `UDP/TLS/RTP/SAVPF`.
    pub(super) protocol: &'a str,
    /// The rest of the line: payload types.
    pub(super) formats: &'a str,
    /// `a=mid`, empty if there is none.
    pub(super) mid: Mid,
    /// Its attributes.
    pub(super) attributes: Attributes<'a>,
}

/// Who sends in a section, seen from the offerer (RFC 8866 section 6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl<'a> Description<'a> {
    /// Cuts `text` into sections and attributes.
    ///
    /// # Errors
    /// [`SdpError::TooLarge`], [`SdpError::LimitExceeded`], [`SdpError::Malformed`] for what is not `v=0` first and then
    /// lines of `<letter>=<printable text>`, and [`SdpError::BadMid`] for a `mid` that is too long or used twice.
    pub fn parse(text: &'a str, limits: &Limits) -> Result<Self, SdpError> {
        if text.len() > limits.bytes_max {
            return Err(SdpError::TooLarge { max: limits.bytes_max });
        }
        let mut lines = Lines::new(text, limits);
        match lines.next().transpose()? {
            Some(Line { letter: b'v', value: "0", .. }) => {}
            _ => return Err(SdpError::Malformed { line: 1 }),
        }
        let mut description = Self { session: Attributes::default(), sections: Vec::new() };
        for line in lines {
            description.take(&line?, limits)?;
        }
        description.check_mids()?;
        description.check_candidates(limits)?;
        Ok(description)
    }

    /// Reads lines that need not start with `v=0`: an ICE fragment (RFC 8840 section 9).
    pub(super) fn parse_fragment(text: &'a str, limits: &Limits) -> Result<Self, SdpError> {
        if text.len() > limits.bytes_max {
            return Err(SdpError::TooLarge { max: limits.bytes_max });
        }
        let mut description = Self { session: Attributes::default(), sections: Vec::new() };
        for line in Lines::new(text, limits) {
            description.take(&line?, limits)?;
        }
        description.check_candidates(limits)?;
        Ok(description)
    }

    /// The `mid`s of the first BUNDLE group.
    pub(super) fn bundle(&self) -> impl Iterator<Item = &'a str> {
        let group = self.session.values("group").find_map(|group| group.strip_prefix("BUNDLE"));
        group.unwrap_or_default().split_ascii_whitespace()
    }

    /// Who sends in `section`: its own attribute, else the session's, else both.
    pub(super) fn direction(&self, section: &Section<'_>) -> Direction {
        section.attributes.direction().or(self.session.direction()).unwrap_or(Direction::SendRecv)
    }

    fn take(&mut self, line: &Line<'a>, limits: &Limits) -> Result<(), SdpError> {
        match line.letter {
            b'm' => {
                if self.sections.len() == limits.sections_max {
                    return Err(SdpError::LimitExceeded { what: Limited::Sections, max: limits.sections_max });
                }
                let section = Section::parse(line.value).ok_or(SdpError::Malformed { line: line.number })?;
                self.sections.push(section);
            }
            b'a' => {
                let (name, value) = line.value.split_once(':').unwrap_or((line.value, ""));
                let attributes = match self.sections.last_mut() {
                    Some(section) => {
                        if name == "mid" {
                            section.mid = Mid::from(value).map_err(|_| SdpError::BadMid)?;
                        }
                        &mut section.attributes
                    }
                    None => &mut self.session,
                };
                if attributes.0.len() == limits.attributes_max {
                    return Err(SdpError::LimitExceeded { what: Limited::Attributes, max: limits.attributes_max });
                }
                attributes.0.push((name, value));
            }
            // o=, s=, t=, c=, b=, i=, … say nothing that matters here.
            _ => {}
        }
        Ok(())
    }

    fn check_mids(&self) -> Result<(), SdpError> {
        let twice = |(i, section): (usize, &Section<'_>)| {
            !section.mid.is_empty() && self.sections[..i].iter().any(|earlier| earlier.mid == section.mid)
        };
        if self.sections.iter().enumerate().any(twice) { Err(SdpError::BadMid) } else { Ok(()) }
    }

    fn check_candidates(&self, limits: &Limits) -> Result<(), SdpError> {
        if self.candidate_count() > limits.candidates_max {
            return Err(SdpError::LimitExceeded { what: Limited::Candidates, max: limits.candidates_max });
        }
        Ok(())
    }

    pub(super) fn candidate_count(&self) -> usize {
        let all = self.sections.iter().map(|section| &section.attributes).chain([&self.session]);
        all.map(|attributes| attributes.values("candidate").count()).sum()
    }
}

impl<'a> Attributes<'a> {
    /// The values of every attribute of this name, in order.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| *n == name).map(|(_, value)| *value)
    }

    /// The value of the first attribute of this name.
    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        self.values(name).next()
    }

    /// Whether there is an attribute of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().copied()
    }

    fn direction(&self) -> Option<Direction> {
        self.0.iter().find_map(|(name, _)| match *name {
            "sendrecv" => Some(Direction::SendRecv),
            "sendonly" => Some(Direction::SendOnly),
            "recvonly" => Some(Direction::RecvOnly),
            "inactive" => Some(Direction::Inactive),
            _ => None,
        })
    }
}

impl<'a> Section<'a> {
    /// Reads `<media> <port>[/<number>] <protocol> <format> …` (RFC 8866 section 5.14).
    fn parse(value: &'a str) -> Option<Self> {
        let mut words = value.splitn(4, ' ');
        let (media, port, protocol) = (words.next()?, words.next()?, words.next()?);
        let port = port.split('/').next()?.parse().ok()?;
        if media.is_empty() || protocol.is_empty() {
            return None;
        }
        let formats = words.next().unwrap_or_default().trim_end();
        Some(Self { media, port, protocol, formats, mid: Mid::new(), attributes: Attributes::default() })
    }

    /// Audio or video over SRTP; `None` for what Lectern does not carry (data channels, T.38, plain RTP).
    pub(super) fn kind(&self) -> Option<MediaKind> {
        if !matches!(self.protocol, "UDP/TLS/RTP/SAVPF" | "TCP/TLS/RTP/SAVPF" | "UDP/TLS/RTP/SAVP" | "RTP/SAVPF") {
            return None;
        }
        match self.media {
            "audio" => Some(MediaKind::Audio),
            "video" => Some(MediaKind::Video),
            _ => None,
        }
    }

    /// Whether the client itself has switched this section off.
    pub(super) fn disabled(&self) -> bool {
        self.port == 0 && !self.attributes.has("bundle-only")
    }
}

/// One line: `letter=value`.
struct Line<'a> {
    number: usize,
    letter: u8,
    value: &'a str,
}

struct Lines<'a> {
    rest: std::str::Lines<'a>,
    number: usize,
    lines_max: usize,
    line_bytes_max: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, limits: &Limits) -> Self {
        Self { rest: text.lines(), number: 0, lines_max: limits.lines_max, line_bytes_max: limits.line_bytes_max }
    }

    fn read(&self, text: &'a str) -> Result<Line<'a>, SdpError> {
        if self.number > self.lines_max {
            return Err(SdpError::LimitExceeded { what: Limited::Lines, max: self.lines_max });
        }
        if text.len() > self.line_bytes_max {
            return Err(SdpError::LimitExceeded { what: Limited::LineBytes, max: self.line_bytes_max });
        }
        // Control characters have no place in SDP, and parts of a line are repeated in the answer.
        if text.chars().any(char::is_control) {
            return Err(SdpError::Malformed { line: self.number });
        }
        match text.as_bytes() {
            [letter @ b'a'..=b'z', b'=', ..] => Ok(Line { number: self.number, letter: *letter, value: &text[2..] }),
            _ => Err(SdpError::Malformed { line: self.number }),
        }
    }
}

/// Empty lines are passed over: clients that join fragments of SDP leave some behind.
impl<'a> Iterator for Lines<'a> {
    type Item = Result<Line<'a>, SdpError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let text = self.rest.next()?;
            self.number += 1;
            if !text.is_empty() || self.number > self.lines_max {
                return Some(self.read(text));
            }
        }
    }
}
