//! What `lectern dev` says when it is up: where to go, with tokens to go there.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lectern_platform::token::{ClaimError, Claims, Role, TokenSigner};

use crate::admin::Login;
use crate::school::origin;

/// The room that the printed links lead to.
const DEMO_ROOM: &str = "demo";
/// How long they work: a day of trying things out.
const DEMO_LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// Printed with `Display`.
pub(crate) struct Welcome {
    origin: String,
    admin: SocketAddr,
    data: PathBuf,
    tutor_token: String,
    student_token: String,
    /// Whether there are pages to open, or only the API.
    has_web: bool,
    /// Of a school that is new.
    first_admin: Option<String>,
}

impl Welcome {
    pub(crate) fn new(
        public: SocketAddr,
        admin: SocketAddr,
        data: &Path,
        has_web: bool,
        signer: &TokenSigner,
    ) -> Result<Self, ClaimError> {
        let token =
            |person: &str, name: &str, role| signer.sign(&Claims::issue(DEMO_ROOM, person, name, role, DEMO_LIFETIME));
        Ok(Self {
            origin: origin(public),
            admin,
            data: data.to_owned(),
            tutor_token: token("demo-tutor", "Tutor", Role::Tutor)?,
            student_token: token("demo-student", "Student", Role::Student)?,
            has_web,
            first_admin: None,
        })
    }

    /// Says how to sign in to a school that is new. It is said once: the password is kept nowhere else.
    pub(crate) fn with_admin(mut self, login: Option<&Login>) -> Self {
        self.first_admin = login.map(|Login { email, password }| format!("{email}  password {password}"));
        self
    }
}

impl fmt::Display for Welcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, admin, data, tutor_token, student_token, has_web, first_admin } = self;
        writeln!(f, "\nLectern is running. Ctrl-C ends it.\n")?;
        if *has_web {
            writeln!(f, "  Tutor    {origin}/tutor?room={DEMO_ROOM}#token={tutor_token}\n")?;
            writeln!(f, "  Student  {origin}/?room={DEMO_ROOM}#token={student_token}\n")?;
        } else {
            writeln!(f, "  Tutor's token    {tutor_token}\n")?;
            writeln!(f, "  Student's token  {student_token}\n")?;
        }
        if let Some(login) = first_admin {
            writeln!(f, "  Admin    {login}")?;
            writeln!(
                f,
                "           shown this once; `lectern admin --data {}` makes a new password\n",
                data.display()
            )?;
        }
        writeln!(f, "  WHIP     {origin}/v1/rooms/{DEMO_ROOM}/whip/camera  (and /screen, with the tutor's token)")?;
        writeln!(f, "  WHEP     {origin}/v1/rooms/{DEMO_ROOM}/whep")?;
        writeln!(f, "  Metrics  http://{admin}/metrics  (and /livez, /readyz)")?;
        writeln!(f, "  Data     {}\n", data.display())?;
        writeln!(f, "The tokens open the room `{DEMO_ROOM}` for 12 hours; `lectern token` makes others.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(public: &str, has_web: bool) -> (String, TokenSigner) {
        let signer = TokenSigner::generate();
        let admin = "127.0.0.1:9090".parse().unwrap();
        let data = Path::new(".lectern");
        (Welcome::new(public.parse().unwrap(), admin, data, has_web, &signer).unwrap().to_string(), signer)
    }

    #[test]
    fn the_links_hold_tokens_that_open_the_demo_room() {
        let (text, signer) = welcome("127.0.0.1:8080", true);
        let token = |start: &str| {
            let link = text.split_whitespace().find(|word| word.starts_with(start)).unwrap();
            signer.verifier().verify(&link[start.len()..]).unwrap()
        };
        let tutor = token("http://127.0.0.1:8080/tutor?room=demo#token=");
        assert_eq!((tutor.room.as_str(), tutor.role), ("demo", Role::Tutor));
        assert!(tutor.may_publish("camera") && tutor.may_publish("screen"));
        let student = token("http://127.0.0.1:8080/?room=demo#token=");
        assert_eq!((student.role, student.publish.len()), (Role::Student, 0));
    }

    #[test]
    fn a_wildcard_becomes_this_machine() {
        assert!(welcome("0.0.0.0:80", true).0.contains(" http://localhost:80/tutor?"));
        assert!(welcome("[::1]:80", true).0.contains(" http://[::1]:80/tutor?"));
    }

    #[test]
    fn without_the_web_there_are_no_links_to_pages() {
        assert!(!welcome("127.0.0.1:8080", false).0.contains("/tutor?"));
    }
}
