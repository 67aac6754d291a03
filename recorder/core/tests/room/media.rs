//! What an independent encoder makes: ffmpeg's test picture and tone, as frames.

use std::process::Command;
use std::sync::OnceLock;

use lectern_recording::format::VideoCodec;

/// Pictures a second.
pub(crate) const FPS: u64 = 25;
/// Pictures from one keyframe to the next.
pub(crate) const GROUP: u64 = 50;
const SECONDS: &str = "24";

/// Runs ffmpeg, which has nothing to say, and gives what it writes.
pub(crate) fn ffmpeg(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("ffmpeg").args(["-nostdin", "-v", "error"]).args(arguments).output();
    let output = output.expect("ffmpeg (apt install ffmpeg)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The frames of 24 s of a moving picture, each as its RTP payload format takes it; 640×360, or 320×180 if `small`.
pub(crate) fn frames(codec: VideoCodec, small: bool) -> &'static [Vec<u8>] {
    static FRAMES: [OnceLock<Vec<Vec<u8>>>; 6] = [const { OnceLock::new() }; 6];
    let slot = &FRAMES[codec as usize * 2 + usize::from(small)];
    slot.get_or_init(|| encode(codec, if small { "320x180" } else { "640x360" }))
}

fn encode(codec: VideoCodec, size: &str) -> Vec<Vec<u8>> {
    let source = format!("testsrc2=size={size}:rate={FPS}:duration={SECONDS}");
    let group = GROUP.to_string();
    let mut arguments = vec!["-f", "lavfi", "-i", &source, "-g", &group, "-pix_fmt", "yuv420p"];
    arguments.extend(match codec {
        VideoCodec::H264 => {
            "-c:v libx264 -preset ultrafast -tune zerolatency -keyint_min 50 -bsf:v h264_metadata=aud=insert -f h264 -"
                .split(' ')
        }
        VideoCodec::Vp9 => {
            "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lag-in-frames 0 -b:v 800k -f ivf -".split(' ')
        }
        VideoCodec::Av1 => "-c:v libaom-av1 -usage realtime -cpu-used 8 -lag-in-frames 0 -b:v 800k -f ivf -".split(' '),
    });
    let out = ffmpeg(&arguments);
    let frames = if codec == VideoCodec::H264 { access_units(&out) } else { ivf_frames(&out) };
    assert_eq!(frames.len() as u64, 24 * FPS);
    frames
}

fn ivf_frames(mut file: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    file = &file[32..];
    while let Some(head) = file.first_chunk::<12>() {
        let len = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        frames.push(file[12..12 + len].to_vec());
        file = &file[12 + len..];
    }
    frames
}

/// Split at access unit delimiters, which the bitstream filter puts before each.
fn access_units(stream: &[u8]) -> Vec<Vec<u8>> {
    let mut starts: Vec<usize> =
        stream.windows(5).enumerate().filter(|(_, w)| **w == [0, 0, 0, 1, 9]).map(|(at, _)| at).collect();
    starts.push(stream.len());
    starts.windows(2).map(|pair| stream[pair[0]..pair[1]].to_vec()).collect()
}

/// 24 s of a tone in Opus packets of 20 ms, by libopus.
pub(crate) fn tone() -> &'static [Vec<u8>] {
    static TONE: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    TONE.get_or_init(|| {
        let source = format!("sine=frequency=440:sample_rate=48000:duration={SECONDS}");
        let file =
            ffmpeg(&["-f", "lavfi", "-i", &source, "-c:a", "libopus", "-b:a", "32k", "-ac", "1", "-f", "ogg", "-"]);
        let mut reader = opus_pure::OggOpusReader::new(std::io::Cursor::new(file)).unwrap();
        reader.packets().map(|packet| packet.unwrap().data).collect()
    })
}
