//! The media core in simulation: a synthetic publisher, a home room, a second worker's part of the room and many viewers,
//! with a seeded network between them (loss, reordering, duplication, delay) and a virtual clock.
//!
//! Each viewer has a model of a browser's receiver: it asks for lost packets, puts them in order and holds everything
//! that its decoder would be fed against the truth that the publisher wrote into every packet.
//!
//! A failure prints its seed; `LECTERN_SIM_SEED=n` runs the scenarios with that seed alone.

mod receiver;
mod scenarios;
mod sender;
mod truth;
mod world;
