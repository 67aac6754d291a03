//! Reads back what [`MediaPlaylist::text`] wrote, so that another recorder can go on with it.
//!
//! It is no parser for the playlists of others: what ours do not hold is an error.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::media_playlist::{END, ROUNDING, header};
use super::{Entry, MediaPlaylist, Part, TARGET_DURATION_S};

/// A playlist of a day has a few megabytes.
const LEN_MAX: usize = 16 << 20;

/// The text is not a playlist of ours: damaged, or somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ParseError {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub reason: &'static str,
}

#[derive(Default)]
struct Pending {
    date: Option<OffsetDateTime>,
    duration: Option<Duration>,
    discontinuity: bool,
    gap: bool,
    changes: bool,
}

impl MediaPlaylist {
    /// Reads a playlist of the recording that began at `epoch`.
    ///
    /// # Errors
    /// See [`ParseError`]: the recording cannot be gone on with.
    pub fn parse(epoch: OffsetDateTime, text: &str) -> Result<Self, ParseError> {
        let fail = |line: usize, reason| ParseError { line: line + 1, reason };
        if text.len() > LEN_MAX {
            return Err(fail(0, "larger than any playlist"));
        }
        let mut playlist = Self::new(epoch);
        let head = [false, true].into_iter().find_map(|ended| {
            playlist.ended = ended;
            Some((text.strip_prefix(&header(ended, TARGET_DURATION_S))?, ended))
        });
        let (body, ended) = head.ok_or(fail(0, "does not begin as ours do"))?;
        let body = if ended { body.strip_suffix(END).ok_or(fail(0, "does not end as ours do"))? } else { body };
        let mut pending = Pending::default();
        for (index, line) in body.lines().enumerate() {
            let error = |reason| fail(header(ended, TARGET_DURATION_S).lines().count() + index, reason);
            match line.split_once(':').unwrap_or((line, "")) {
                ("#EXT-X-DISCONTINUITY", "") => pending.discontinuity = true,
                ("#EXT-X-GAP", "") => pending.gap = true,
                ("#EXT-X-MAP", value) => {
                    pending.changes = playlist.init_uri.is_some();
                    playlist.init_uri = Some(quoted(value).ok_or(error("a map without a URI"))?);
                }
                ("#EXT-X-PROGRAM-DATE-TIME", value) => {
                    pending.date = Some(OffsetDateTime::parse(value, &Rfc3339).map_err(|_| error("not a date"))?);
                }
                ("#EXTINF", value) => pending.duration = Some(seconds(value).ok_or(error("not a duration"))?),
                (line, _) if line.starts_with('#') => return Err(error("a tag that is not ours")),
                _ => {
                    let part = playlist.part(std::mem::take(&mut pending), line).map_err(error)?;
                    playlist.parts.push(part);
                }
            }
        }
        body.clone_into(&mut playlist.lines);
        Ok(playlist)
    }

    fn part(&self, pending: Pending, uri: &str) -> Result<Part, &'static str> {
        let date = pending.date.ok_or("a segment without a date")?;
        let duration = pending.duration.ok_or("a segment without a duration")?;
        let dated = Duration::try_from(date - self.epoch).map_err(|_| "a segment from before the recording")?;
        // The date has milliseconds, a duration microseconds: where segments follow each other, they add up.
        let start = match self.until() {
            Some(until) if until.abs_diff(dated) <= ROUNDING => until,
            Some(_) => return Err("a hole between segments"),
            None => dated,
        };
        let end = start + duration;
        if pending.gap {
            return Ok(Part::Gap { start, end });
        }
        let init_uri = self.init_uri.clone().ok_or("a segment before its map")?;
        let discontinuity = pending.discontinuity && !pending.changes;
        Ok(Part::Segment(Entry { uri: uri.to_owned(), init_uri, start, end, discontinuity }))
    }
}

/// `URI="…"`.
fn quoted(attribute: &str) -> Option<String> {
    Some(attribute.strip_prefix("URI=\"")?.strip_suffix('"')?.to_owned())
}

/// `4.000000,`, as far as it is exact to a microsecond.
fn seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.strip_suffix(',')?.split_once('.')?;
    let micros: u64 = Some(fraction).filter(|fraction| fraction.len() == 6)?.parse().ok()?;
    let whole = whole.parse().ok().filter(|whole| *whole <= TARGET_DURATION_S)?;
    Some(Duration::from_secs(whole) + Duration::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn entry(number: u64, init: u64, start: Duration, end: Duration) -> Entry {
        let (uri, init_uri) = (format!("camera/1-{number}.m4s"), format!("camera/1-init-{init}.mp4"));
        Entry { uri, init_uri, start, end, discontinuity: false }
    }

    fn epoch() -> OffsetDateTime {
        time::macros::datetime!(2026-11-26 16:00:00.123 UTC)
    }

    #[test]
    fn a_playlist_is_an_event_and_then_a_video() {
        let mut playlist = MediaPlaylist::new(epoch());
        playlist.push(entry(1, 1, ms(1500), ms(5500)));
        playlist.push(entry(2, 2, ms(5500), ms(9500)));
        let expected = "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-TARGETDURATION:10\n#EXT-X-PLAYLIST-TYPE:EVENT\n\
            #EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MEDIA-SEQUENCE:0\n\
            #EXT-X-MAP:URI=\"camera/1-init-1.mp4\"\n\
            #EXT-X-PROGRAM-DATE-TIME:2026-11-26T16:00:01.623Z\n#EXTINF:4.000000,\ncamera/1-1.m4s\n\
            #EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"camera/1-init-2.mp4\"\n\
            #EXT-X-PROGRAM-DATE-TIME:2026-11-26T16:00:05.623Z\n#EXTINF:4.000000,\ncamera/1-2.m4s\n";
        assert_eq!(playlist.text(), expected);
        playlist.end();
        assert!(playlist.text().contains("TYPE:VOD") && playlist.text().ends_with("#EXT-X-ENDLIST\n"));
    }

    #[test]
    fn another_recorder_goes_on_with_a_discontinuity_and_a_gap() {
        let mut playlist = MediaPlaylist::new(epoch());
        playlist.push(entry(1, 1, ms(0), ms(4000)));
        let mut read = MediaPlaylist::parse(epoch(), &playlist.text()).unwrap();
        assert_eq!(read, playlist);
        read.resume();
        read.push(entry(2, 1, ms(19_000), ms(23_000)));
        let text = read.text();
        assert_eq!(text.matches("#EXT-X-GAP\n").count(), 2);
        assert_eq!(text.matches("#EXT-X-DISCONTINUITY\n").count(), 1);
        let total: f64 =
            text.lines().filter_map(|line| seconds(line.strip_prefix("#EXTINF:")?)).map(|d| d.as_secs_f64()).sum();
        assert_eq!(total, 23.0);
        let again = MediaPlaylist::parse(epoch(), &text).unwrap();
        assert_eq!(again.parts(), read.parts());
        assert_eq!(again.text(), text);
    }

    #[test]
    fn what_comes_late_is_put_where_time_is_missing() {
        let of = |run: u64, number: u64, start: u64, end: u64| {
            let uri = format!("camera/{run}-{number}.m4s");
            Entry { uri, ..entry(number, run, ms(start), ms(end)) }
        };
        let mut playlist = MediaPlaylist::new(epoch());
        playlist.push(of(1, 1, 4_000, 8_000));
        playlist.resume();
        playlist.push(of(2, 1, 30_000, 34_000));
        playlist.push(of(2, 2, 34_000, 38_000));
        playlist.end();
        let mut read = MediaPlaylist::parse(epoch(), &playlist.text()).unwrap();
        // Two that fit, one that another has gone past, one of a run that had nothing listed, one after all others, and one before.
        let late = [
            of(1, 2, 8_000, 12_010),
            of(1, 3, 12_000, 16_000),
            of(1, 4, 28_000, 32_000),
            of(3, 1, 20_000, 24_000),
            of(1, 9, 38_000, 40_000),
            of(1, 0, 0, 3_000),
        ];
        for _ in 0..2 {
            read.insert(late.clone());
            let listed: Vec<&str> = read.segments().map(|entry| &entry.uri[7..entry.uri.len() - 4]).collect();
            assert_eq!(listed, ["1-0", "1-1", "1-2", "1-3", "3-1", "2-1", "2-2", "1-9"]);
        }
        let text = read.text();
        let gaps: Vec<_> = read.parts().iter().filter(|part| matches!(part, Part::Gap { .. })).collect();
        assert_eq!(gaps.iter().map(|gap| gap.start()).collect::<Vec<_>>(), [3_000, 16_000, 24_000].map(ms));
        // Between runs alone: from 1 to 3, to 2, and to 1.
        assert_eq!(text.matches("#EXT-X-DISCONTINUITY\n").count(), 3);
        assert!(text.ends_with(END));
        assert_eq!(MediaPlaylist::parse(epoch(), &text).unwrap().parts().len(), read.parts().len());
    }

    proptest! {
        /// Whatever comes late, what was listed stays, in its order, nothing is twice, and it can be read.
        #[test]
        fn a_late_segment_takes_nothing_away(
            listed in prop::collection::vec((0u64..3, 1_000u64..9_000), 1..20),
            late in prop::collection::vec((0u64..120_000, 1u64..10_000), 0..20),
        ) {
            let mut playlist = MediaPlaylist::new(epoch());
            let mut at = 0;
            for (number, (pause, length)) in (1u64..).zip(&listed) {
                at += pause * 7_000;
                playlist.push(entry(number, 1, ms(at), ms(at + length)));
                at += length;
            }
            playlist.end();
            let before: Vec<Entry> = playlist.segments().cloned().collect();
            let late = late.iter().zip(1u64..).map(|((start, length), number)| Entry {
                uri: format!("camera/2-{number}.m4s"),
                ..entry(number, 2, ms(*start), ms(start + length))
            });
            playlist.insert(late);
            let kept: Vec<&str> = playlist.segments().filter(|e| e.run() == Some(1)).map(|e| &*e.uri).collect();
            prop_assert_eq!(kept, before.iter().map(|entry| &*entry.uri).collect::<Vec<_>>());
            let ordered = playlist.parts().windows(2).all(|two| two[0].end() <= two[1].start() + ROUNDING);
            prop_assert!(ordered);
            prop_assert!(MediaPlaylist::parse(epoch(), &playlist.text()).is_ok(), "{}", playlist.text());
        }

        /// Wherever a track begins, another recorder knows it to half a millisecond.
        #[test]
        fn times_are_read_as_they_were(start in 0u64..20_000_000, lengths in prop::collection::vec(1_000u64..10_000_000, 1..40)) {
            let mut playlist = MediaPlaylist::new(epoch());
            let mut at = Duration::from_micros(start);
            for (number, length) in (0u64..).zip(&lengths) {
                let end = at + Duration::from_micros(*length);
                playlist.push(entry(number, 0, at, end));
                at = end;
            }
            let read = MediaPlaylist::parse(epoch(), &playlist.text()).unwrap();
            prop_assert!(read.until().unwrap().abs_diff(at) <= Duration::from_micros(500));
        }

        #[test]
        fn what_is_written_is_read(lengths in prop::collection::vec((1000u64..10_000_000, 0u64..20_000_000, 0u64..3), 1..40)) {
            let mut playlist = MediaPlaylist::new(epoch());
            let mut at = Duration::from_micros(lengths[0].1);
            for (number, (length, pause, init)) in (0u64..).zip(&lengths) {
                let end = at + Duration::from_micros(*length);
                playlist.push(entry(number, *init, at, end));
                at = end + if pause % 3 == 0 { Duration::from_micros(*pause) } else { Duration::ZERO };
            }
            let read = MediaPlaylist::parse(epoch(), &playlist.text()).unwrap();
            prop_assert_eq!(read.text(), playlist.text());
            prop_assert_eq!(read.parts().len(), playlist.parts().len());
            prop_assert!(read.until().unwrap().abs_diff(playlist.until().unwrap()) <= ROUNDING);
        }

        #[test]
        fn nothing_that_is_read_panics(text in "((#EXT-X-[A-Z-]{3,20}|#EXTINF)(:[ -~]{0,20})?\n|[ -~]{0,9}\n){0,20}") {
            let _ = MediaPlaylist::parse(epoch(), &text);
            let _ = MediaPlaylist::parse(epoch(), &format!("{}{text}", header(false, TARGET_DURATION_S)));
        }
    }
}
