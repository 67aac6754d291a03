//! The recorder at work: jobs over HTTP, stores that are cut off, recorders that are killed, and what is then in the store.

mod checks;
mod ends;
mod film;
mod kills;
mod outages;
mod scene;
mod school;
mod videos;
