//! `lectern seed`: an empty school gets people, courses and some weeks of learning.

use std::error::Error;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;
use lectern_control_api::seed::{self, PASSWORD, Planted, SeedPlan};

use crate::school_database::{SchoolArguments, SchoolDatabase};

/// What `lectern seed` takes.
#[derive(Args)]
pub(crate) struct SeedArguments {
    #[command(flatten)]
    school: SchoolArguments,
    /// How many students, up to 10000.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    students: u16,
    /// Which school: the same number gives the same people, courses and answers.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(arguments: &SeedArguments) -> ExitCode {
    let planted = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(plant(arguments)),
        Err(error) => Err(error.into()),
    };
    match planted {
        Ok(planted) => {
            print(&planted);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("lectern: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn plant(arguments: &SeedArguments) -> Result<Planted, Box<dyn Error>> {
    let school = SchoolDatabase::open(&arguments.school).await?;
    let plan = SeedPlan { students: usize::from(arguments.students), seed: arguments.seed };
    let planted = seed::plant(&school.database, &plan, SystemTime::now().into()).await?;
    school.database.close().await;
    Ok(planted)
}

fn print(planted: &Planted) {
    println!("{} courses, {} tutors, {} students.\n", planted.courses, planted.tutors.len(), planted.students.len());
    for tutor in &planted.tutors {
        println!("  Tutor    {tutor}");
    }
    for student in planted.students.iter().take(3) {
        println!("  Student  {student}");
    }
    if planted.students.len() > 3 {
        println!("           … and {} more", planted.students.len() - 3);
    }
    println!("\nEverybody's password is `{PASSWORD}`. This school is for trying things out alone.");
}
