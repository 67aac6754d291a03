//! A viewer on this worker: its slots, and what its reports say.

use std::time::{Duration, Instant};

use arrayvec::ArrayVec;
use lectern_wire::rtcp::{SenderInfo, Writer, ntp_from_duration, ntp_middle};

use crate::media::packet::SenderReport;
use crate::media::rendition_table::RenditionTable;
use crate::media::slot_state::{SlotState, clock_hz, ticks};
use crate::media::{MediaLimits, ViewerKey};
use crate::session::{MediaKind, Source, ViewerSpec};

/// Slots of one viewer; the HTTP edge allows fewer.
pub(crate) const SLOTS_MAX: usize = 16;
/// Reports that one compound packet carries.
const REPORT_LEN_MAX: usize = 28 * SLOTS_MAX + 64;

pub(crate) struct Viewer {
    pub(crate) key: ViewerKey,
    pub(crate) ready: bool,
    /// Its voice slots are not fed from this source.
    pub(crate) left_out: Option<Source>,
    /// Video first: its train leaves before the shorter audio packets, which may ride behind it.
    pub(crate) slots: Box<[SlotState]>,
    last_report: Option<(u32, Instant)>,
    pub(crate) rtt: Option<Duration>,
    resends: u32,
    resends_since: Instant,
}

impl Viewer {
    /// `random` gives each slot its first numbers.
    pub(crate) fn new(now: Instant, key: ViewerKey, spec: &ViewerSpec, mut random: impl FnMut() -> u64) -> Self {
        let mut slots: ArrayVec<SlotState, SLOTS_MAX> =
            spec.slots.iter().take(SLOTS_MAX).map(|slot| SlotState::new(slot, random())).collect();
        slots.sort_by_key(|slot| slot.kind() != MediaKind::Video);
        Self {
            key,
            ready: false,
            left_out: None,
            slots: slots.into_iter().collect(),
            last_report: None,
            rtt: None,
            resends: 0,
            resends_since: now,
        }
    }

    /// Whether one more retransmission is within the viewer's budget.
    pub(crate) fn spend_resend(&mut self, now: Instant, limits: &MediaLimits) -> bool {
        if now.saturating_duration_since(self.resends_since) >= Duration::from_secs(1) {
            (self.resends, self.resends_since) = (0, now);
        }
        self.resends += 1;
        self.resends <= limits.resends_per_second
    }

    /// A receiver report came; `last` and `delay` are its LSR and DLSR (RFC 3550 section 6.4.1).
    pub(crate) fn note_report(&mut self, now: Instant, last: u32, delay: u32) {
        let Some((_, sent_at)) = self.last_report.filter(|(sent, _)| *sent == last) else { return };
        let delay = Duration::from_micros(u64::from(delay) * 1_000_000 / 65_536);
        self.rtt = now.saturating_duration_since(sent_at).checked_sub(delay).or(self.rtt);
    }

    /// A compound of sender reports for all slots that show something whose publisher's clock is known.
    pub(crate) fn write_report(
        &mut self,
        now: Instant,
        table: &RenditionTable,
        cname: &str,
        report_of: impl Fn(&SlotState) -> Option<SenderReport>,
    ) -> Option<Box<[u8]>> {
        let mut buffer = [0; REPORT_LEN_MAX];
        let mut writer = Writer::new(&mut buffer);
        let mut named = None;
        for slot in &self.slots {
            let (Some(current), Some(report)) = (&slot.current, report_of(slot)) else { continue };
            // Told as of now, on the publisher's clock: a report describes the moment at which it is sent.
            let since = now.saturating_duration_since(report.arrival);
            let (packets, octets) = slot.sent(table);
            let info = SenderInfo {
                ntp: report.ntp.wrapping_add(ntp_from_duration(since)),
                rtp: report
                    .rtp
                    .wrapping_add(ticks(since, clock_hz(slot.kind())))
                    .wrapping_add(current.offsets.timestamp),
                packets,
                octets,
            };
            writer.sender_report(slot.ssrc, &info, &[]);
            self.last_report = Some((ntp_middle(info.ntp), now));
            named = named.or(Some(slot.ssrc));
        }
        writer.cname(named?, cname);
        for slot in self.slots.iter().filter(|slot| slot.current.is_some() && Some(slot.ssrc) != named) {
            writer.cname(slot.ssrc, cname);
        }
        Some(writer.bytes().into())
    }
}
