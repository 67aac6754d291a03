//! What is not numbered, coalesced: tallies, reactions, what is published and who speaks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use lectern_platform::media_bus::{EXPIRY_MS, MediaReport};
use lectern_room_protocol::{MediaState, Notice, PublishedSource};
use tokio::time::Instant;

/// How often each of them is told at most.
pub(super) const INTERVAL: Duration = Duration::from_millis(500);
/// Messages with changed reactions in one notice; the rest waits for the next.
const MESSAGES_MAX: usize = 100;
/// Different emoji that are counted in one interval; others are not shown.
const EMOJI_MAX: usize = 50;
/// Media servers that a room is on; reports of further ones are not looked at.
const MEDIA_NODES_MAX: usize = 64;

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Board {
    tally: bool,
    messages: BTreeSet<u64>,
    /// Reactions over the screen from people here, which other nodes do not know yet.
    own: BTreeMap<String, u32>,
    /// The same from other nodes.
    heard: BTreeMap<String, u32>,
    reports: HashMap<String, (MediaReport, Instant)>,
    media: MediaState,
    media_told: MediaState,
    speaker: Option<String>,
    speaker_told: Option<String>,
    told_at: Option<Instant>,
}

/// What has to be told now.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// The tally of the open poll.
    pub(super) tally: bool,
    /// The reactions to these messages.
    pub(super) messages: BTreeSet<u64>,
    /// Reactions of people here, for other nodes.
    pub(super) own: BTreeMap<String, u32>,
    /// For everybody.
    pub(super) notices: Vec<Notice>,
}

impl Board {
    /// The tally of the open poll is new.
    pub(super) fn tally_changed(&mut self) {
        self.tally = true;
    }

    /// The reactions to a message are new.
    pub(super) fn reactions_changed(&mut self, message: u64) {
        self.messages.insert(message);
    }

    /// Somebody here reacts.
    pub(super) fn react(&mut self, emoji: &str) {
        add(&mut self.own, emoji, 1);
    }

    /// People at another node react.
    pub(super) fn hear_reactions(&mut self, counts: &BTreeMap<String, u32>) {
        for (emoji, &count) in counts {
            add(&mut self.heard, emoji, count);
        }
    }

    /// A media server says what it has.
    pub(super) fn hear_report(&mut self, report: MediaReport, now: Instant) {
        if self.reports.len() < MEDIA_NODES_MAX || self.reports.contains_key(&report.node) {
            self.reports.insert(report.node.clone(), (report, now + Duration::from_millis(EXPIRY_MS)));
            self.merge();
        }
    }

    /// Forgets what media servers said that have fallen silent.
    pub(super) fn expire(&mut self, now: Instant) {
        let before = self.reports.len();
        self.reports.retain(|_, (_, until)| *until > now);
        if self.reports.len() != before {
            self.merge();
        }
    }

    fn merge(&mut self) {
        let mut sources = BTreeMap::new();
        let mut viewers = 0u32;
        let mut speaker = None;
        for (report, _) in self.reports.values() {
            viewers = viewers.saturating_add(report.viewers);
            speaker = speaker.or_else(|| report.speaker.clone());
            for reported in &report.sources {
                let source = PublishedSource {
                    source: reported.source.clone(),
                    person: reported.person.clone(),
                    audio: reported.audio,
                    video: reported.video,
                };
                sources.insert(reported.source.clone(), source);
            }
        }
        self.media = MediaState { sources: sources.into_values().collect(), viewers };
        self.speaker = speaker;
    }

    /// From when on something may be told; `None` if there is nothing.
    pub(super) fn due_at(&self, now: Instant) -> Option<Instant> {
        let has = self.tally
            || !self.messages.is_empty()
            || !self.own.is_empty()
            || !self.heard.is_empty()
            || self.media != self.media_told
            || self.speaker != self.speaker_told;
        has.then(|| self.told_at.map_or(now, |at| at + INTERVAL))
    }

    /// What is told now.
    pub(super) fn take(&mut self, now: Instant) -> Due {
        self.told_at = Some(now);
        let rest = match self.messages.iter().nth(MESSAGES_MAX).copied() {
            Some(first) => self.messages.split_off(&first),
            None => BTreeSet::new(),
        };
        let messages = std::mem::replace(&mut self.messages, rest);
        let mut due = Due { tally: std::mem::take(&mut self.tally), messages, ..Due::default() };
        let mut counts = std::mem::take(&mut self.heard);
        due.own = std::mem::take(&mut self.own);
        for (emoji, &count) in &due.own {
            add(&mut counts, emoji, count);
        }
        if !counts.is_empty() {
            due.notices.push(Notice::Reactions { counts });
        }
        if self.media != self.media_told {
            self.media_told = self.media.clone();
            due.notices.push(Notice::Media(self.media.clone()));
        }
        if self.speaker != self.speaker_told {
            self.speaker_told.clone_from(&self.speaker);
            due.notices.push(Notice::Speaker { source: self.speaker.clone() });
        }
        due
    }

    /// How media is now, for a newcomer.
    pub(super) fn notices(&self) -> [Notice; 2] {
        [Notice::Media(self.media.clone()), Notice::Speaker { source: self.speaker.clone() }]
    }
}

fn add(counts: &mut BTreeMap<String, u32>, emoji: &str, count: u32) {
    if let Some(known) = counts.get_mut(emoji) {
        *known = known.saturating_add(count);
    } else if counts.len() < EMOJI_MAX {
        counts.insert(emoji.to_owned(), count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lectern_platform::media_bus::ReportedSource;

    fn report(node: &str, source: &str, viewers: u32) -> MediaReport {
        let sources = vec![ReportedSource { source: source.into(), person: "ann".into(), audio: true, video: true }];
        MediaReport { node: node.into(), sources, viewers, speaker: Some(source.into()) }
    }

    #[test]
    fn reactions_are_summed_and_those_of_people_here_go_to_other_nodes() {
        let now = Instant::now();
        let mut board = Board::default();
        assert_eq!(board.due_at(now), None);
        board.react("👏");
        board.react("👏");
        board.hear_reactions(&BTreeMap::from([("👏".into(), 3), ("🎉".into(), 1)]));
        assert_eq!(board.due_at(now), Some(now));
        let due = board.take(now);
        assert_eq!(due.own, BTreeMap::from([("👏".into(), 2)]));
        let all = BTreeMap::from([("👏".into(), 5), ("🎉".into(), 1)]);
        assert_eq!(due.notices, [Notice::Reactions { counts: all }]);
        board.react("👏");
        assert_eq!(board.due_at(now), Some(now + INTERVAL));
        for n in 0..2 * EMOJI_MAX {
            board.react(&format!("emoji {n}"));
        }
        assert_eq!(board.take(now).own.len(), EMOJI_MAX);
    }

    #[test]
    fn media_servers_are_merged_and_silent_ones_forgotten() {
        let now = Instant::now();
        let mut board = Board::default();
        board.hear_report(report("a", "camera", 10), now);
        board.hear_report(report("b", "stage/1", 20), now + Duration::from_secs(1));
        let due = board.take(now);
        let [Notice::Media(media), Notice::Speaker { source: Some(_) }] = &due.notices[..] else { panic!("{due:?}") };
        assert_eq!((media.viewers, media.sources.len()), (30, 2));
        board.hear_report(report("b", "stage/1", 20), now + Duration::from_secs(1));
        assert_eq!(board.due_at(now), None, "nothing new");
        board.expire(now + Duration::from_millis(EXPIRY_MS));
        let due = board.take(now);
        let Notice::Media(media) = &due.notices[0] else { panic!("{due:?}") };
        assert_eq!((media.viewers, media.sources[0].source.as_str()), (20, "stage/1"));
    }

    #[test]
    fn many_messages_are_told_in_parts() {
        let now = Instant::now();
        let mut board = Board::default();
        for message in 0..MESSAGES_MAX as u64 + 1 {
            board.reactions_changed(message);
        }
        assert_eq!(board.take(now).messages.len(), MESSAGES_MAX);
        assert_eq!(board.take(now).messages, BTreeSet::from([MESSAGES_MAX as u64]));
        assert_eq!(board.due_at(now), None);
    }
}
