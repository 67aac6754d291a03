//! Chat messages that tell, wherever they come out, which one this is and when it was sent.

/// What every note begins with.
const MARK: &str = "note ";
/// Digits of the number, then of the time in microseconds.
const NUMBER_DIGITS: usize = 8;
const TIME_DIGITS: usize = 13;
/// The rest, so that a note is as long as a question that somebody types.
const FILLER: &str = "could you explain the last step once more, from the second line on?";

/// A chat message of the load generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Counted from 0 in each run.
    pub number: usize,
    /// When it was sent, by [`crate::clock`].
    pub sent_us: u64,
}

impl Note {
    /// What to write.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{MARK}{:0NUMBER_DIGITS$} {:0TIME_DIGITS$} {FILLER}", self.number, self.sent_us)
    }

    /// The note that somebody wrote; `None` for what is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.strip_prefix(MARK)?.splitn(3, ' ');
        let note = Self { number: words.next()?.parse().ok()?, sent_us: words.next()?.parse().ok()? };
        (words.next()? == FILLER).then_some(note)
    }
}

/// A set of notes, by number.
#[derive(Clone, Debug, Default)]
pub struct Notes(Vec<u64>);

impl Notes {
    /// The largest number that is taken, so that a damaged one takes no memory: a day at 100 a second.
    const NUMBER_MAX: usize = 8_640_000;

    /// Adds one; whether it is new.
    pub fn add(&mut self, number: usize) -> bool {
        if number > Self::NUMBER_MAX {
            return false;
        }
        let (word, bit) = (number / 64, 1 << (number % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let is_new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        is_new
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of these `others` has not.
    #[must_use]
    pub fn missing_in(&self, others: &Self) -> u64 {
        let theirs = others.0.iter().copied().chain(std::iter::repeat(0));
        self.0.iter().zip(theirs).map(|(ours, theirs)| u64::from((ours & !theirs).count_ones())).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_survives_the_way_and_nothing_else_is_taken_for_one() {
        let note = Note { number: 17, sent_us: 123_456_789 };
        let text = note.text();
        assert_eq!(Note::parse(&text), Some(note));
        assert_eq!(text.len(), Note { number: 99_999_999, sent_us: 9_999_999_999_999 }.text().len());
        for other in ["hello", "note x y z", &text[..text.len() - 1], &format!("{text}!")] {
            assert_eq!(Note::parse(other), None, "{other}");
        }
    }

    #[test]
    fn notes_are_counted_once_and_missed_one_by_one() {
        let (mut sent, mut seen) = (Notes::default(), Notes::default());
        for number in [0, 1, 63, 64, 200] {
            assert!(sent.add(number));
        }
        assert!(!sent.add(64));
        assert_eq!((sent.len(), sent.missing_in(&seen)), (5, 5));
        seen.add(1);
        seen.add(200);
        seen.add(300);
        assert_eq!((sent.missing_in(&seen), seen.missing_in(&sent)), (3, 1));
        assert!(!sent.add(usize::MAX));
    }
}
