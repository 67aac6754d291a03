//! Payload descriptors of every codec, and the dependency descriptor against its structures.

use lectern_wire::codec::dependency_descriptor::{Descriptor, Structure};
use lectern_wire::codec::{av1, h264, vp8, vp9};

use crate::input::Input;

pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    match input.u8() % 5 {
        0 => read_vp8(input.rest()),
        1 => read_vp9(input.rest()),
        2 => {
            let _ = h264::Descriptor::parse(input.rest());
        }
        3 => {
            let _ = av1::AggregationHeader::parse(input.rest());
        }
        _ => read_dependencies(&mut input),
    }
}

/// What is written anew says what was read, but for the numbers that were replaced.
fn read_vp8(payload: &[u8]) {
    let Some(read) = vp8::Descriptor::parse(payload) else { return };
    assert!(read.len < payload.len());
    let (mut written, rewrite) = read.write();
    rewrite.apply(&mut written, 0x7FFF, read.tl0_picture_index.unwrap_or(0), read.key_index.unwrap_or(0));
    let written = [&written[..], &payload[read.len..]].concat();
    let again = vp8::Descriptor::parse(&written).expect("own descriptors are well formed");
    let mut expected = read;
    expected.picture_id = read.picture_id.map(|_| vp8::PictureId::Long(0x7FFF));
    expected.len = again.len;
    assert_eq!(again, expected);
}

fn read_vp9(payload: &[u8]) {
    let Some(read) = vp9::Descriptor::parse(payload) else { return };
    assert!(read.prefix_len < payload.len() && read.spatial < 8 && read.temporal < 8);
    let (mut written, rewrite) = read.write();
    rewrite.apply(&mut written, 0x1234, 7);
    let written = [&written[..], &payload[read.prefix_len..]].concat();
    let again = vp9::Descriptor::parse(&written).expect("own descriptors are well formed");
    assert_eq!((again.start, again.end, again.keyframe()), (read.start, read.end, read.keyframe()));
    assert_eq!((again.spatial, again.temporal), (read.spatial, read.temporal));
    assert_eq!(again.picture_id, read.picture_id.map(|_| 0x1234));
    assert_eq!(again.tl0_picture_index, read.tl0_picture_index.map(|_| 7));
    assert_eq!((again.resolutions, again.spatial_layers), (read.resolutions, read.spatial_layers));
}

/// One descriptor after the other, as a stream brings them.
fn read_dependencies(input: &mut Input<'_>) {
    let mut current: Option<Box<Structure>> = None;
    while !input.is_empty() {
        let bytes = input.short();
        let Some(read) = Descriptor::parse(bytes, current.as_deref()) else { continue };
        if let Some(structure) = read.structure {
            assert!((1..=4).contains(&structure.spatial_layers()) && (1..=8).contains(&structure.temporal_layers()));
            current = Some(structure);
        }
        let governing = current.as_ref().expect("a descriptor is read against a structure");
        assert!(read.spatial < governing.spatial_layers() && read.temporal < governing.temporal_layers());
    }
}
