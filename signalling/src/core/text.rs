//! Text that people write, as others get to see it.
//!
//! Text stays text: markup is neither read nor taken out, whoever shows it must not interpret it. What is taken out is what
//! deceives or hurts whoever looks at it: control characters, overrides of the writing direction, characters that cannot be
//! seen, and towers of combining marks. What scripts and emoji need to be written properly stays.

/// The name of somebody whose own has nothing in it that can be seen.
pub const NAMELESS: &str = "Guest";
/// The longest name, in characters. A token's name has at most 160 bytes.
pub const NAME_MAX: usize = 80;
/// Combining marks on one character. Vietnamese, pointed Hebrew and Thai get by with three.
const MARKS_MAX: usize = 4;
/// Line ends in a row: an empty line, and no more, so that nobody pushes what others wrote off the screen.
const LINE_ENDS_MAX: usize = 2;

/// Text of several lines, cleaned; `None` if there is nothing to see in it.
#[must_use]
pub fn lines(raw: &str) -> Option<String> {
    clean(raw, true)
}

/// Text of one line, cleaned; `None` if there is nothing to see in it.
#[must_use]
pub fn line(raw: &str) -> Option<String> {
    clean(raw, false)
}

/// A name, cleaned; [`NAMELESS`] if there is nothing to see in it.
#[must_use]
pub fn name(raw: &str) -> String {
    let Some(mut name) = line(raw) else { return NAMELESS.to_owned() };
    if let Some((end, _)) = name.char_indices().nth(NAME_MAX) {
        name.truncate(end);
        name.truncate(name.trim_end().len());
    }
    name
}

fn clean(raw: &str, lines: bool) -> Option<String> {
    let mut cleaned = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    let mut marks = 0;
    let mut line_ends = 0;
    while let Some(char) = chars.next() {
        let char = match char {
            blank if blank.is_whitespace() && cleaned.is_empty() => continue,
            // One line end, however it is written.
            '\r' if chars.peek() == Some(&'\n') => continue,
            '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            '\u{200c}' | '\u{200d}' if joins(char, cleaned.chars().next_back(), chars.peek().copied()) => char,
            char if char != '\t' && is_dropped(char) => continue,
            char => char,
        };
        if is_mark(char) {
            marks += 1;
            // A mark needs something to stand on.
            if marks > MARKS_MAX || cleaned.is_empty() {
                continue;
            }
        } else {
            marks = 0;
        }
        if char == '\n' && lines {
            trim_end(&mut cleaned);
            line_ends += 1;
            if line_ends > LINE_ENDS_MAX {
                continue;
            }
        } else if char.is_whitespace() && !lines {
            if !cleaned.ends_with(' ') {
                cleaned.push(' ');
            }
            continue;
        } else if !char.is_whitespace() {
            line_ends = 0;
        }
        cleaned.push(char);
    }
    cleaned.truncate(cleaned.trim_end().len());
    cleaned.chars().any(is_seen).then_some(cleaned)
}

/// Takes blanks away before a line end, so that line ends with blanks between them count as in a row.
fn trim_end(line: &mut String) {
    let end = line.trim_end_matches(|char: char| char.is_whitespace() && char != '\n').len();
    line.truncate(end);
}

/// Whether a joiner or non-joiner does what it is for: within an emoji, or between letters of a script that needs it.
fn joins(joiner: char, before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    let letter = |char: char| matches!(char, '\u{600}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}');
    let emoji = |char: char| matches!(char, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}');
    // What follows is no mark: joiners between marks would let these pile up.
    !is_mark(after) && ((joiner == '\u{200d}' && emoji(before) && emoji(after)) || (letter(before) && letter(after)))
}

/// What is never kept: controls, and what cannot be seen or turns the writing direction around.
fn is_dropped(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0d}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{fffc}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
        // Not characters, in every plane.
        || u32::from(char) & 0xfffe == 0xfffe
        || matches!(char, '\u{fdd0}'..='\u{fdef}')
}

/// Whether a character is set on top of the one before. Unicode's category M of the scripts in which it is more than one in a
/// hundred characters, variation selectors among them.
fn is_mark(char: char) -> bool {
    matches!(char,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}'
        | '\u{5c4}'..='\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{711}' | '\u{730}'..='\u{74a}' | '\u{7a6}'..='\u{7b0}' | '\u{7eb}'..='\u{7f3}' | '\u{816}'..='\u{82d}'
        | '\u{859}'..='\u{85b}' | '\u{898}'..='\u{89f}' | '\u{8ca}'..='\u{8e1}' | '\u{8e3}'..='\u{903}'
        | '\u{93a}'..='\u{93c}' | '\u{93e}'..='\u{94f}' | '\u{951}'..='\u{957}' | '\u{962}'..='\u{963}'
        | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{eb1}' | '\u{eb4}'..='\u{ebc}'
        | '\u{ec8}'..='\u{ece}' | '\u{f18}'..='\u{f19}' | '\u{f71}'..='\u{f84}' | '\u{f8d}'..='\u{fbc}'
        | '\u{102b}'..='\u{103e}' | '\u{135d}'..='\u{135f}' | '\u{17b4}'..='\u{17d3}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{2cef}'..='\u{2cf1}' | '\u{2de0}'..='\u{2dff}'
        | '\u{302a}'..='\u{302f}' | '\u{3099}'..='\u{309a}' | '\u{a66f}'..='\u{a672}' | '\u{a674}'..='\u{a67d}'
        | '\u{fe0e}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{101fd}' | '\u{1d165}'..='\u{1d169}'
        | '\u{1d16d}'..='\u{1d172}' | '\u{1e000}'..='\u{1e02a}')
}

/// Whether there is something to see: no blank, and none of the letters that look like one.
fn is_seen(char: char) -> bool {
    !char.is_whitespace()
        && !is_mark(char)
        && !matches!(char, '\u{115f}' | '\u{1160}' | '\u{200c}' | '\u{200d}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cleaned(raw: &str) -> String {
        lines(raw).unwrap()
    }

    #[test]
    fn markup_and_every_script_stay_as_they_are() {
        let unchanged = [
            "<script>alert('x')</script> & \"so\" on",
            "x < y && y > z",
            "عربى ۱۲۳ עִבְרִית",
            "Tiếng Việt, ภาษาไทย, हिन्दी, 日本語が",
            "می\u{200c}خواهم",
            "👩\u{200d}👩\u{200d}👧\u{200d}👦 🏳\u{fe0f}\u{200d}🌈 ❤\u{fe0f} 1\u{fe0f}\u{20e3} 🇩🇪 👍🏽",
            "a\n\nb\tc",
        ];
        for text in unchanged {
            assert_eq!(cleaned(text), text);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_taken_out() {
        let dropped = [
            '\0',
            '\u{7}',
            '\u{1b}',
            '\u{7f}',
            '\u{9b}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{202a}',
            '\u{202b}',
            '\u{202c}',
            '\u{202d}',
            '\u{202e}',
            '\u{2060}',
            '\u{2064}',
            '\u{2066}',
            '\u{2067}',
            '\u{2068}',
            '\u{2069}',
            '\u{206f}',
            '\u{feff}',
            '\u{fff9}',
            '\u{fdd0}',
            '\u{ffff}',
            '\u{10ffff}',
            '\u{e0001}',
            '\u{e0041}',
            '\u{e007f}',
            '\u{e0100}',
        ];
        for char in dropped {
            assert_eq!(cleaned(&format!("a{char}b{char}")), "ab", "{char:?}");
            assert_eq!(name(&format!("{char}Ann{char}a")), "Anna", "{char:?}");
        }
    }

    #[test]
    fn a_joiner_stays_where_it_joins_alone() {
        assert_eq!(cleaned("a\u{200d}b"), "ab");
        assert_eq!(cleaned("👩\u{200d}"), "👩");
        assert_eq!(cleaned("👩\u{200d}\u{200d}\u{200d}👧"), "👩\u{200d}👧");
        assert_eq!(cleaned("👩\u{200c}👧"), "👩👧");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let tower = |height| format!("o{}k", "\u{301}".repeat(height));
        assert_eq!(cleaned(&tower(MARKS_MAX)), tower(MARKS_MAX));
        assert_eq!(cleaned(&tower(MARKS_MAX + 1)), tower(MARKS_MAX));
        assert_eq!(cleaned(&tower(1_900)), tower(MARKS_MAX));
        assert_eq!(cleaned("\u{301}a"), "a");
    }

    #[test]
    fn blanks_are_trimmed_and_lines_do_not_pile_up() {
        assert_eq!(cleaned("  a\r\nb\rc\u{2028}d \n \n \n \n e \n"), "a\nb\nc\nd\n\n e");
        assert_eq!(line(" a\r\n\tb  \u{3000} c ").unwrap(), "a b c");
    }

    #[test]
    fn nothing_to_see_is_nothing() {
        for nothing in
            ["", " \n\t", "\u{200b}\u{202e}", "\u{3164}", "\u{2800} \u{115f}", "\u{301}", "\u{fe0f}", "\u{e0041}"]
        {
            assert_eq!(lines(nothing), None, "{nothing:?}");
            assert_eq!(name(nothing), NAMELESS);
        }
    }

    #[test]
    fn a_name_has_an_end() {
        assert_eq!(name(&"n".repeat(NAME_MAX)).len(), NAME_MAX);
        assert_eq!(name(&"ü".repeat(NAME_MAX + 1)).chars().count(), NAME_MAX);
        assert_eq!(name("Eve\u{202e}\n<b>rotut"), "Eve <b>rotut");
    }

    proptest! {
        #[test]
        fn cleaning_again_changes_nothing(raw in any::<String>()) {
            if let Some(once) = lines(&raw) {
                prop_assert_eq!(lines(&once), Some(once.clone()));
                prop_assert!(!once.chars().any(|char| char.is_control() && char != '\n' && char != '\t'));
            }
            if let Some(once) = line(&raw) {
                prop_assert_eq!(line(&once), Some(once.clone()));
                prop_assert!(!once.chars().any(char::is_control));
            }
        }
    }
}
