//! What cannot be packaged is named, with what to do.

use lectern_recording::package::Refusal;

use crate::files::{Folder, make, package};

const PICTURE: &str = "-f lavfi -i testsrc2=size=128x72:rate=10:duration=2";
const TONE: &str = "-f lavfi -i sine=duration=2";

fn refusal(name: &str, arguments: &str) -> Refusal {
    let folder = Folder::new();
    let path = make(&folder, name, arguments);
    package(&std::fs::read(path).unwrap()).unwrap_err()
}

#[test]
fn codecs_that_players_do_not_take() {
    let h264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    for (name, arguments, named) in [
        ("made.mp4", format!("{PICTURE} -c:v libx265 -preset ultrafast -x265-params log-level=none"), "H.265 (HEVC)"),
        (
            "made.mp4",
            format!("{PICTURE} -c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1"),
            "H.265 (HEVC)",
        ),
        ("made.webm", format!("{PICTURE} -c:v libvpx -deadline realtime"), "VP8"),
        ("made.mov", format!("{PICTURE} {TONE} {h264} -c:a pcm_s16le"), "uncompressed sound (PCM)"),
        ("made.mp4", format!("{PICTURE} {TONE} {h264} -c:a libmp3lame"), "MP3"),
        ("made.webm", format!("{TONE} -c:a libvorbis"), "Vorbis"),
    ] {
        let refusal = refusal(name, &arguments);
        assert_eq!(refusal, Refusal::CodecUnsupported(named.to_owned()));
        assert_eq!(refusal.code(), "codec_unsupported");
    }
}

#[test]
fn what_is_no_video() {
    for file in [&b""[..], b"x", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3 and some more bytes", b"RIFF\0\0\0\0AVI LIST"] {
        assert_eq!(package(file).unwrap_err(), Refusal::ContainerUnknown);
    }
    let subtitles = Folder::new();
    std::fs::write(subtitles.0.join("in.srt"), "1\n00:00:00,000 --> 00:00:01,000\nHello\n").unwrap();
    let path = make(&subtitles, "made.mp4", "-i in.srt -c:s mov_text");
    assert_eq!(package(&std::fs::read(path).unwrap()).unwrap_err(), Refusal::NoMedia);
}

#[test]
fn encryption() {
    let keys = "-encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb -encryption_kid a7e61c373e219033c21091fa607bf3b8";
    assert_eq!(
        refusal("made.mp4", &format!("{PICTURE} -c:v libx264 -preset ultrafast -pix_fmt yuv420p {keys}")),
        Refusal::Encrypted
    );
}

#[test]
fn a_file_that_is_cut_off_is_damaged_at_its_end() {
    let folder = Folder::new();
    let h264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac";
    let vp9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus";
    for (name, codecs) in [
        ("late.mp4", h264.to_owned()),
        ("early.mp4", format!("{h264} -movflags +faststart")),
        ("fragments.mp4", format!("{h264} -movflags frag_keyframe+empty_moov -g 5")),
        ("made.webm", vp9.to_owned()),
    ] {
        let path = make(&folder, name, &format!("{PICTURE} {TONE} {codecs}"));
        let file = std::fs::read(path).unwrap();
        let cut = file.len() * 2 / 3;
        let refusal = package(&file[..cut]).unwrap_err();
        assert!(matches!(refusal, Refusal::Damaged { at, .. } if at == cut as u64), "{name}: {refusal}");
        assert!(refusal.to_string().contains("upload it again"));
    }
}
