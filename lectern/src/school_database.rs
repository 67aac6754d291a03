//! The database of a school for a command that is not `lectern dev`: a named one, that of an instance that runs on a data
//! folder, or the one that lies there, started for so long.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use lectern_control_api::config::DatabaseConfig;
use lectern_control_api::database::Database;
use lectern_platform::private_postgres::{Durability, PrivatePostgres};

use crate::school::{DATABASE, postgres_folder};

/// Connections of a command.
const CONNECTIONS_MAX: u32 = 2;

/// Which school.
#[derive(Args)]
pub(crate) struct SchoolArguments {
    /// The data folder of `lectern dev`, which may run or not.
    #[arg(long, value_name = "DIR", default_value = ".lectern")]
    data: PathBuf,
    /// The school's database, if it is not in the data folder.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// An open database. A Postgres that was started for it stops when this is dropped.
pub(crate) struct SchoolDatabase {
    pub(crate) database: Database,
    _postgres: Option<PrivatePostgres>,
}

impl SchoolDatabase {
    /// Opens it, brought up to date.
    pub(crate) async fn open(arguments: &SchoolArguments) -> Result<Self, Box<dyn Error>> {
        let (url, postgres) = arguments.reach()?;
        let config =
            DatabaseConfig { url, connections_max: CONNECTIONS_MAX, wait_s_max: 10, ..DatabaseConfig::default() };
        Ok(Self { database: Database::connect(&config).await?, _postgres: postgres })
    }
}

impl SchoolArguments {
    fn reach(&self) -> Result<(String, Option<PrivatePostgres>), Box<dyn Error>> {
        let named = self.database.clone().or_else(|| std::env::var("LECTERN_CONTROL_API__DATABASE__URL").ok());
        if let Some(url) = named {
            return Ok((url, None));
        }
        let folder = postgres_folder(&self.data);
        if !folder.exists() {
            let explain = "there is no school; `lectern dev --data DIR` makes one when it first starts";
            return Err(format!("{}: {explain}, --database URL names another", self.data.display()).into());
        }
        if let Some(url) = PrivatePostgres::url_of_running(&folder, DATABASE)? {
            return Ok((url, None));
        }
        let postgres = PrivatePostgres::start(&folder, 0, Durability::Disk)?;
        postgres.create_database(DATABASE)?;
        Ok((postgres.url(DATABASE), Some(postgres)))
    }
}
