//! A school full of believable data, to look at and to try things out.
//!
//! Three tutors, six courses with lessons and quizzes, and students of whom each has come as far as suits them in some weeks:
//! what they watched, answered, when they learnt. Answers are graded as those of real students are. The same number gives the
//! same school at the same moment. It goes into an empty school alone, in one transaction; nobody is told of it as of
//! something that happened.

mod class;
mod store;
mod student;
mod syllabus;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::accounts::password::Passwords;
use crate::config::PasswordsConfig;
use crate::database::Database;
use crate::problem::ApiError;

use class::Class;
use student::Student;
use syllabus::Syllabus;

/// What everybody of a seeded school signs in with. Whoever puts one where others reach it, says so to the world.
pub const PASSWORD: &str = "lectern-demo";
/// The most students that are made.
pub const STUDENTS_MAX: usize = 10_000;
/// The tutors' names.
const TUTORS: [&str; 3] = ["Ruth Okafor", "Jonas Lindqvist", "Mei Tanaka"];
/// When the school began.
const AGE: Duration = Duration::weeks(7);

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct SeedPlan {
    /// How many students, [`STUDENTS_MAX`] at most.
    pub students: usize,
    /// Which school.
    pub seed: u64,
}

/// Who can sign in now, all of them with [`PASSWORD`].
#[derive(Clone, Debug)]
pub struct Planted {
    /// The tutors' addresses.
    pub tutors: Vec<String>,
    /// The students'.
    pub students: Vec<String>,
    /// How many courses there are.
    pub courses: usize,
}

/// Why nothing was planted.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Somebody uses this school.
    #[error("this school is not empty: it has courses, or people beside its admins; a seed goes into an empty one")]
    NotEmpty,
    /// What the program brings is broken: a bug.
    #[error("the syllabus: {0}")]
    Syllabus(String),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A tutor or a student to be written.
#[derive(Clone, Debug)]
struct Person {
    id: Uuid,
    name: String,
    email: String,
    since: OffsetDateTime,
}

/// Fills an empty school; all of it, or nothing.
///
/// # Errors
/// See [`SeedError`].
pub async fn plant(database: &Database, plan: &SeedPlan, now: OffsetDateTime) -> Result<Planted, SeedError> {
    let mut random = StdRng::seed_from_u64(plan.seed);
    let syllabus = Syllabus::read()?;
    let began = now - AGE;
    let tutors: Vec<Person> = TUTORS.iter().map(|name| Person::new(name, "tutors", None, began, &mut random)).collect();
    let classes: Vec<Class> =
        syllabus.courses.into_iter().map(|course| Class::new(course, &tutors, now, &mut random)).collect();
    let students: Vec<Student> = (0..plan.students.min(STUDENTS_MAX))
        .map(|number| Student::new(number, &classes, began, now, &mut random))
        .collect();
    let hash = Passwords::new(&PasswordsConfig::default()).hash(PASSWORD).await;
    let hash = hash.map_err(|error: ApiError| SeedError::Syllabus(format!("the password: {error:?}")))?;
    let mut transaction = database.begin().await?;
    if !store::is_empty(&mut transaction).await? {
        return Err(SeedError::NotEmpty);
    }
    store::people(&mut transaction, &tutors, "tutor", &hash).await?;
    let people: Vec<Person> = students.iter().map(|student| student.person.clone()).collect();
    store::people(&mut transaction, &people, "student", &hash).await?;
    store::classes(&mut transaction, &classes).await?;
    store::students(&mut transaction, &students).await?;
    store::meetings(&mut transaction, &classes, &students).await?;
    transaction.commit().await?;
    let emails = |people: Vec<Person>| people.into_iter().map(|person| person.email).collect();
    Ok(Planted { courses: classes.len(), tutors: emails(tutors), students: emails(people) })
}

impl Person {
    fn new(name: &str, place: &str, number: Option<usize>, since: OffsetDateTime, random: &mut StdRng) -> Self {
        let local = name.to_lowercase().replace(' ', ".");
        let number = number.map(|number| number.to_string()).unwrap_or_default();
        let email = format!("{local}{number}@{place}.localhost");
        Self { id: id(since, random), name: name.to_owned(), email, since }
    }
}

/// A UUIDv7 of that moment.
fn id(at: OffsetDateTime, random: &mut StdRng) -> Uuid {
    let ms = u64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(ms, &rand::RngExt::random(random)).into_uuid()
}
