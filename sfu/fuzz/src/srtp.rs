//! What an attacker on the path does to SRTP and SRTCP: changes, repeats, cuts, reorders, and makes packets up.

use lectern_wire::srtp::{MasterKey, Opener, Profile, Sealer, SourceLimits, SrtpError};

use crate::input::Input;

const LIMITS: SourceLimits = SourceLimits { rtp: 3, rtcp: 2 };

pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let profile = Profile::ALL[input.index(Profile::ALL.len())];
    let master =
        MasterKey::new(profile, &vec![7; profile.key_len()], &vec![9; profile.salt_len()]).expect("lengths fit");
    let mut pair =
        Pair { sealer: Sealer::new(&master), opener: Opener::new(&master, LIMITS), highest: [None; 4], ahead: [0; 4] };
    while !input.is_empty() {
        match input.u8() % 4 {
            0 => pair.noise(&mut input),
            1 => pair.rtp(&mut input),
            2 => pair.rtcp(&mut input),
            // Far ahead, so that the rollover counter comes into play.
            _ => {
                let source = input.index(4);
                pair.ahead[source] = u64::from(input.u16() >> 2);
            }
        }
    }
}

struct Pair {
    sealer: Sealer,
    opener: Opener,
    /// Of each source, the highest index opened.
    highest: [Option<u64>; 4],
    /// Of each source, how many packets are lost before the next one; less than half of the sequence numbers.
    ahead: [u64; 4],
}

impl Pair {
    fn noise(&mut self, input: &mut Input<'_>) {
        let noise = input.short();
        // Nobody without the keys makes anything that opens.
        assert!(self.opener.open_rtp(&mut noise.to_vec()).is_err());
        assert!(self.opener.open_rtcp(&mut noise.to_vec()).is_err());
    }

    fn rtp(&mut self, input: &mut Input<'_>) {
        let source = input.index(4);
        let step = i64::from(input.u8().cast_signed());
        let index = match self.highest[source] {
            Some(highest) => highest.saturating_add_signed(step) + std::mem::take(&mut self.ahead[source]),
            None => u64::from(input.u16() >> 1),
        };
        let mut plain = vec![0x80, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, source as u8];
        plain[2..4].copy_from_slice(&(index as u16).to_be_bytes());
        plain.extend(input.short());
        let mut packet = plain.clone();
        packet.resize(plain.len() + self.sealer.profile().rtp_overhead(), 0);
        let sealed = self.sealer.seal_rtp(index, &mut packet, 12, plain.len());
        assert_eq!(sealed, Some(packet.len()));

        let change = self.change(input, &packet);
        assert!(change.is_none_or(|mut changed| self.opener.open_rtp(&mut changed).is_err()));
        let mut opened = packet.clone();
        match self.opener.open_rtp(&mut opened) {
            Ok(found) => {
                assert_eq!((found.index, found.ssrc, found.len), (index, source as u32, plain.len()));
                assert_eq!(opened[..found.len], plain);
                self.highest[source] = self.highest[source].max(Some(index));
            }
            Err(error) => assert!(
                matches!(error, SrtpError::Replayed | SrtpError::TooOld | SrtpError::SourceLimit),
                "an authentic packet is refused as {error:?}"
            ),
        }
        assert!(self.opener.open_rtp(&mut packet).is_err(), "nothing opens twice");
    }

    fn rtcp(&mut self, input: &mut Input<'_>) {
        let mut plain = vec![0x80, 201, 0, 1, 0, 0, 0, input.u8() & 3];
        plain.extend(input.short());
        let mut packet = plain.clone();
        packet.resize(plain.len() + self.sealer.profile().rtcp_overhead(), 0);
        assert_eq!(self.sealer.seal_rtcp(&mut packet, plain.len()), Some(packet.len()));

        let change = self.change(input, &packet);
        assert!(change.is_none_or(|mut changed| self.opener.open_rtcp(&mut changed).is_err()));
        let mut opened = packet.clone();
        match self.opener.open_rtcp(&mut opened) {
            Ok(len) => assert_eq!(opened[..len], plain),
            Err(error) => assert_eq!(error, SrtpError::SourceLimit),
        }
        assert!(self.opener.open_rtcp(&mut packet).is_err(), "nothing opens twice");
    }

    /// The packet cut short or with one byte changed, if the input says so.
    fn change(&self, input: &mut Input<'_>, packet: &[u8]) -> Option<Vec<u8>> {
        let mut changed = packet.to_vec();
        match input.u8() & 3 {
            0 => return None,
            1 => changed.truncate(input.index(packet.len())),
            _ => changed[input.index(packet.len().min(256))] ^= input.u8().max(1),
        }
        Some(changed)
    }
}
