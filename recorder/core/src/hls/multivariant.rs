//! The multivariant playlist: the camera with the sound, and the screen as another picture of the same class.
//!
//! The screen is an alternative rendition (RFC 8216bis section 4.4.6.2.1): a player that knows no such thing shows the
//! camera, and one that knows shows either, or both by opening the screen's playlist beside. Without a camera the screen
//! takes its place.

use std::fmt::Write;

use super::Track;

/// A track that has at least one segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Which.
    pub track: Track,
    /// Of each format that the track had (RFC 6381), in order of appearance; never empty.
    pub codecs: Vec<String>,
    /// The largest picture's, in pixels across and down; `None` for sound.
    pub size: Option<(u16, u16)>,
    /// The densest segment's bits in a second.
    pub peak_bps: u64,
    /// All segments' bits in a second.
    pub average_bps: u64,
}

/// Writes the playlist of a recording, whose sound is mono; `None` if there is neither picture nor sound.
#[must_use]
pub fn multivariant(renditions: &[Rendition]) -> Option<String> {
    multivariant_of(renditions, 1)
}

/// The same, with sound of so many channels.
#[must_use]
pub fn multivariant_of(renditions: &[Rendition], channels: u8) -> Option<String> {
    let of = |track| renditions.iter().find(|rendition| rendition.track == track);
    let sound = of(Track::Sound);
    let pictures: Vec<_> = [Track::Camera, Track::Screen].into_iter().filter_map(of).collect();
    let main = *pictures.first().or(sound.as_ref())?;
    let mut out = "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-INDEPENDENT-SEGMENTS\n".to_owned();
    // Writing into a string does not fail.
    if let (Some(sound), false) = (sound, pictures.is_empty()) {
        let name = sound.track.name();
        let uri = sound.track.playlist_name();
        let _ = writeln!(
            out,
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"{name}\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"{channels}\",URI=\"{uri}\""
        );
    }
    for picture in &pictures {
        let (name, uri) = (picture.track.name(), picture.track.playlist_name());
        let default =
            if picture.track == main.track { "DEFAULT=YES,AUTOSELECT=YES" } else { "DEFAULT=NO,AUTOSELECT=NO" };
        let _ = writeln!(out, "#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID=\"picture\",NAME=\"{name}\",{default},URI=\"{uri}\"");
    }
    // Section 4.4.6.2: the variant names what any of its renditions may need.
    let used: Vec<_> = if pictures.is_empty() { vec![main] } else { pictures.iter().copied().chain(sound).collect() };
    let (peak, average) = pictures
        .iter()
        .fold((0, 0), |(peak, average), picture| (picture.peak_bps.max(peak), picture.average_bps.max(average)));
    let (sound_peak, sound_average) = sound.map_or((0, 0), |sound| (sound.peak_bps, sound.average_bps));
    let _ = write!(
        out,
        "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\"",
        (peak + sound_peak).max(1),
        (average + sound_average).max(1),
        codecs(&used)
    );
    if let Some((width, height)) = main.size {
        let _ = write!(out, ",RESOLUTION={width}x{height}");
    }
    if !pictures.is_empty() {
        out.push_str(",VIDEO=\"picture\"");
        if sound.is_some() {
            out.push_str(",AUDIO=\"sound\"");
        }
    }
    let _ = writeln!(out, "\n{}", main.track.playlist_name());
    Some(out)
}

/// Each once, in order.
fn codecs(renditions: &[&Rendition]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for codec in renditions.iter().flat_map(|rendition| &rendition.codecs) {
        if !names.contains(&codec.as_str()) {
            names.push(codec);
        }
    }
    names.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(track: Track, codec: &str) -> Rendition {
        let codecs = vec![codec.to_owned()];
        Rendition { track, codecs, size: Some((1280, 720)), peak_bps: 2_000_000, average_bps: 1_000_000 }
    }

    fn sound() -> Rendition {
        let codecs = vec!["opus".to_owned()];
        Rendition { track: Track::Sound, codecs, size: None, peak_bps: 64_000, average_bps: 32_000 }
    }

    #[test]
    fn camera_screen_and_sound_are_one_variant() {
        let text =
            multivariant(&[sound(), picture(Track::Screen, "vp09.00.31.08"), picture(Track::Camera, "avc1.42e01f")]);
        assert_eq!(
            text.unwrap(),
            "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-INDEPENDENT-SEGMENTS\n\
             #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"sound\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"1\",URI=\"sound.m3u8\"\n\
             #EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID=\"picture\",NAME=\"camera\",DEFAULT=YES,AUTOSELECT=YES,URI=\"camera.m3u8\"\n\
             #EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID=\"picture\",NAME=\"screen\",DEFAULT=NO,AUTOSELECT=NO,URI=\"screen.m3u8\"\n\
             #EXT-X-STREAM-INF:BANDWIDTH=2064000,AVERAGE-BANDWIDTH=1032000,CODECS=\"avc1.42e01f,vp09.00.31.08,opus\",\
             RESOLUTION=1280x720,VIDEO=\"picture\",AUDIO=\"sound\"\ncamera.m3u8\n"
        );
    }

    #[test]
    fn what_is_missing_is_not_named() {
        assert_eq!(multivariant(&[]), None);
        assert!(multivariant(&[sound()]).unwrap().ends_with("CODECS=\"opus\"\nsound.m3u8\n"));
        let screen = multivariant(&[picture(Track::Screen, "av01.0.05M.08")]).unwrap();
        assert!(screen.ends_with("VIDEO=\"picture\"\nscreen.m3u8\n") && !screen.contains("AUDIO"), "{screen}");
    }
}
