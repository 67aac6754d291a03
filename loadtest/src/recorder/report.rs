//! What a run found.

use serde::Serialize;

/// One line of JSON.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RecorderReport {
    /// Always `recorder`.
    pub bench: &'static str,
    /// Rooms that were recorded at once, each with 2 Mbit/s of camera, 1 Mbit/s of screen and a voice.
    pub rooms: usize,
    /// How long was measured, seconds.
    pub seconds: f64,
    /// CPU seconds that the recorder used for a second of a room.
    pub cpu_s_per_room_s: f64,
    /// Rooms for which one core is enough.
    pub rooms_per_core: f64,
    /// What the recorder's resident memory grew by for each room, MB.
    pub mb_per_room: f64,
    /// From the end of a segment's last frame until it was listed, ms.
    pub playable_ms_p50: Option<f64>,
    /// See `playable_ms_p50`.
    pub playable_ms_p99: Option<f64>,
    /// Segments that this was measured with.
    pub segments: u64,
    /// The largest distance of camera and voice in an hour with 1% of loss and clocks 200 ppm apart, in simulated time, ms.
    pub av_skew_ms_max: f64,
    /// Segments of any track that were complete when the recorder was killed and that no playlist has: the most in one track.
    pub lost_segments_after_kill: u64,
    /// From the kill until the next recorder has listed a segment of every track, seconds.
    pub takeover_s: f64,
    /// Recordings that did not end well.
    pub failed: usize,
    /// What the conformance check says of all tracks.
    pub violations: usize,
}

impl RecorderReport {
    /// One line on standard output.
    pub fn print(&self) {
        match serde_json::to_string(self) {
            Ok(line) => println!("{line}"),
            Err(error) => eprintln!("the report cannot be written: {error}"),
        }
    }
}
