//! Each container and codec, frame by frame.

use std::path::Path;

use lectern_recording::hls::Track;

use crate::files::{Folder, Packaged, decoded, decoding_begins, make, package, times};

const PICTURE: &str = "-f lavfi -i testsrc2=size=320x180:rate=25:duration=11";
const TONE: &str = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=11";
const H264: &str = "-c:v libx264 -preset veryfast -g 50 -pix_fmt yuv420p";
const AAC: &str = "-c:a aac -b:a 64k";

/// Packages `path` and compares it with what ffprobe says about the source, to `precision_s`.
fn check(folder: &Folder, path: &Path, precision_s: f64) -> Packaged {
    let file = std::fs::read(path).unwrap();
    let packaged = package(&file).unwrap_or_else(|refusal| panic!("{}: {refusal}", path.display()));
    assert_eq!(packaged.violations(), Vec::<String>::new());
    // Every byte once, but for the blocks at borders.
    assert!(packaged.read <= file.len() as u64 * 3 / 2 + (16 << 20), "{} of {}", packaged.read, file.len());
    packaged.write(folder);
    let mut firsts = Vec::new();
    for track in packaged.tracks() {
        let kind = if track == Track::Camera { 'v' } else { 'a' };
        let written = folder.0.join(format!("{}.mp4", track.name()));
        let (before, after) = (times(path, kind), times(&written, kind));
        assert_eq!(before.len(), after.len(), "packets of {kind}");
        // Without an edit list ffmpeg moves fragments with negative composition offsets; a track begins with its `tfdt`.
        firsts.push((before[0], decoding_begins(&written, kind)));
        for (was, is) in before.iter().zip(&after) {
            let moved = (is - after[0]) - (was - before[0]);
            assert!(moved.abs() <= precision_s, "{kind}: {was} became {is}");
        }
        if kind == 'v' {
            assert_eq!(decoded(path, kind), decoded(&written, kind), "frames");
        }
        let playlist = folder.0.join("packaged").join(track.playlist_name());
        assert!(decoded(&playlist, kind) > 0);
    }
    // The tracks are as far apart as they were, and the first of them is at 0.
    if let [(picture, new_picture), (sound, new_sound)] = firsts[..] {
        let moved = (new_sound - new_picture) - (sound - picture);
        assert!(moved.abs() <= precision_s, "the sound has moved by {moved} s");
    }
    let first = firsts.iter().map(|(_, after)| *after).fold(f64::INFINITY, f64::min);
    // Without its edit list ffmpeg shifts Opus by what its decoder leaves out.
    assert!(first.abs() <= 0.007, "begins at {first}");
    decoded(&folder.0.join("packaged/recording.m3u8"), if packaged.tracks()[0] == Track::Camera { 'v' } else { 'a' });
    packaged
}

fn package_made(name: &str, arguments: &str) -> Packaged {
    let folder = Folder::new();
    let path = make(&folder, name, arguments);
    let precision_s = if name.ends_with("webm") || name.ends_with("mkv") { 0.0035 } else { 0.0001 };
    check(&folder, &path, precision_s)
}

fn segments(packaged: &Packaged) -> Vec<u32> {
    packaged.summary.tracks.iter().map(|track| track.segments).collect()
}

#[test]
fn mp4_with_its_index_at_the_end_and_at_the_beginning() {
    for flags in ["", "-movflags +faststart"] {
        let packaged = package_made("made.mp4", &format!("{PICTURE} {TONE} {H264} {AAC} {flags}"));
        assert_eq!(segments(&packaged), [3, 3], "4, 4 and 3 seconds");
        let codecs = packaged.summary.tracks.iter().map(|track| track.rendition.codecs[0].as_str());
        assert_eq!(codecs.collect::<Vec<_>>(), ["avc1.64000c", "mp4a.40.2"]);
        assert!((11.0..11.1).contains(&packaged.summary.duration.as_secs_f64()));
    }
}

#[test]
fn fragmented_mp4() {
    for flags in [
        "frag_keyframe+empty_moov",
        "frag_keyframe+empty_moov+default_base_moof",
        "dash+frag_keyframe",
        "frag_keyframe+separate_moof+omit_tfhd_offset",
    ] {
        let packaged = package_made("made.mp4", &format!("{PICTURE} {TONE} {H264} {AAC} -movflags {flags}"));
        assert_eq!(segments(&packaged), [3, 3], "{flags}");
    }
}

#[test]
fn mov_with_sound_of_44_100() {
    let tone = "-f lavfi -i sine=frequency=440:sample_rate=44100:duration=11";
    let packaged = package_made("made.mov", &format!("{PICTURE} {tone} {H264} {AAC} -ac 2"));
    assert_eq!(packaged.summary.tracks[1].channels, Some(2));
    assert!(packaged.text("recording.m3u8").contains("CHANNELS=\"2\""));
}

#[test]
fn many_b_frames_and_ntsc() {
    let picture = "-f lavfi -i testsrc2=size=320x180:rate=30000/1001:duration=11";
    package_made("made.mp4", &format!("{picture} {TONE} {H264} -bf 4 -b_strategy 2 -refs 5 {AAC}"));
}

#[test]
fn webm_with_vp9_and_opus() {
    let vp9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 50 -b:v 200k";
    let packaged = package_made("made.webm", &format!("{PICTURE} {TONE} {vp9} -c:a libopus -b:a 48k"));
    assert_eq!(segments(&packaged), [3, 3]);
    // As browsers write it: nothing has a length.
    package_made("made.webm", &format!("{PICTURE} {TONE} {vp9} -c:a libopus -b:a 48k -f webm -live 1"));
}

#[test]
fn mp4_with_vp9_and_opus() {
    let vp9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 50 -b:v 200k";
    package_made("made.mp4", &format!("{PICTURE} {TONE} {vp9} -c:a libopus -b:a 48k"));
}

#[test]
fn av1_in_mp4_and_webm() {
    let av1 = "-c:v libsvtav1 -preset 12 -g 50 -pix_fmt yuv420p";
    for name in ["made.mp4", "made.webm"] {
        let packaged = package_made(name, &format!("{PICTURE} {TONE} {av1} -c:a libopus -b:a 48k"));
        assert!(packaged.summary.tracks[0].rendition.codecs[0].starts_with("av01.0."), "{name}");
    }
}

#[test]
fn matroska_with_b_frames() {
    package_made("made.mkv", &format!("{PICTURE} {TONE} {H264} {AAC}"));
}

#[test]
fn odd_sizes() {
    let picture = "-f lavfi -i testsrc2=size=320x180:rate=25:duration=3 -vf scale=321:181";
    let packaged = package_made("made.webm", &format!("{picture} -c:v libvpx-vp9 -deadline realtime -cpu-used 8"));
    assert_eq!(packaged.summary.tracks[0].rendition.size, Some((321, 181)));
    let picture = "-f lavfi -i testsrc2=size=322x182:rate=25:duration=3";
    let packaged = package_made("made.mp4", &format!("{picture} {H264}"));
    assert_eq!(packaged.summary.tracks[0].rendition.size, Some((322, 182)));
}

#[test]
fn sound_alone_and_picture_alone() {
    let packaged = package_made("made.m4a", &format!("{TONE} {AAC} -f mp4"));
    assert_eq!((packaged.tracks(), segments(&packaged)), (vec![Track::Sound], vec![3]));
    assert!(!packaged.text("recording.m3u8").contains("camera"));
    let packaged = package_made("made.mp4", &format!("{PICTURE} {H264}"));
    assert_eq!(packaged.tracks(), [Track::Camera]);
}

#[test]
fn sound_that_begins_later_stays_later() {
    for name in ["made.mp4", "made.webm"] {
        let codecs = if name == "made.mp4" {
            format!("{H264} {AAC}")
        } else {
            "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 50 -c:a libopus".to_owned()
        };
        package_made(name, &format!("{PICTURE} -itsoffset 1.5 {TONE} {codecs}"));
        package_made(name, &format!("-itsoffset 0.7 {PICTURE} {TONE} {codecs}"));
    }
}

#[test]
fn keyframes_that_are_far_apart_make_long_segments() {
    let packaged = package_made(
        "made.mp4",
        &format!("-f lavfi -i testsrc2=size=64x36:rate=5:duration=50 {H264} -g 100 -sc_threshold 0"),
    );
    assert_eq!(segments(&packaged), [3]);
    assert!(packaged.text("camera.m3u8").contains("#EXT-X-TARGETDURATION:20\n"));
}

#[test]
fn a_picture_that_was_taken_upright_is_shown_upright() {
    let folder = Folder::new();
    make(&folder, "flat.mp4", &format!("-f lavfi -i testsrc2=size=320x180:rate=25:duration=2 {H264}"));
    let path = make(&folder, "turned.mp4", "-i flat.mp4 -c copy -metadata:s:v rotate=90");
    let packaged = check(&folder, &path, 0.0001);
    assert_eq!(packaged.summary.tracks[0].rendition.size, Some((180, 320)));
    let rotation = |path: &Path| {
        let output = std::process::Command::new("ffprobe")
            .args(["-v", "error", "-show_entries", "stream_side_data=rotation", "-of", "csv=p=0"])
            .arg(path)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(rotation(&path), rotation(&folder.0.join("camera.mp4")));
    assert!(rotation(&path).contains("90"));
}
