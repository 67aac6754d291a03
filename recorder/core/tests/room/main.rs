//! Rooms in simulated time, recorded: what comes out is checked by the conformance check and by ffmpeg.

mod conformity;
mod media;
mod packetizer;
mod players;
mod simulation;
mod skew;
mod sources;
mod takeover;
