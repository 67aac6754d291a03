//! The events there are.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::courses::Completion;

/// Kinds that change who hears of a course.
pub(super) const ENROLMENT_STARTED: &str = "enrolment.started";
pub(super) const ENROLMENT_ENDED: &str = "enrolment.ended";
pub(super) const TUTOR_ADDED: &str = "tutor.added";
pub(super) const TUTOR_REMOVED: &str = "tutor.removed";

/// Something that happened. `kind` names it; the rest says how things are since, so that to hear it twice, or late, does no
/// harm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind")]
pub(crate) enum Event {
    /// Somebody came into a course.
    #[serde(rename = "enrolment.started")]
    EnrolmentStarted {
        /// Who.
        person: Uuid,
        /// Into which.
        course: Uuid,
    },
    /// Somebody left a course, or was taken out.
    #[serde(rename = "enrolment.ended")]
    EnrolmentEnded {
        /// Who.
        person: Uuid,
        /// Which.
        course: Uuid,
    },
    /// Somebody completed a lesson.
    #[serde(rename = "lesson.completed")]
    LessonCompleted {
        /// Who.
        person: Uuid,
        /// In which course.
        course: Uuid,
        /// Which.
        lesson: Uuid,
        /// By what.
        by: Completion,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// The score that somebody has in a quiz was written anew.
    #[serde(rename = "quiz.scored")]
    QuizScored {
        /// Who.
        person: Uuid,
        /// In which course.
        course: Uuid,
        /// In which lesson.
        lesson: Uuid,
        /// Which.
        quiz: Uuid,
        /// The score that counts, in hundredths of a point.
        score: i32,
        /// What it could have been, in hundredths of a point.
        score_max: i32,
        /// Whether it is enough.
        passed: bool,
    },
    /// A live class is to be, or is to be at another time or under another title.
    #[serde(rename = "live.scheduled")]
    LiveScheduled(LiveClass),
    /// A live class began.
    #[serde(rename = "live.started")]
    LiveStarted(LiveClass),
    /// A live class is over.
    #[serde(rename = "live.ended")]
    LiveEnded(LiveClass),
    /// A live class will not be.
    #[serde(rename = "live.cancelled")]
    LiveCancelled(LiveClass),
    /// The recording of a class can be played from its beginning to its end.
    #[serde(rename = "recording.ready")]
    RecordingReady(RecordedClass),
    /// A course, or one of its lessons or quizzes, is not as it was: read again what is shown of it.
    #[serde(rename = "course.changed")]
    CourseChanged {
        /// Which.
        course: Uuid,
    },
    /// Somebody teaches a course from now on.
    #[serde(rename = "tutor.added")]
    TutorAdded {
        /// Who.
        person: Uuid,
        /// Which.
        course: Uuid,
    },
    /// Somebody teaches a course no longer.
    #[serde(rename = "tutor.removed")]
    TutorRemoved {
        /// Who.
        person: Uuid,
        /// Which.
        course: Uuid,
    },
}

/// Which live class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct LiveClass {
    /// In which course.
    pub(crate) course: Uuid,
    /// Which.
    pub(crate) live: Uuid,
    /// One line.
    pub(crate) title: String,
    /// When it is to begin.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) starts_at: OffsetDateTime,
}

/// Which class was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct RecordedClass {
    /// In which course.
    pub(crate) course: Uuid,
    /// Which.
    pub(crate) live: Uuid,
    /// Its recording.
    pub(crate) recording: Uuid,
    /// What the class was about, if it was about one lesson.
    pub(crate) lesson: Option<Uuid>,
    /// The class' title.
    pub(crate) title: String,
}

/// Who learns of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub(super) enum Audience {
    /// The person alone.
    #[allow(dead_code, reason = "every event so far is of interest to tutors")]
    Person,
    /// The person, and the course's tutors.
    Tutors,
    /// Everybody in the course, and its tutors.
    Course,
}

impl Audience {
    /// As the outbox has it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Tutors => "tutors",
            Self::Course => "course",
        }
    }
}

impl Event {
    /// Its name, as in `kind`.
    #[must_use]
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::EnrolmentStarted { .. } => ENROLMENT_STARTED,
            Self::EnrolmentEnded { .. } => ENROLMENT_ENDED,
            Self::LessonCompleted { .. } => "lesson.completed",
            Self::QuizScored { .. } => "quiz.scored",
            Self::LiveScheduled(_) => "live.scheduled",
            Self::LiveStarted(_) => "live.started",
            Self::LiveEnded(_) => "live.ended",
            Self::LiveCancelled(_) => "live.cancelled",
            Self::RecordingReady(_) => "recording.ready",
            Self::CourseChanged { .. } => "course.changed",
            Self::TutorAdded { .. } => TUTOR_ADDED,
            Self::TutorRemoved { .. } => TUTOR_REMOVED,
        }
    }

    /// Whom it is about.
    #[must_use]
    pub(crate) fn person(&self) -> Option<Uuid> {
        match self {
            Self::EnrolmentStarted { person, .. }
            | Self::EnrolmentEnded { person, .. }
            | Self::LessonCompleted { person, .. }
            | Self::QuizScored { person, .. }
            | Self::TutorAdded { person, .. }
            | Self::TutorRemoved { person, .. } => Some(*person),
            Self::CourseChanged { .. }
            | Self::RecordingReady(_)
            | Self::LiveScheduled(_)
            | Self::LiveStarted(_)
            | Self::LiveEnded(_)
            | Self::LiveCancelled(_) => None,
        }
    }

    /// In which course it happened.
    #[must_use]
    pub(crate) fn course(&self) -> Option<Uuid> {
        match self {
            Self::EnrolmentStarted { course, .. }
            | Self::EnrolmentEnded { course, .. }
            | Self::LessonCompleted { course, .. }
            | Self::QuizScored { course, .. }
            | Self::CourseChanged { course }
            | Self::TutorAdded { course, .. }
            | Self::TutorRemoved { course, .. } => Some(*course),
            Self::RecordingReady(recorded) => Some(recorded.course),
            Self::LiveScheduled(class)
            | Self::LiveStarted(class)
            | Self::LiveEnded(class)
            | Self::LiveCancelled(class) => Some(class.course),
        }
    }

    pub(super) fn audience(&self) -> Audience {
        match self {
            Self::EnrolmentStarted { .. }
            | Self::EnrolmentEnded { .. }
            | Self::LessonCompleted { .. }
            | Self::QuizScored { .. }
            | Self::TutorAdded { .. }
            | Self::TutorRemoved { .. } => Audience::Tutors,
            Self::CourseChanged { .. }
            | Self::RecordingReady(_)
            | Self::LiveScheduled(_)
            | Self::LiveStarted(_)
            | Self::LiveEnded(_)
            | Self::LiveCancelled(_) => Audience::Course,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_the_one_in_the_json() {
        let (person, course) = (Uuid::now_v7(), Uuid::now_v7());
        for event in [Event::EnrolmentStarted { person, course }, Event::EnrolmentEnded { person, course }] {
            let json = serde_json::to_value(&event).unwrap();
            assert_eq!(json["kind"], event.kind());
            assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
        }
    }
}
