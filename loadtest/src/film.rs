//! Moving pictures to be sent, made by an encoder when they are needed: `ffmpeg`.

use std::io;
use std::process::{Command, Stdio};

use crate::ivf::Movie;
use crate::server_process::ScratchFolder;

/// H.264 as browsers send it, with the access unit delimiters that [`Movie`] cuts at.
pub const H264: &str =
    "-c:v libx264 -preset ultrafast -tune zerolatency -profile:v baseline -bsf:v h264_metadata=aud=insert -f h264";
/// VP9 without frames that wait for others.
pub const VP9: &str = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lag-in-frames 0 -f ivf";

/// A film of `source`, a filter of ffmpeg's `lavfi`, with a keyframe in 60 pictures. `encoder`: ffmpeg's arguments, [`H264`] or
/// [`VP9`] and what goes before them.
///
/// # Errors
/// ffmpeg is not there, or fails.
pub fn film(source: &str, encoder: &str) -> io::Result<Movie> {
    let folder = ScratchFolder::new()?;
    let file = folder.path("film");
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", source, "-g", "60", "-pix_fmt", "yuv420p"]);
    command.args(encoder.split_ascii_whitespace()).arg(&file).stdin(Stdio::null());
    let status = command.status().map_err(|error| io::Error::other(format!("ffmpeg (apt install ffmpeg): {error}")))?;
    if status.success() { Movie::open(&file) } else { Err(io::Error::other(format!("ffmpeg: {status}"))) }
}
