//! RTCP (RFC 3550 section 6): reading and writing compound packets.
//!
//! Sender and receiver reports, SDES (CNAME), BYE, generic NACK and PLI (RFC 4585), FIR (RFC 5104), REMB
//! (draft-alvestrand-rmcat-remb-03) and transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
//! Reduced-size RTCP (RFC 5506) is read as well. The reader borrows, allocates nothing and never panics.

mod read;
mod transport_feedback;
mod write;

pub use read::{Compound, Entries, FirEntry, Nack, Packet, ReportBlock, SenderInfo};
pub use transport_feedback::{Arrivals, FeedbackEntry, TransportFeedback};
pub use write::Writer;

pub(crate) const TYPE_SR: u8 = 200;
pub(crate) const TYPE_RR: u8 = 201;
pub(crate) const TYPE_SDES: u8 = 202;
pub(crate) const TYPE_BYE: u8 = 203;
pub(crate) const TYPE_TRANSPORT: u8 = 205;
pub(crate) const TYPE_PAYLOAD: u8 = 206;

pub(crate) const FORMAT_NACK: u8 = 1;
pub(crate) const FORMAT_TRANSPORT_CC: u8 = 15;
pub(crate) const FORMAT_PLI: u8 = 1;
pub(crate) const FORMAT_FIR: u8 = 4;
pub(crate) const FORMAT_AFB: u8 = 15;

/// Seconds between 1900 (NTP) and 1970.
const NTP_UNIX_OFFSET_S: u64 = 2_208_988_800;

/// A time since 1970 in NTP format, 32.32 bits (RFC 3550 section 4).
#[must_use]
pub fn ntp_from_unix(since_1970: std::time::Duration) -> u64 {
    ntp_from_duration(since_1970).wrapping_add(NTP_UNIX_OFFSET_S << 32)
}

/// A duration in NTP format, 32.32 bits; wraps after 136 years.
#[must_use]
pub fn ntp_from_duration(duration: std::time::Duration) -> u64 {
    (duration.as_secs() << 32) | ((u64::from(duration.subsec_nanos()) << 32) / 1_000_000_000)
}

/// The middle 32 bits of an NTP timestamp, in units of 1/65536 s, as LSR and DLSR use them.
#[must_use]
pub const fn ntp_middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}
