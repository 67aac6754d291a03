//! A media playlist, read (RFC 8216bis section 4.4).

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::DATES_PRECISION_S;

/// One segment, as it is listed.
#[derive(Clone, Debug, Default)]
pub(super) struct Listed {
    pub(super) line: usize,
    pub(super) uri: String,
    pub(super) map: Option<String>,
    /// In seconds.
    pub(super) duration: f64,
    pub(super) date: Option<OffsetDateTime>,
    pub(super) discontinuity: bool,
    pub(super) gap: bool,
}

#[derive(Debug, Default)]
pub(super) struct Playlist {
    pub(super) segments: Vec<Listed>,
    target_duration: Option<u64>,
    independent: bool,
    kind: Option<String>,
    ended: bool,
}

impl Playlist {
    pub(super) fn read(text: &str) -> Result<Self, (usize, &'static str)> {
        let mut playlist = Self::default();
        let (mut next, mut map) = (Listed::default(), None);
        for (line, content) in (1..).zip(text.lines()) {
            if (line == 1) != (content == "#EXTM3U") {
                return Err((line, "#EXTM3U is the first line, and that alone"));
            }
            let (tag, value) = content.split_once(':').unwrap_or((content, ""));
            match tag {
                "#EXT-X-TARGETDURATION" => playlist.target_duration = value.parse().ok(),
                "#EXT-X-INDEPENDENT-SEGMENTS" => playlist.independent = true,
                "#EXT-X-PLAYLIST-TYPE" => playlist.kind = Some(value.to_owned()),
                "#EXT-X-ENDLIST" => playlist.ended = true,
                "#EXT-X-DISCONTINUITY" => next.discontinuity = true,
                "#EXT-X-GAP" => next.gap = true,
                "#EXT-X-MAP" => {
                    map = value.split('"').nth(1).map(str::to_owned);
                    map.as_ref().ok_or((line, "a map without an address"))?;
                }
                "#EXT-X-PROGRAM-DATE-TIME" => {
                    next.date = Some(OffsetDateTime::parse(value, &Rfc3339).map_err(|_| (line, "not a date"))?);
                }
                "#EXTINF" => {
                    let seconds = value.split(',').next().and_then(|seconds| seconds.parse().ok());
                    next.duration = seconds.ok_or((line, "not a duration"))?;
                }
                _ if !content.starts_with('#') && !content.is_empty() => {
                    let listed =
                        Listed { line, uri: content.to_owned(), map: map.clone(), ..std::mem::take(&mut next) };
                    playlist.segments.push(listed);
                }
                _ => {}
            }
        }
        Ok(playlist)
    }

    /// What is wrong with it by itself, with the line.
    pub(super) fn problems(&self) -> Vec<(usize, String)> {
        let mut problems = Vec::new();
        if !self.independent {
            problems.push((1, "no EXT-X-INDEPENDENT-SEGMENTS".to_owned()));
        }
        if (self.kind.as_deref() == Some("VOD")) != self.ended {
            problems.push((1, "a video has an end, an event has none yet".to_owned()));
        }
        let Some(target) = self.target_duration else { return vec![(1, "no EXT-X-TARGETDURATION".to_owned())] };
        let mut before: Option<&Listed> = None;
        for listed in &self.segments {
            let mut report = |what: &str| problems.push((listed.line, what.to_owned()));
            // "when rounded to the nearest integer, less than or equal to".
            if listed.duration.round() as u64 > target || listed.duration <= 0.0 {
                report("a duration beyond the target");
            }
            if listed.map.is_none() && !listed.gap {
                report("a segment without EXT-X-MAP");
            }
            match (listed.date, before.and_then(|before| Some((before.date?, before.duration)))) {
                (None, _) => report("a segment without a date"),
                (Some(date), Some((before, duration))) => {
                    let elapsed = (date - before).as_seconds_f64();
                    if (elapsed - duration).abs() > DATES_PRECISION_S {
                        report("a date that is not that of the segment before and its duration");
                    }
                }
                (Some(_), None) => {}
            }
            if before.is_some_and(|before| before.map.is_some() && before.map != listed.map) && !listed.discontinuity {
                report("another map without EXT-X-DISCONTINUITY");
            }
            before = Some(listed);
        }
        problems
    }
}
