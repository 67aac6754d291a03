//! The control API over HTTP, against a real Postgres. One binary; a module for each area.

mod accounts;
mod bad_input;
mod bridge;
mod class_archive;
mod configuration;
mod courses;
mod events;
mod gateway;
mod identity_provider;
mod live;
mod mailbox;
mod materials;
mod oidc;
mod outages;
mod passwords;
mod people;
mod plans;
mod portfolio;
mod progress;
mod quizzes;
mod recordings;
mod school;
mod seed;
mod sessions;
mod system;
mod webhooks;
