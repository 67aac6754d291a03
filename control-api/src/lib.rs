//! The school: people, courses, lessons, quizzes and progress over REST, on Postgres.
//!
//! [`server`] starts it and says how an area is added. A request passes the [`gateway`] (who calls, may they, how much at
//! once), then a handler of its area, which is thin: it reads the input, asks the domain, and stores or loads. Who may call
//! what is one table, [`access`]. What a client did wrong it learns from one type, [`problem::ApiError`].

#![forbid(unsafe_code)]

pub mod access;
pub mod accounts;
pub mod config;
pub mod courses;
pub mod database;
mod document;
mod events;
pub mod gateway;
mod live;
mod mail;
mod materials;
mod moment;
mod oversight;
mod packaging;
pub mod page;
mod portfolio;
pub mod problem;
pub mod progress;
pub mod quizzes;
mod readiness;
mod recordings;
pub mod seed;
pub mod server;
mod trail;
mod webhooks;

pub use config::ControlApiConfig;
pub use server::Server;
