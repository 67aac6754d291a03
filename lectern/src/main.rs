//! `lectern`: all services in one process, the tokens to enter, and a school to try out.

#![forbid(unsafe_code)]

mod admin;
mod dev;
mod gateway;
mod recorder;
mod school;
mod school_database;
mod seed;
mod services;
mod token;
mod web_app;
mod welcome;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lectern_platform::config::EXIT_CONFIG;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Lectern, a live-class platform: a tutor's camera, voice and screen for a thousand students in one room.
#[derive(Parser)]
#[command(version, subcommand_required = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run all services in this process, on a data folder of their own.
    Dev(dev::DevArguments),
    /// Give an admin of the school a new password, and print it.
    Admin(admin::AdminArguments),
    /// Fill an empty school with people, courses and some weeks of learning, to try things out.
    Seed(seed::SeedArguments),
    /// Print a token that opens a room, signed with a data folder's key.
    Token(token::TokenArguments),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and the version go to standard output and are no error.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(EXIT_CONFIG) } else { ExitCode::SUCCESS };
        }
    };
    match arguments.command {
        Command::Dev(arguments) => dev::run(arguments),
        Command::Admin(arguments) => admin::run(&arguments),
        Command::Seed(arguments) => seed::run(&arguments),
        Command::Token(arguments) => token::run(&arguments),
    }
}
