//! Who runs the school: the first admin, made when the school is, and `lectern admin`, for when a password is lost.

use std::error::Error;
use std::process::ExitCode;

use clap::Args;
use lectern_control_api::accounts::{ensure_admin, has_admin, reset_admin};
use lectern_control_api::database::Database;

use crate::school_database::{SchoolArguments, SchoolDatabase};

/// The address of the first one. Nobody's mail goes there (RFC 6761 section 6.3).
const EMAIL: &str = "admin@school.localhost";
const NAME: &str = "Administrator";
/// 32 characters that are not taken for each other: 5 bits each.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";
/// Characters of a password, in groups of five: 95 bits and more.
const LENGTH: usize = 20;

/// Somebody who can sign in now. Not kept anywhere but where this is shown.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) email: String,
    pub(crate) password: String,
}

/// What `lectern admin` takes.
#[derive(Args)]
pub(crate) struct AdminArguments {
    #[command(flatten)]
    school: SchoolArguments,
    /// Whose password is to be another; who does not exist becomes an admin, as does who is none.
    #[arg(long, default_value = EMAIL)]
    email: String,
}

/// Makes the first admin of a school that has none.
pub(crate) async fn first(database: &Database) -> Result<Option<Login>, Box<dyn Error>> {
    if has_admin(database).await? {
        return Ok(None);
    }
    let login = Login { email: EMAIL.to_owned(), password: password() };
    ensure_admin(database, &login.email, NAME, &login.password).await?;
    Ok(Some(login))
}

pub(crate) fn run(arguments: &AdminArguments) -> ExitCode {
    let login = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(reset(arguments)),
        Err(error) => Err(error.into()),
    };
    match login {
        Ok(Login { email, password }) => {
            println!("  Admin    {email}  password {password}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("lectern: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn reset(arguments: &AdminArguments) -> Result<Login, Box<dyn Error>> {
    let school = SchoolDatabase::open(&arguments.school).await?;
    let login = Login { email: arguments.email.clone(), password: password() };
    reset_admin(&school.database, &login.email, NAME, &login.password).await?;
    school.database.close().await;
    Ok(login)
}

fn password() -> String {
    let random: [u8; LENGTH] = rand::random();
    let letters: Vec<char> = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_four_groups_and_never_comes_again() {
        let (one, other) = (password(), password());
        assert_ne!(one, other);
        assert_eq!(one.split('-').map(str::len).collect::<Vec<_>>(), [5, 5, 5, 5]);
    }
}
