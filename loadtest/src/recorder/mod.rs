//! The recorder under load: rooms with a camera, a screen and a voice each, recorded by one process that is killed once.
//!
//! A [`site`] is a media server, publishers whose pictures an encoder made, and the [`jobs`] of classes. [`watch`] reads the
//! playlists that the recorder writes, as a player would, and holds them against the time. The [`report`] has the figures,
//! [`bench`] holds them against the bars. How far camera and voice are apart after an hour is found in a [`simulation`].

pub mod bench;
mod jobs;
pub mod report;
mod simulation;
mod site;
mod watch;
