//! What happens, and what must be true afterwards.

use lectern_sfu::command::LayerInfo;
use lectern_sfu::drop_reason::DropReason;
use lectern_sfu::media::Output;
use lectern_sfu::session::{Codec, LayerSelection, Source};

use crate::receiver::{cap, full_spec, plain_spec};
use crate::sender::{Sender, Shape};
use crate::truth::Random;
use crate::world::{LOSSY, PERFECT, REORDERING, World};

const VP8: Codec = Codec::Vp8;
const VP9: Codec = Codec::Vp9 { profile: 0 };
const H264: Codec = Codec::H264 { profile: 0x42E0 };
const AV1: Codec = Codec::Av1 { profile: 0 };
const ALL: [Codec; 4] = [VP8, VP9, H264, AV1];

const SIMULCAST: Shape = Shape { codec: VP8, encodings: 3, spatial: 1, temporal: 3 };
const SHAPES: [Shape; 6] = [
    Shape { codec: VP8, encodings: 1, spatial: 1, temporal: 1 },
    SIMULCAST,
    Shape { codec: VP9, encodings: 1, spatial: 3, temporal: 3 },
    Shape { codec: H264, encodings: 3, spatial: 1, temporal: 1 },
    Shape { codec: AV1, encodings: 1, spatial: 1, temporal: 3 },
    Shape { codec: AV1, encodings: 3, spatial: 1, temporal: 2 },
];

/// Runs a scenario with many seeds, or with the one that is asked for.
fn with_seeds(count: u64, scenario: impl Fn(u64)) {
    let asked = std::env::var("LECTERN_SIM_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = asked.map_or_else(|| (1..=count).collect(), |seed: u64| vec![seed]);
    for seed in seeds {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| scenario(seed)));
        if let Err(panic) = result {
            eprintln!("failed with seed {seed}; run again with LECTERN_SIM_SEED={seed}");
            std::panic::resume_unwind(panic);
        }
    }
}

fn slot_layers(world: &World, viewer: u32, mid: &str) -> Vec<Option<LayerInfo>> {
    let of_it = |output: &Output| match output {
        Output::SlotLayer { viewer: key, mid: found, layer } if key.0 == viewer && found.as_str() == mid => {
            Some(*layer)
        }
        _ => None,
    };
    world.outputs.iter().filter_map(of_it).collect()
}

#[test]
fn everybody_sees_and_hears_everything_on_a_perfect_network() {
    with_seeds(4, |seed| {
        for shape in SHAPES {
            let mut world = World::new(seed);
            world.publish(Sender::new(1, Source::Camera, shape, seed));
            for viewer in 1..=6 {
                world.watch((viewer % 2) as usize, viewer, &full_spec(viewer, &ALL));
            }
            world.run(4_000);
            world.drain(500);
            for viewer in 1..=6 {
                let video = world.viewer(viewer).slot("1");
                assert!(video.decoder.frames >= 80 * u64::from(shape.spatial), "{shape:?}: {}", video.decoder.frames);
                assert_eq!((video.given_up, video.recovered, video.blanks), (0, 0, 0), "{shape:?}");
                assert_eq!(video.decoder.newest_of, Some((1, shape.encodings - 1)), "{shape:?}");
                assert!(world.viewer(viewer).slot("0").decoder.frames >= 190);
                assert!(video.decoder.reports >= 1 && world.viewer(viewer).slot("0").decoder.reports >= 1);
            }
            let sender = &world.publishers[&1];
            // One for each encoding at the start, and what the others' joining needed.
            assert!(sender.keyframe_requests <= 12, "{shape:?}: {}", sender.keyframe_requests);
            assert!(sender.feedback_packets > 150, "{}", sender.feedback_packets);
        }
    });
}

#[test]
fn loss_and_reordering_are_repaired_on_both_sides() {
    with_seeds(12, |seed| {
        for shape in SHAPES {
            let mut world = World::new(seed);
            (world.uplink, world.downlink) = if seed % 2 == 0 { (REORDERING, LOSSY) } else { (LOSSY, REORDERING) };
            world.publish(Sender::new(1, Source::Camera, shape, seed));
            for viewer in 1..=4 {
                world.watch((viewer % 2) as usize, viewer, &full_spec(viewer, &ALL));
            }
            world.run(5_000);
            (world.uplink, world.downlink) = (PERFECT, PERFECT);
            world.drain(1_500);
            for viewer in 1..=4 {
                let video = world.viewer(viewer).slot("1");
                assert!(video.decoder.frames > 50, "{shape:?}: {} frames", video.decoder.frames);
                let share = video.given_up as f64 / video.received as f64;
                assert!(share < 0.01, "{shape:?}: gave up {} of {}", video.given_up, video.received);
            }
        }
    });
}

#[test]
fn layers_are_switched_as_viewers_wish() {
    with_seeds(12, |seed| {
        for shape in SHAPES {
            let mut world = World::new(seed);
            if seed % 3 != 0 {
                (world.uplink, world.downlink) = if seed % 3 == 1 { (REORDERING, LOSSY) } else { (LOSSY, LOSSY) };
            }
            world.publish(Sender::new(1, Source::Camera, shape, seed));
            for viewer in 1..=4 {
                world.watch((viewer % 2) as usize, viewer, &full_spec(viewer, &ALL));
            }
            let mut random = Random(seed);
            for _ in 0..25 {
                world.run(150 + random.below(500));
                let viewer = 1 + random.below(3) as u32;
                let option = |n: u64| (n < 3).then_some(n as u8);
                let mut selection = cap(option(random.below(4)), option(random.below(4)));
                selection.paused = random.chance(150);
                world.select(viewer, "1", selection);
            }
            (world.uplink, world.downlink) = (PERFECT, PERFECT);
            for viewer in 1..=3 {
                world.select(viewer, "1", LayerSelection::default());
            }
            world.run(3_000);
            for viewer in 1..=4 {
                let video = world.viewer(viewer).slot("1");
                assert_eq!(video.decoder.newest_of, Some((1, shape.encodings - 1)), "{shape:?}");
                assert!(world.now_us - video.decoder.last_frame_us < 200_000, "{shape:?}: the picture stands still");
            }
        }
    });
}

#[test]
fn temporal_and_spatial_caps_are_kept() {
    with_seeds(3, |seed| {
        for shape in SHAPES {
            let mut world = World::new(seed);
            world.publish(Sender::new(1, Source::Camera, shape, seed));
            for viewer in 1..=3 {
                world.watch(0, viewer, &full_spec(viewer, &ALL));
            }
            world.run(2_000);
            world.select(1, "1", cap(None, Some(0)));
            world.select(2, "1", cap(Some(0), None));
            world.select(3, "1", LayerSelection { paused: true, ..Default::default() });
            world.run(1_500);
            let before: Vec<_> = (1..=3).map(|v| counts(&world, v)).collect();
            world.run(2_000);
            let after: Vec<_> = (1..=3).map(|v| counts(&world, v)).collect();
            assert_eq!(before[0].0[1..], after[0].0[1..], "{shape:?}: temporal layers above the cap");
            assert!(after[0].0[0] > before[0].0[0], "{shape:?}: the base layer goes on");
            assert_eq!(before[1].1[1..], after[1].1[1..], "{shape:?}: spatial layers above the cap");
            assert!(after[1].1[0] > before[1].1[0]);
            assert_eq!(world.viewer(2).slot("1").decoder.newest_of, Some((1, 0)), "{shape:?}");
            assert_eq!(before[2], after[2], "{shape:?}: paused");
            assert_eq!(slot_layers(&world, 3, "1").last(), Some(&None));
            // Up again: temporal layers without a keyframe.
            let keyframes = world.viewer(1).slot("1").decoder.keyframes;
            world.select(1, "1", LayerSelection::default());
            world.run(1_000);
            assert_eq!(world.viewer(1).slot("1").decoder.keyframes, keyframes);
            if shape.temporal > 1 {
                let top = usize::from(shape.temporal - 1);
                assert!(counts(&world, 1).0[top] > after[0].0[top], "{shape:?}: the temporal layers are back");
            }
        }
    });
}

fn counts(world: &World, viewer: u32) -> ([u64; 3], [u64; 3]) {
    let decoder = &world.viewer(viewer).slot("1").decoder;
    (decoder.by_temporal, decoder.by_spatial)
}

#[test]
fn a_layer_that_falls_silent_is_replaced_by_the_next_lower() {
    with_seeds(3, |seed| {
        let mut world = World::new(seed);
        world.publish(Sender::new(1, Source::Camera, SIMULCAST, seed));
        world.watch(1, 1, &full_spec(1, &ALL));
        world.run(2_000);
        world.publishers.get_mut(&1).unwrap().paused_layers = vec![2];
        world.run(3_000);
        assert_eq!(world.viewer(1).slot("1").decoder.newest_of, Some((1, 1)));
        world.publishers.get_mut(&1).unwrap().paused_layers = vec![];
        world.run(2_000);
        assert_eq!(world.viewer(1).slot("1").decoder.newest_of, Some((1, 2)));
        let layers = slot_layers(&world, 1, "1");
        assert!(layers.iter().flatten().any(|l| l.spatial == 1), "{layers:?}");
    });
}

#[test]
fn a_publisher_that_comes_back_replaces_itself() {
    with_seeds(6, |seed| {
        for shape in SHAPES {
            let mut world = World::new(seed);
            if seed % 2 == 0 {
                (world.uplink, world.downlink) = (REORDERING, LOSSY);
            }
            world.publish(Sender::new(1, Source::Camera, shape, seed));
            for viewer in 1..=4 {
                world.watch((viewer % 2) as usize, viewer, &full_spec(viewer, &ALL));
            }
            world.run(2_000);
            world.publish(Sender::new(2, Source::Camera, shape, seed + 77));
            world.run(2_500);
            let replaced = |o: &&Output| matches!(o, Output::PublisherReplaced { publisher } if publisher.0 == 1);
            assert_eq!(world.outputs.iter().filter(replaced).count(), 1);
            for viewer in 1..=4 {
                let video = world.viewer(viewer).slot("1");
                assert_eq!(video.decoder.newest_of, Some((2, shape.encodings - 1)), "{shape:?}");
                assert!(world.now_us - world.viewer(viewer).slot("0").decoder.last_frame_us < 100_000);
            }
            // The end of the old session says nothing about the new one.
            world.unpublish(1);
            world.run(500);
            assert!(world.now_us - world.viewer(1).slot("1").decoder.last_frame_us < 100_000);
        }
    });
}

#[test]
fn a_change_of_codec_is_followed_by_those_who_know_it() {
    with_seeds(3, |seed| {
        let mut world = World::new(seed);
        world.publish(Sender::new(1, Source::Camera, SHAPES[0], seed));
        world.watch(0, 1, &full_spec(1, &ALL));
        world.watch(1, 2, &full_spec(2, &[VP8]));
        world.run(1_500);
        world.publish(Sender::new(2, Source::Camera, SHAPES[2], seed + 5));
        world.run(2_000);
        assert_eq!(world.viewer(1).slot("1").decoder.newest_of, Some((2, 0)));
        assert_eq!(world.viewer(2).slot("1").decoder.newest_of, Some((1, 0)));
        assert_eq!(slot_layers(&world, 2, "1").last(), Some(&None));
        assert!(slot_layers(&world, 1, "1").last().unwrap().is_some());
    });
}

#[test]
fn the_main_slot_follows_the_screen() {
    with_seeds(4, |seed| {
        let mut world = World::new(seed);
        world.downlink = if seed % 2 == 0 { LOSSY } else { PERFECT };
        world.publish(Sender::new(1, Source::Camera, SIMULCAST, seed));
        world.watch(1, 1, &plain_spec(1, &ALL));
        world.run(1_500);
        assert_eq!(world.viewer(1).slot("1").decoder.newest_of.map(|of| of.0), Some(1));
        world.publish(Sender::new(2, Source::Screen, SHAPES[2], seed + 9));
        world.run(2_000);
        assert_eq!(world.viewer(1).slot("1").decoder.newest_of.map(|of| of.0), Some(2));
        world.unpublish(2);
        world.run(2_000);
        assert_eq!(world.viewer(1).slot("1").decoder.newest_of.map(|of| of.0), Some(1));
    });
}

#[test]
fn a_thousand_joins_cost_two_keyframe_requests_a_second() {
    with_seeds(1, |seed| {
        let mut world = World::new(seed);
        world.publish(Sender::new(1, Source::Camera, SHAPES[0], seed));
        world.run(1_000);
        let before = world.publishers[&1].keyframe_requests;
        for viewer in 1..=400 {
            world.watch((viewer % 2) as usize, viewer, &full_spec(viewer, &[VP8]));
            if viewer % 2 == 0 {
                world.run(5);
            }
        }
        world.run(1_000);
        let requests = world.publishers[&1].keyframe_requests - before;
        assert!(requests <= 6, "{requests} requests in 2 s");
        for viewer in 1..=400 {
            assert!(world.viewer(viewer).slot("1").decoder.frames > 0);
        }
    });
}

#[test]
fn every_packet_is_forwarded_or_counted() {
    with_seeds(4, |seed| {
        let mut world = World::new(seed);
        (world.uplink, world.downlink) = (LOSSY, LOSSY);
        world.uplink.loss_permille = 0;
        world.publish(Sender::new(1, Source::Camera, SIMULCAST, seed));
        world.watch(0, 1, &full_spec(1, &ALL));
        world.run(3_000);
        world.uplink = PERFECT;
        world.drain(200);
        let stats = world.rooms[0].stats().clone();
        let ingest: u64 = [
            DropReason::MediaDuplicate,
            DropReason::MediaTooLate,
            DropReason::MediaStray,
            DropReason::MediaUnknownStream,
            DropReason::MediaMalformed,
        ]
        .iter()
        .map(|reason| stats.dropped(*reason))
        .sum();
        let duplicated = stats.packets_in + ingest - world.upstream_sent;
        assert!(duplicated <= world.upstream_sent / 30, "{stats:?} of {}", world.upstream_sent);
        // Of what came in, all was sent to the one viewer, watched by nobody, or waited for.
        let accounted = stats.packets_out - stats.resends_out
            + stats.dropped(DropReason::NotWatched)
            + stats.dropped(DropReason::AwaitingKeyframe)
            + stats.dropped(DropReason::BeforeStart);
        assert!(accounted >= stats.packets_in, "{stats:?}");
    });
}

#[test]
fn viewers_come_and_go_in_any_order() {
    with_seeds(8, |seed| {
        let mut world = World::new(seed);
        world.downlink = LOSSY;
        let mut random = Random(seed ^ 0xABCD);
        let mut next = 10;
        world.publish(Sender::new(1, Source::Camera, SHAPES[(seed % 6) as usize], seed));
        for round in 0..60 {
            world.run(random.below(120));
            match random.below(4) {
                0 | 1 => {
                    world.watch(random.below(2) as usize, next, &full_spec(next, &ALL));
                    next += 1;
                }
                2 if !world.viewers.is_empty() => {
                    let leaving = *world.viewers.keys().nth(random.below(world.viewers.len() as u64) as usize).unwrap();
                    world.leave(leaving);
                }
                _ if round % 7 == 0 => {
                    let shape = SHAPES[random.below(6) as usize];
                    world.publish(Sender::new(100 + round, Source::Camera, shape, seed + u64::from(round)));
                }
                _ => {}
            }
        }
        world.run(2_500);
        let newest = *world.publishers.keys().max().unwrap();
        for (_, receiver) in world.viewers.values() {
            assert_eq!(receiver.slot("1").decoder.newest_of.map(|of| of.0), Some(newest));
        }
    });
}

#[test]
fn the_loudest_voices_are_heard_in_the_voice_slots() {
    with_seeds(2, |seed| {
        let mut world = World::new(seed);
        world.publish(Sender::new(1, Source::Camera, SHAPES[0], seed));
        world.watch(1, 1, &full_spec(1, &ALL));
        for n in 1..=5u8 {
            let mut student = Sender::new(10 + u32::from(n), Source::Stage(n), SHAPES[0], seed + u64::from(n));
            student.audio_level = if n == 4 { 20 } else { 100 };
            world.publish(student);
        }
        world.run(3_000);
        let voices = world.outputs.iter().rev().find_map(|output| match output {
            Output::Voices { sources } => Some(sources.clone()),
            _ => None,
        });
        assert!(voices.is_some_and(|voices| voices.contains(&Source::Stage(4))));
        assert!(world.viewer(1).slot("3").decoder.frames > 50);
        let speaks = |o: &Output| matches!(o, Output::Speaker { source: Some(Source::Stage(4)) });
        assert!(world.outputs.iter().any(speaks));
    });
}
