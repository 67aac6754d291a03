//! `with-postgres MIGRATIONS COMMAND…`: runs a command with `DATABASE_URL` naming a database of a private Postgres that has
//! seen the migrations of a folder (`*.up.sql`), and ends as the command does. `./dev queries` checks SQL with it.

#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use lectern_testing::postgres::Postgres;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), Some(program)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: with-postgres MIGRATIONS COMMAND [ARGUMENT…]");
        return ExitCode::from(64);
    };
    let mut migrations: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("a folder of migrations").flatten().map(|entry| entry.path()).collect();
    migrations.retain(|path| path.to_string_lossy().ends_with(".up.sql"));
    migrations.sort();
    let postgres = Postgres::start();
    for migration in &migrations {
        postgres.psql("postgres", &["--single-transaction", "--file", &migration.to_string_lossy()]);
    }
    let status = Command::new(program).args(arguments).env("DATABASE_URL", postgres.url("postgres")).status();
    match status.expect("the command starts").code() {
        Some(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        None => ExitCode::FAILURE,
    }
}
