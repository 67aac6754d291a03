//! An encoder's H.264 (byte stream of annex B, with access unit delimiters), cut into RTP payloads (RFC 6184).

const PAYLOAD_LEN_MAX: usize = 1041;
const NAL_IDR: u8 = 5;
const NAL_DELIMITER: u8 = 9;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;
const NRI: u8 = 0x60;

/// Whether a file is such a stream.
pub(crate) fn is_annexb(file: &[u8]) -> bool {
    units(file).next().is_some_and(|unit| kind(unit) == NAL_DELIMITER)
}

/// The access units, still with their start codes.
pub(crate) fn access_units(file: &[u8]) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    for unit in units(file) {
        if kind(unit) == NAL_DELIMITER || found.is_empty() {
            found.push(Vec::new());
        }
        if let Some(open) = found.last_mut() {
            open.extend_from_slice(&[0, 0, 1]);
            open.extend_from_slice(unit);
        }
    }
    found
}

pub(crate) fn is_keyframe(access_unit: &[u8]) -> bool {
    units(access_unit).any(|unit| kind(unit) == NAL_IDR)
}

/// Small units that come first, such as parameter sets, in one STAP-A; others alone or in FU-A; no delimiter.
pub(crate) fn payloads(access_unit: &[u8], payloads: &mut Vec<Vec<u8>>) {
    const SMALL: usize = 256;
    let mut together = vec![NRI | STAP_A];
    for unit in units(access_unit).filter(|unit| kind(unit) != NAL_DELIMITER) {
        if unit.len() <= SMALL && together.len() + 2 + unit.len() <= PAYLOAD_LEN_MAX && payloads.is_empty() {
            together.extend((unit.len() as u16).to_be_bytes());
            together.extend_from_slice(unit);
            continue;
        }
        if together.len() > 1 {
            payloads.push(std::mem::replace(&mut together, vec![NRI | STAP_A]));
        }
        if unit.len() <= PAYLOAD_LEN_MAX {
            payloads.push(unit.to_vec());
            continue;
        }
        let chunks = unit[1..].chunks(PAYLOAD_LEN_MAX - 2);
        let last = chunks.len() - 1;
        for (index, chunk) in chunks.enumerate() {
            let flags = u8::from(index == 0) << 7 | u8::from(index == last) << 6;
            payloads.push([&[unit[0] & NRI | FU_A, flags | kind(unit)], chunk].concat());
        }
    }
    if together.len() > 1 {
        payloads.push(together);
    }
}

fn kind(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |head| head & 0x1f)
}

/// NAL units, which are never empty, without start codes and the zeros around them.
fn units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        loop {
            let begin = rest.windows(3).position(|window| window == [0, 0, 1])? + 3;
            let after = &rest[begin..];
            let end = after.windows(3).position(|window| matches!(window, [0, 0, 0 | 1])).unwrap_or(after.len());
            rest = &after[end..];
            if end > 0 {
                return Some(&after[..end]);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_units_are_cut_at_delimiters_and_into_payloads() {
        let slice: Vec<u8> = [&[0x65][..], &[7; 2500]].concat();
        let key = [&b"\0\0\0\x01\x09\x10\0\0\0\x01\x67abc\0\0\x01\x68d\0\0\0\x01"[..], &slice].concat();
        let delta = b"\0\0\0\x01\x09\x30\0\0\x01\x41slice";
        let file = [&key[..], delta].concat();
        assert!(is_annexb(&file) && !is_annexb(b"DKIF") && !is_annexb(&key[6..]));
        let frames = access_units(&file);
        assert_eq!(frames.iter().map(|frame| is_keyframe(frame)).collect::<Vec<_>>(), [true, false]);
        let mut found = Vec::new();
        payloads(&frames[0], &mut found);
        assert_eq!(found[0], b"\x78\0\x04\x67abc\0\x02\x68d");
        let heads: Vec<_> = found[1..].iter().map(|payload| (payload[0], payload[1], payload.len())).collect();
        assert_eq!(heads, [(0x7c, 0x85, 1041), (0x7c, 0x05, 1041), (0x7c, 0x45, 424)]);
        found.clear();
        payloads(&frames[1], &mut found);
        assert_eq!(found, [b"\x78\0\x06\x41slice"]);
    }
}
