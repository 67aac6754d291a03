//! The init segment: what a decoder is set up with (ISO/IEC 23000-19 section 7.3.1).

use bytes::Bytes;

use super::TRACK;
use super::boxes::{halves, put, put_full, words};
use crate::format::{Format, Geometry, Shape};

/// The unity matrix of `mvhd` and `tkhd`.
const MATRIX: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/// "und": undetermined, in three times five bits.
const LANGUAGE: u16 = 0x55C4;

/// Writes the init segment of a track.
#[must_use]
pub fn init_segment(format: &Format) -> Bytes {
    init_segment_shown(format, Geometry::default())
}

/// The same, of a picture that is shown in a way of its own.
#[must_use]
pub fn init_segment_shown(format: &Format, geometry: Geometry) -> Bytes {
    let mut out = Vec::with_capacity(1024);
    put(&mut out, b"ftyp", |out| {
        out.extend_from_slice(b"iso6\0\0\0\0iso6cmfc");
    });
    put(&mut out, b"moov", |out| {
        put_full(out, b"mvhd", 0, 0, |out| {
            words(out, &[0, 0, format.timescale(), 0, 0x1_0000]);
            halves(out, &[0x0100, 0]);
            words(out, &[0, 0]);
            words(out, &MATRIX);
            words(out, &[0; 6]);
            words(out, &[TRACK + 1]);
        });
        put(out, b"trak", |out| track(out, format, geometry));
        put(out, b"mvex", |out| {
            put_full(out, b"trex", 0, 0, |out| words(out, &[TRACK, 1, 0, 0, 0]));
        });
    });
    out.into()
}

fn track(out: &mut Vec<u8>, format: &Format, geometry: Geometry) {
    // Flags: enabled, in the movie, in its preview.
    put_full(out, b"tkhd", 0, 7, |out| {
        words(out, &[0, 0, TRACK, 0, 0, 0, 0]);
        let (volume, width, height) = match format.shape {
            Shape::Video { width, height } => (0, width, height),
            Shape::Audio { .. } => (0x0100, 0, 0),
        };
        halves(out, &[0, 0, volume, 0]);
        words(out, &matrix(geometry.quarter_turns, width, height));
        words(out, &[u32::from(width) << 16, u32::from(height) << 16]);
    });
    put(out, b"mdia", |out| {
        put_full(out, b"mdhd", 0, 0, |out| {
            words(out, &[0, 0, format.timescale(), 0]);
            halves(out, &[LANGUAGE, 0]);
        });
        let video = matches!(format.shape, Shape::Video { .. });
        put_full(out, b"hdlr", 0, 0, |out| {
            words(out, &[0]);
            out.extend_from_slice(if video { b"vide" } else { b"soun" });
            words(out, &[0; 3]);
            out.extend_from_slice(if video { b"VideoHandler\0" } else { b"SoundHandler\0" });
        });
        put(out, b"minf", |out| {
            if video {
                put_full(out, b"vmhd", 0, 1, |out| halves(out, &[0; 4]));
            } else {
                put_full(out, b"smhd", 0, 0, |out| halves(out, &[0; 2]));
            }
            put(out, b"dinf", |out| {
                put_full(out, b"dref", 0, 0, |out| {
                    words(out, &[1]);
                    // Flag 1: the media is in this file.
                    put_full(out, b"url ", 0, 1, |_| {});
                });
            });
            put(out, b"stbl", |out| {
                put_full(out, b"stsd", 0, 0, |out| {
                    words(out, &[1]);
                    put(out, &format.entry, |out| entry(out, format, geometry));
                });
                put_full(out, b"stts", 0, 0, |out| words(out, &[0]));
                put_full(out, b"stsc", 0, 0, |out| words(out, &[0]));
                put_full(out, b"stsz", 0, 0, |out| words(out, &[0, 0]));
                put_full(out, b"stco", 0, 0, |out| words(out, &[0]));
            });
        });
    });
}

/// Turns clockwise, and moves the picture back to where it was (ISO/IEC 14496-12 section 8.3.2).
fn matrix(quarter_turns: u8, width: u16, height: u16) -> [u32; 9] {
    let (width, height) = (u32::from(width) << 16, u32::from(height) << 16);
    const ONE: u32 = 0x1_0000;
    const MINUS: u32 = 0xFFFF_0000;
    match quarter_turns {
        1 => [0, ONE, 0, MINUS, 0, 0, height, 0, MATRIX[8]],
        2 => [MINUS, 0, 0, 0, MINUS, 0, width, height, MATRIX[8]],
        3 => [0, MINUS, 0, ONE, 0, 0, 0, width, MATRIX[8]],
        _ => MATRIX,
    }
}

/// The sample entry (ISO/IEC 14496-12 sections 12.1.3 and 12.2.3).
fn entry(out: &mut Vec<u8>, format: &Format, geometry: Geometry) {
    halves(out, &[0, 0, 0, 1]);
    match format.shape {
        Shape::Video { width, height } => {
            words(out, &[0; 4]);
            halves(out, &[width, height]);
            // 72 dpi.
            words(out, &[0x48_0000, 0x48_0000, 0]);
            halves(out, &[1]);
            out.extend([0; 32]);
            halves(out, &[0x18, 0xFFFF]);
        }
        Shape::Audio { channels, sample_rate } => {
            words(out, &[0, 0]);
            halves(out, &[u16::from(channels), 16, 0, 0]);
            // 16.16; 96 kHz and more do not fit, and decoders look into the configuration.
            words(out, &[u16::try_from(sample_rate).map_or(0, |rate| u32::from(rate) << 16)]);
        }
    }
    let (kind, payload) = &format.configuration;
    put(out, kind, |out| out.extend_from_slice(payload));
    if matches!(format.shape, Shape::Video { .. }) {
        let (across, down) = geometry.pixel_aspect;
        put(out, b"pasp", |out| words(out, &[across, down]));
    }
}
