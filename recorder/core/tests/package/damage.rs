//! Whatever a file holds, the packager ends, does not panic, and what it lets through conforms.

use std::sync::OnceLock;

use proptest::prelude::*;

use crate::files::{Folder, make, package};

/// Small files of every kind.
fn files() -> &'static [Vec<u8>] {
    static FILES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = Folder::new();
        let input = "-f lavfi -i testsrc2=size=64x64:rate=10:duration=2 -f lavfi -i sine=duration=2";
        let h264 = "-c:v libx264 -preset ultrafast -bf 2 -g 10 -pix_fmt yuv420p -b:v 20k -c:a aac -b:a 16k";
        let vp9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 20k -g 10 -c:a libopus -b:a 8k";
        let av1 = "-c:v libsvtav1 -preset 12 -g 10 -pix_fmt yuv420p -c:a libopus -b:a 8k";
        [
            ("a.mp4", h264.to_owned()),
            ("b.mp4", format!("{h264} -movflags +faststart")),
            ("c.mp4", format!("{h264} -movflags frag_keyframe+empty_moov")),
            ("d.mov", h264.to_owned()),
            ("e.webm", vp9.to_owned()),
            ("f.webm", format!("{vp9} -live 1")),
            ("g.mkv", h264.to_owned()),
            ("h.mp4", av1.to_owned()),
        ]
        .map(|(name, codecs)| std::fs::read(make(&folder, name, &format!("{input} {codecs}"))).unwrap())
        .into()
    })
}

/// What is done to a file.
#[derive(Clone, Debug)]
enum Damage {
    Set(prop::sample::Index, u8),
    /// Four bytes: numbers and lengths.
    Word(prop::sample::Index, u32),
    Cut(prop::sample::Index),
    Copy(prop::sample::Index, prop::sample::Index, usize),
    Remove(prop::sample::Index, usize),
}

impl Damage {
    /// Where `near` is set, in the first or last two kilobytes, where indexes are.
    fn apply(&self, file: &mut Vec<u8>, near: u8) {
        let len = file.len();
        let place = |index: &prop::sample::Index| match near {
            0 => index.index(len.min(2048)),
            1 => len - 1 - index.index(len.min(4096)),
            _ => index.index(len),
        };
        match self {
            Self::Set(at, value) => file[place(at)] = *value,
            Self::Word(at, value) => {
                for (offset, byte) in value.to_be_bytes().into_iter().enumerate() {
                    let at = place(at) + offset;
                    if at < len {
                        file[at] = byte;
                    }
                }
            }
            Self::Cut(at) => file.truncate(place(at).max(1)),
            Self::Copy(from, to, count) => {
                let (from, to) = (place(from), place(to));
                let count = (*count).min(len - from).min(len - to);
                file.copy_within(from..from + count, to);
            }
            Self::Remove(at, count) => {
                let at = place(at);
                file.drain(at..(at + count).min(len));
                file.push(0);
            }
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let index = any::<prop::sample::Index>;
    let word = prop_oneof![any::<u32>(), 0u32..16, Just(u32::MAX), Just(0x7FFF_FFFF), Just(0x0100_0000)];
    prop_oneof![
        4 => (index(), any::<u8>()).prop_map(|(at, value)| Damage::Set(at, value)),
        4 => (index(), word).prop_map(|(at, value)| Damage::Word(at, value)),
        1 => index().prop_map(Damage::Cut),
        1 => (index(), index(), 1usize..64).prop_map(|(from, to, count)| Damage::Copy(from, to, count)),
        1 => (index(), 1usize..32).prop_map(|(at, count)| Damage::Remove(at, count)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damaged_files_are_refused_or_conform(
        kind in 0usize..8,
        near in 0u8..3,
        damages in prop::collection::vec(damage(), 1..6),
    ) {
        let mut file = files()[kind].clone();
        for damage in &damages {
            damage.apply(&mut file, near);
        }
        if let Ok(packaged) = package(&file) {
            let violations = packaged.violations();
            prop_assert!(violations.is_empty(), "{violations:#?}");
        }
    }

    #[test]
    fn noise_is_refused(kind in 0usize..4, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let head: &[u8] = [&b"\0\0\0\x08ftyp"[..], b"\0\0\0\x08moov", b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff", b""][kind];
        prop_assert!(package(&[head, &bytes].concat()).is_err());
    }
}
