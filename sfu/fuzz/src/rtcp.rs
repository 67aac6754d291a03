//! Compound RTCP packets, and the feedback that is made of arrivals.

use std::time::Duration;

use lectern_wire::rtcp::{Arrivals, Compound, Nack, Packet, Writer};

use crate::input::Input;

/// A NACK names 17 packets in four bytes; nothing lists more per byte.
const ELEMENTS_PER_BYTE: usize = 5;

pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    if input.bool() {
        feedback_reports_what_came(&mut input);
    } else {
        read(input.rest());
    }
}

/// Reads everything there is; the work is bounded by the input's length.
pub(crate) fn read(bytes: &[u8]) {
    let mut elements = 0;
    for packet in Compound::new(bytes) {
        elements += 1;
        elements += match packet {
            Packet::SenderReport { reports, .. } | Packet::ReceiverReport { reports, .. } => reports.count(),
            Packet::Goodbye { ssrcs } | Packet::Remb { ssrcs, .. } => ssrcs.count(),
            Packet::Nack { missing, .. } => missing.flat_map(Nack::sequence_numbers).count(),
            Packet::Fir { entries } => entries.count(),
            Packet::TransportFeedback(feedback) => {
                let count = feedback.entries().count();
                assert!(count <= usize::from(feedback.count));
                // A chunk of two bytes may describe a run of 8,191 packets, so that bytes are no bound; the format's is.
                0
            }
            Packet::Pli { .. } | Packet::SourceDescription | Packet::Other => 0,
        };
    }
    assert!(elements <= ELEMENTS_PER_BYTE * bytes.len());
}

/// Whatever comes in whatever order, the feedback is well formed, ends, and names no packet that did not come.
fn feedback_reports_what_came(input: &mut Input<'_>) {
    let mut arrivals = Arrivals::default();
    let mut came = std::collections::HashSet::new();
    let mut sequence = input.u16();
    let mut at = Duration::from_millis(input.u32().into());
    while !input.is_empty() {
        let step = input.u8();
        sequence = match step & 3 {
            0 => sequence.wrapping_add(1),
            1 => sequence.wrapping_add_signed(i16::from(input.u8().cast_signed())),
            _ => sequence.wrapping_add(input.u16()),
        };
        at = match step >> 2 & 3 {
            0 => at + Duration::from_micros(input.u8().into()),
            1 => at + Duration::from_millis(input.u16().into()),
            2 => at.saturating_sub(Duration::from_millis(input.u8().into())),
            _ => at,
        };
        arrivals.record(sequence, at);
        came.insert(sequence);
        if step & 0x80 != 0 {
            drain(&mut arrivals, &came);
        }
    }
    drain(&mut arrivals, &came);
}

fn drain(arrivals: &mut Arrivals, came: &std::collections::HashSet<u16>) {
    let mut rounds = 0;
    while !arrivals.is_empty() {
        rounds += 1;
        assert!(rounds <= 4_096, "feedback does not end");
        let mut out = [0; 1_400];
        let mut writer = Writer::new(&mut out);
        assert!(arrivals.write(&mut writer, 1, 2), "feedback fits an empty datagram");
        let mut packets = Compound::new(writer.bytes());
        let Some(Packet::TransportFeedback(feedback)) = packets.next() else { panic!("own feedback is well formed") };
        let reported = feedback.entries().filter(|entry| entry.arrival_us.is_some());
        assert!(reported.inspect(|entry| assert!(came.contains(&entry.sequence))).count() > 0);
    }
}
