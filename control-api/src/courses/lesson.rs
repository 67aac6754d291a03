//! A lesson: what is said of it, and the order that prerequisites put lessons in.

use std::collections::{HashMap, HashSet};

use garde::Validate;
use serde::{Deserialize, Deserializer, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::course::title_line;

/// Lessons of a course. Its outline comes whole, not by page, so that it can be put in another order.
pub(super) const LESSONS_MAX: i64 = 200;
/// Lessons that one requires.
pub(super) const REQUIRES_MAX: usize = 20;

/// What makes a lesson complete for a student.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub(crate) enum Completion {
    /// Enough of its video.
    Watched,
    /// Its quiz, passed.
    Quiz,
    /// The student says so.
    Marked,
}

impl Completion {
    /// As the database has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Watched => "watched",
            Self::Quiz => "quiz",
            Self::Marked => "marked",
        }
    }
}

/// A lesson in a course's outline.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LessonSummary {
    /// Which.
    pub(crate) id: Uuid,
    /// Its place, from 1.
    pub(crate) position: i32,
    /// One line.
    pub(crate) title: String,
    /// How long its video is, seconds.
    pub(crate) video_s: Option<i32>,
    /// What makes it complete.
    pub(crate) completion: Completion,
    /// How much of the video is enough, percent.
    pub(crate) watched_percent: i16,
    /// Whether students see it.
    pub(crate) published: bool,
    /// Lessons that must be complete before.
    pub(crate) requires: Vec<Uuid>,
    /// Whether one of those is not, for the caller.
    pub(crate) locked: bool,
    /// The recording of a class about it, if there is no video: the newest that is ready.
    pub(crate) recording: Option<Uuid>,
    /// When the caller completed it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) completed_at: Option<OffsetDateTime>,
}

/// A course's lessons in order, all of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outline {
    /// In order.
    pub(crate) items: Vec<LessonSummary>,
}

/// A lesson.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Lesson {
    /// Which.
    pub(crate) id: Uuid,
    /// Of which course.
    pub(crate) course_id: Uuid,
    /// Its place, from 1.
    pub(crate) position: i32,
    /// One line.
    pub(crate) title: String,
    /// Its text.
    pub(crate) body: String,
    /// How long its video is, seconds.
    pub(crate) video_s: Option<i32>,
    /// What makes it complete.
    pub(crate) completion: Completion,
    /// How much of the video is enough, percent.
    pub(crate) watched_percent: i16,
    /// Whether students see it.
    pub(crate) published: bool,
    /// Lessons that must be complete before.
    pub(crate) requires: Vec<Uuid>,
    /// The recording of a class about it, if there is no video: the newest that is ready.
    pub(crate) recording: Option<Uuid>,
    /// When it was changed last.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) updated_at: OffsetDateTime,
}

/// A new lesson, the last of its course.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLesson {
    /// One line.
    #[garde(custom(title_line))]
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) title: String,
    /// Its text.
    #[garde(length(chars, max = 40_000))]
    #[serde(default)]
    #[schema(max_length = 40_000)]
    pub(crate) body: String,
    /// How long its video is, seconds; none without a video.
    #[garde(range(min = 1, max = 86_400))]
    #[schema(minimum = 1, maximum = 86_400)]
    pub(crate) video_s: Option<i32>,
    /// What makes it complete; `marked` if nothing is said.
    #[garde(skip)]
    pub(crate) completion: Option<Completion>,
    /// How much of the video is enough, percent. Default 90.
    #[garde(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub(crate) watched_percent: Option<i16>,
    /// Whether students see it.
    #[garde(skip)]
    #[serde(default)]
    pub(crate) published: bool,
    /// Lessons of the course that must be complete before.
    #[garde(length(max = REQUIRES_MAX))]
    #[serde(default)]
    #[schema(max_items = 20)]
    pub(crate) requires: Vec<Uuid>,
}

/// What is to be different about a lesson.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LessonChange {
    /// One line.
    #[garde(inner(custom(title_line)))]
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) title: Option<String>,
    /// Its text.
    #[garde(length(chars, max = 40_000))]
    #[schema(max_length = 40_000)]
    pub(crate) body: Option<String>,
    /// How long its video is, seconds; `null` takes the video away.
    #[garde(custom(video))]
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 86_400)]
    pub(crate) video_s: Option<Option<i32>>,
    /// What makes it complete. Who completed it before has completed it.
    #[garde(skip)]
    pub(crate) completion: Option<Completion>,
    /// How much of the video is enough, percent.
    #[garde(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub(crate) watched_percent: Option<i16>,
    /// Whether students see it.
    #[garde(skip)]
    pub(crate) published: Option<bool>,
    /// Lessons of the course that must be complete before.
    #[garde(length(max = REQUIRES_MAX))]
    #[schema(max_items = 20)]
    pub(crate) requires: Option<Vec<Uuid>>,
}

/// A new order of all lessons of a course.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LessonOrder {
    /// Each of the course's lessons, once.
    #[garde(length(max = LESSONS_MAX as usize), custom(each_once))]
    #[schema(max_items = 200)]
    pub(crate) lessons: Vec<Uuid>,
}

/// A field that was sent, be it as `null`.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i32>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn video(seconds: &Option<Option<i32>>, (): &()) -> garde::Result {
    match seconds {
        Some(Some(seconds)) if !(1..=86_400).contains(seconds) => Err(garde::Error::new("1 to 86400 seconds, or null")),
        _ => Ok(()),
    }
}

fn each_once(lessons: &[Uuid], (): &()) -> garde::Result {
    let mut seen = HashSet::new();
    let once = lessons.iter().all(|lesson| seen.insert(lesson));
    if once { Ok(()) } else { Err(garde::Error::new("each lesson once")) }
}

/// Whether a lesson would come before itself: from each of `requires`, on along `edges` (lesson and what it requires, those of
/// `lesson` itself not among them).
pub(super) fn makes_cycle(lesson: Uuid, requires: &[Uuid], edges: &[(Uuid, Uuid)]) -> bool {
    let mut next: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (from, to) in edges {
        next.entry(*from).or_default().push(*to);
    }
    let mut seen = HashSet::new();
    let mut open = requires.to_vec();
    while let Some(at) = open.pop() {
        if at == lesson {
            return true;
        }
        if seen.insert(at) {
            open.extend(next.get(&at).into_iter().flatten());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(number: u8) -> Uuid {
        Uuid::from_u128(u128::from(number))
    }

    #[test]
    fn a_lesson_never_requires_itself_over_others() {
        let edges = [(id(3), id(2)), (id(2), id(1))];
        assert!(makes_cycle(id(1), &[id(1)], &[]));
        assert!(makes_cycle(id(1), &[id(3)], &edges));
        assert!(!makes_cycle(id(4), &[id(3), id(1)], &edges));
        assert!(!makes_cycle(id(1), &[], &edges));
    }

    proptest! {
        /// Edges that were let in one by one can be put in an order in which each lesson comes after what it requires.
        #[test]
        fn what_was_let_in_can_be_learnt(wanted in proptest::collection::vec((0_u8..8, 0_u8..8), 0..40)) {
            let mut edges: Vec<(Uuid, Uuid)> = Vec::new();
            for (lesson, requires) in wanted {
                if !makes_cycle(id(lesson), &[id(requires)], &edges) {
                    edges.push((id(lesson), id(requires)));
                }
            }
            let mut learnt = HashSet::new();
            for _ in 0..8 {
                for lesson in (0..8).map(id) {
                    if edges.iter().all(|(from, to)| *from != lesson || learnt.contains(to)) {
                        learnt.insert(lesson);
                    }
                }
            }
            prop_assert_eq!(learnt.len(), 8);
        }
    }
}
