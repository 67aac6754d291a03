//! How many points an answer has.
//!
//! * *Single*: all or none.
//! * *Multiple*: all if exactly the right options are chosen. Else none – or, if the key allows a part: each right option that
//!   is chosen counts for one, each wrong one against one, and the question's points are multiplied by what is left (0 at
//!   least) over the number of right options, rounded down to a hundredth. So choosing everything gains nothing where half
//!   of the options are wrong, and nobody loses points of another question.
//! * *Numeric*: all if the answer is within the tolerance, its ends included.
//! * *Short text*: all if the answer is one of the accepted texts, where compatible characters, runs of spaces, typographic
//!   quotes and (unless the key says otherwise) case make no difference.

use unicode_normalization::UnicodeNormalization as _;

use super::answer::Answer;
use super::points::Points;
use super::question::{Key, KeyedQuestion};

/// How far a double may be off by having been written in decimals and subtracted, relative to the larger operand. Without it
/// 0.4 would not be within 0.1 of 0.3.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// What an answer to this question is worth. No answer, and one of another kind, is worth nothing.
#[must_use]
pub fn grade(question: &KeyedQuestion, answer: Option<&Answer>) -> Points {
    let all = Points::whole(question.question.points);
    let all_if = |right: bool| if right { all } else { Points::ZERO };
    match (&question.key, answer) {
        (Key::Single { right }, Some(Answer::Single { option })) => all_if(right == option),
        (Key::Multiple { right, partial: false }, Some(Answer::Multiple { options })) => all_if(right == options),
        (Key::Multiple { right, partial: true }, Some(Answer::Multiple { options })) => partial(all, right, options),
        (Key::Numeric { value, tolerance }, Some(Answer::Numeric { value: given })) => {
            let slack = ROUNDING * value.abs().max(given.abs());
            all_if((given - value).abs() <= tolerance + slack)
        }
        (Key::ShortText { accepted, case_sensitive }, Some(Answer::ShortText { text })) => {
            let given = normalised(text, *case_sensitive);
            all_if(accepted.iter().any(|accepted| normalised(accepted, *case_sensitive) == given))
        }
        _ => Points::ZERO,
    }
}

fn partial(all: Points, right: &[u8], chosen: &[u8]) -> Points {
    // At most 256 each.
    let count = |places: usize| u32::try_from(places).unwrap_or(u32::MAX);
    let hits = chosen.iter().filter(|place| right.contains(place)).count();
    let misses = chosen.len() - hits;
    all.share(count(hits.saturating_sub(misses)), count(right.len()))
}

/// What is compared of a text.
pub(super) fn normalised(text: &str, case_sensitive: bool) -> String {
    let compatible: String = text.nfkc().map(plain_quote).collect();
    let words: Vec<&str> = compatible.split_whitespace().collect();
    let spaced = words.join(" ");
    if case_sensitive {
        return spaced;
    }
    // By way of upper case, which makes SS of ß. Composed anew: changing case may take characters apart.
    spaced.to_uppercase().to_lowercase().nfkc().collect()
}

/// Phones write ’ where a keyboard writes '.
fn plain_quote(character: char) -> char {
    match character {
        '‘' | '’' | 'ʼ' => '\'',
        '“' | '”' | '„' => '"',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::question::tests::question;
    use super::super::question::{NewQuestion, Question};
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn keyed(key: Key) -> KeyedQuestion {
        let NewQuestion { prompt, points, task, key } = question(key);
        KeyedQuestion { question: Question { id: Uuid::nil(), prompt, points, task }, key }
    }

    fn multiple(right: &[u8], partial: bool) -> KeyedQuestion {
        keyed(Key::Multiple { right: right.to_vec(), partial })
    }

    fn hundredths(question: &KeyedQuestion, answer: Answer) -> i32 {
        grade(question, Some(&answer)).hundredths()
    }

    #[test]
    fn one_option_is_right() {
        let question = keyed(Key::Single { right: 1 });
        assert_eq!(hundredths(&question, Answer::Single { option: 1 }), 1000);
        assert_eq!(hundredths(&question, Answer::Single { option: 0 }), 0);
        assert_eq!(hundredths(&question, Answer::Numeric { value: 1.0 }), 0);
        assert_eq!(grade(&question, None), Points::ZERO);
    }

    #[test]
    fn a_wrong_option_takes_a_right_one_away() {
        for (chosen, whole, part) in [
            (&[0, 1, 2][..], 1000, 1000),
            (&[0, 1], 0, 666),
            (&[0], 0, 333),
            (&[0, 3], 0, 0),
            (&[0, 1, 3], 0, 333),
            (&[0, 1, 2, 3], 0, 666),
            (&[3], 0, 0),
            (&[], 0, 0),
        ] {
            let answer = || Answer::Multiple { options: chosen.to_vec() };
            assert_eq!(hundredths(&multiple(&[0, 1, 2], false), answer()), whole, "{chosen:?}");
            assert_eq!(hundredths(&multiple(&[0, 1, 2], true), answer()), part, "{chosen:?}");
        }
        assert_eq!(hundredths(&multiple(&[0, 1], true), Answer::Multiple { options: vec![0, 1, 2, 3] }), 0);
    }

    #[test]
    fn a_number_is_right_up_to_the_tolerance() {
        let near = keyed(Key::Numeric { value: 0.3, tolerance: 0.1 });
        for (value, right) in [(0.4, true), (0.2, true), (0.3, true), (0.400_001, false), (0.199_999, false)] {
            assert_eq!(hundredths(&near, Answer::Numeric { value }) > 0, right, "{value}");
        }
        let exact = keyed(Key::Numeric { value: 1e15, tolerance: 0.0 });
        assert_eq!(hundredths(&exact, Answer::Numeric { value: 1e15 }), 1000);
        assert_eq!(hundredths(&exact, Answer::Numeric { value: 1e15 - 4.0 }), 0);
        assert_eq!(
            hundredths(&keyed(Key::Numeric { value: 0.0, tolerance: 0.0 }), Answer::Numeric { value: -0.0 }),
            1000
        );
    }

    #[test]
    fn a_text_is_right_however_it_was_typed() {
        let text = |accepted: &[&str], case_sensitive| {
            keyed(Key::ShortText { accepted: accepted.iter().map(|text| (*text).to_owned()).collect(), case_sensitive })
        };
        for (accepted, given, loose, strict) in [
            ("Straße", "  STRASSE ", true, false),
            ("café", "cafe\u{301}", true, true),
            ("New  York", "new york", true, false),
            ("don't", "don’t", true, true),
            ("H2O", "H₂O", true, true),
            ("ﬁne", "Fine", true, false),
            ("Ada", "Ade", false, false),
            ("a b", "ab", false, false),
        ] {
            let answer = || Answer::ShortText { text: given.to_owned() };
            assert_eq!(hundredths(&text(&["other", accepted], false), answer()) > 0, loose, "{given}");
            assert_eq!(hundredths(&text(&["other", accepted], true), answer()) > 0, strict, "{given}, case");
        }
    }

    fn places() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::btree_set(0..4_u8, 0..=4).prop_map(|places| places.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_part_is_between_nothing_and_all_and_all_only_when_all_is_right(right in places(), chosen in places()) {
            prop_assume!(!right.is_empty());
            let points = hundredths(&multiple(&right, true), Answer::Multiple { options: chosen.clone() });
            prop_assert!((0..=1000).contains(&points));
            prop_assert_eq!(points == 1000, right == chosen);
            let whole = hundredths(&multiple(&right, false), Answer::Multiple { options: chosen });
            prop_assert!(whole <= points);
        }

        #[test]
        fn one_more_right_option_never_costs_points(right in places(), chosen in places(), more in 0..4_u8) {
            prop_assume!(right.contains(&more) && !chosen.contains(&more));
            let question = multiple(&right, true);
            let mut better = chosen.clone();
            better.push(more);
            better.sort_unstable();
            let points = |options| hundredths(&question, Answer::Multiple { options });
            prop_assert!(points(better) >= points(chosen));
        }

        #[test]
        fn what_a_tutor_accepts_is_right_as_it_stands(accepted in "\\PC{1,40}", case_sensitive: bool) {
            let question = keyed(Key::ShortText { accepted: vec![accepted.clone()], case_sensitive });
            prop_assert_eq!(hundredths(&question, Answer::ShortText { text: accepted }), 1000);
        }

        #[test]
        fn a_number_within_the_tolerance_is_right_and_one_outside_is_not(
            value in -1e6..1e6_f64, tolerance in 0.001..1e3_f64, share in -3.0..3.0_f64,
        ) {
            prop_assume!((share.abs() - 1.0).abs() > 1e-6);
            let question = keyed(Key::Numeric { value, tolerance });
            let given = Answer::Numeric { value: value + tolerance * share };
            prop_assert_eq!(hundredths(&question, given) > 0, share.abs() < 1.0);
        }
    }
}
