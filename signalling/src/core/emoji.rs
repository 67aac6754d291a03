//! What may be reacted with: one emoji, as Unicode Technical Standard #51 puts it together, and nothing else.

use std::iter::Peekable;
use std::str::Chars;

use lectern_room_protocol::limits::EMOJI_BYTES_MAX;

/// Whether a text is exactly one emoji (`emoji_zwj_sequence`, `emoji_keycap_sequence`, `emoji_flag_sequence` or
/// `emoji_tag_sequence` of UTS #51 section 1.4) of at most [`EMOJI_BYTES_MAX`] bytes.
#[must_use]
pub fn is_emoji(text: &str) -> bool {
    if text.len() > EMOJI_BYTES_MAX {
        return false;
    }
    let mut chars = text.chars().peekable();
    let one = match chars.next() {
        Some('0'..='9' | '#' | '*') => {
            skip(&mut chars, is_selector);
            chars.next() == Some('\u{20e3}')
        }
        Some(first) if is_region(first) => chars.next().is_some_and(is_region),
        Some(first) if is_picture(first) => {
            rest_of_picture(&mut chars);
            joined_pictures(&mut chars)
        }
        _ => false,
    };
    one && chars.next().is_none()
}

/// `(ZWJ picture)*`
fn joined_pictures(chars: &mut Peekable<Chars<'_>>) -> bool {
    while chars.next_if_eq(&'\u{200d}').is_some() {
        if !chars.next().is_some_and(is_picture) {
            return false;
        }
        rest_of_picture(chars);
    }
    true
}

/// A selector, a skin tone, and the tags of a region's flag with their end.
fn rest_of_picture(chars: &mut Peekable<Chars<'_>>) {
    skip(chars, is_selector);
    skip(chars, |char| matches!(char, '\u{1f3fb}'..='\u{1f3ff}'));
    let mut tagged = false;
    while chars.next_if(|&char| matches!(char, '\u{e0020}'..='\u{e007e}')).is_some() {
        tagged = true;
    }
    if tagged {
        skip(chars, |char| char == '\u{e007f}');
    }
}

fn skip(chars: &mut Peekable<Chars<'_>>, what: impl Fn(char) -> bool) {
    let _ = chars.next_if(|&char| what(char));
}

fn is_selector(char: char) -> bool {
    char == '\u{fe0f}'
}

fn is_region(char: char) -> bool {
    matches!(char, '\u{1f1e6}'..='\u{1f1ff}')
}

/// The blocks in which `Emoji` characters are. Unassigned ones are for emoji to come.
fn is_picture(char: char) -> bool {
    matches!(char,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}'
        | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1f1e5}' | '\u{1f200}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_emoji_is_one() {
        let emoji = [
            "👍",
            "👍🏽",
            "❤",
            "❤\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "#\u{20e3}",
            "🇩🇪",
            "👩\u{200d}👩\u{200d}👧\u{200d}👦",
            "🏳\u{fe0f}\u{200d}🌈",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "🧑🏾\u{200d}🤝\u{200d}🧑🏻",
            "©",
        ];
        for text in emoji {
            assert!(is_emoji(text), "{text:?}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        let others = [
            "",
            "a",
            "1",
            "<b>",
            " 👍",
            "👍 ",
            "👍👍",
            "🇩",
            "🇩🇪🇫🇷",
            "👩\u{200d}",
            "\u{200d}👩",
            "\u{fe0f}",
            "👍\u{202e}",
            "👍\u{301}",
            "\u{20e3}",
            "🏽x",
            "\u{e0067}",
        ];
        for text in others {
            assert!(!is_emoji(text), "{text:?}");
        }
    }

    #[test]
    fn an_emoji_has_an_end() {
        let family = |joined: usize| format!("👩{}", "\u{200d}👧".repeat(joined));
        assert_eq!(family(5).len(), 39);
        assert!(is_emoji(&family(5)));
        assert!(!is_emoji(&family(6)));
    }
}
