use super::cipher::{Cipher, Cm, Gcm};
use super::kdf::{Label, derive};
use super::*;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn master(profile: Profile) -> MasterKey {
    let bytes: Vec<u8> = (0..64).collect();
    MasterKey::new(profile, &bytes[..profile.key_len()], &bytes[40..40 + profile.salt_len()]).unwrap()
}

fn pair(profile: Profile) -> (Sealer, Opener) {
    (Sealer::new(&master(profile)), Opener::new(&master(profile), SourceLimits::default()))
}

/// A packet with one CSRC and a header extension: 24 bytes of header.
fn rtp(ssrc: u32, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x91, 96];
    packet.extend(sequence.to_be_bytes());
    packet.extend(7_000u32.to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend([1, 2, 3, 4]);
    packet.extend([0xBE, 0xDE, 0, 1, 0x10, 0xFF, 0, 0]);
    packet.extend(payload);
    packet
}

fn seal(sealer: &Sealer, index: u64, plain: &[u8]) -> Vec<u8> {
    let mut packet = plain.to_vec();
    packet.resize(plain.len() + 40, 0xAA);
    let len = sealer.seal_rtp(index, &mut packet, rtp_header_len(plain).unwrap(), plain.len()).unwrap();
    packet.truncate(len);
    packet
}

fn seal_rtcp(sealer: &mut Sealer, plain: &[u8]) -> Vec<u8> {
    let mut packet = plain.to_vec();
    packet.resize(plain.len() + 40, 0xAA);
    let len = sealer.seal_rtcp(&mut packet, plain.len()).unwrap();
    packet.truncate(len);
    packet
}

const REPORT: &[u8] = &[0x80, 201, 0, 3, 0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8];

#[test]
fn key_derivation_is_that_of_rfc_3711_appendix_b_3() {
    let master = MasterKey::new(
        Profile::AesCm128HmacSha1_80,
        &hex("E1F97A0D3E018BE0D64FA32C06DE4139"),
        &hex("0EC675AD498AFEEBB6960B3AABE6"),
    )
    .unwrap();
    let (mut key, mut salt, mut authentication) = ([0; 16], [0; 14], [0; 94]);
    derive(&master, Label::RtpEncryption, &mut key);
    derive(&master, Label::RtpSalt, &mut salt);
    derive(&master, Label::RtpAuthentication, &mut authentication);
    assert_eq!(key.to_vec(), hex("C61E7A93744F39EE10734AFE3FF7A087"));
    assert_eq!(salt.to_vec(), hex("30CBBC08863D8C85D49DB34A9AE1"));
    assert_eq!(
        authentication.to_vec(),
        hex("CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE E049646C43D9327AD175578EF7227098
             6371C10C9A369AC2F94A8C5FBCDDDC25 6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2")
    );
}

#[test]
fn key_stream_is_that_of_rfc_3711_appendix_b_2() {
    let salt: [u8; 14] = hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap();
    let cm = Cm::new(&hex("2B7E151628AED2A6ABF7158809CF4F3C"), &[0; 20], salt);
    let mut stream = [0; 48];
    cm.apply(0, 0, &mut stream).unwrap();
    assert_eq!(
        stream.to_vec(),
        hex("E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0")
    );
}

/// RFC 7714 gives session keys, not master keys.
fn gcm_pair(key: &[u8]) -> (Sealer, Opener) {
    let salt: [u8; 12] = hex("517569642070726f2071756f").try_into().unwrap();
    let cipher = || Cipher::Gcm(Gcm::new(key, salt));
    let profile = if key.len() == 16 { Profile::AeadAes128Gcm } else { Profile::AeadAes256Gcm };
    let (mut sealer, mut opener) = pair(profile);
    (sealer.rtp, sealer.rtcp) = (cipher(), cipher());
    (opener.rtp, opener.rtcp) = (cipher(), cipher());
    (sealer, opener)
}

#[test]
fn srtp_gcm_is_that_of_rfc_7714_section_16() {
    let plain = hex("8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070
                     61727465 73207472 6573");
    let cases = [
        (
            16,
            "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b
             36de3adf 8833 899d7f27 beb16a91 52cf765e e4390cce",
        ),
        (
            32,
            "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f
             1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
        ),
    ];
    for (key_len, sealed) in cases {
        let key: Vec<u8> = (0..key_len).collect();
        let (sealer, mut opener) = gcm_pair(&key);
        let mut packet = seal(&sealer, 0xf17b, &plain);
        assert_eq!(packet, hex(sealed));
        assert_eq!(opener.open_rtp(&mut packet).unwrap().len, plain.len());
        assert_eq!(packet[..plain.len()], plain);
    }
}

#[test]
fn srtcp_gcm_is_that_of_rfc_7714_section_17() {
    let plain = hex("81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef
                     deadbeef deadbeef deadbeef");
    let sealed = hex("81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda
                      4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4");
    let key: Vec<u8> = (0..16).collect();
    let (mut sealer, mut opener) = gcm_pair(&key);
    sealer.rtcp_index = 0x5d4;
    let mut packet = seal_rtcp(&mut sealer, &plain);
    assert_eq!(packet, sealed);
    assert_eq!(opener.open_rtcp(&mut packet).unwrap(), plain.len());
    assert_eq!(packet[..plain.len()], plain);
}

#[test]
fn packets_survive_the_round_trip_in_place_and_from_elsewhere() {
    for profile in Profile::ALL {
        let (mut sealer, mut opener) = pair(profile);
        for (sequence, len) in [0usize, 1, 15, 16, 17, 1_200].into_iter().enumerate() {
            let payload: Vec<u8> = (0..len).map(|byte| byte as u8).collect();
            let plain = rtp(5, sequence as u16, &payload);
            let sealed = seal(&sealer, sequence as u64, &plain);
            assert_eq!(sealed.len(), plain.len() + profile.rtp_overhead());
            assert_eq!(sealed[..24], plain[..24], "the header stays readable");

            let mut elsewhere = plain[..24].to_vec();
            elsewhere.resize(sealed.len(), 0);
            assert_eq!(sealer.seal_rtp_from(sequence as u64, &mut elsewhere, 24, &payload), Some(sealed.len()));
            assert_eq!(elsewhere, sealed);

            let mut packet = sealed;
            let opened = opener.open_rtp(&mut packet).unwrap();
            assert_eq!(opened, Opened { header_len: 24, len: plain.len(), ssrc: 5, index: sequence as u64 });
            assert_eq!(packet[..opened.len], plain);
        }
        for _ in 0..3 {
            let mut packet = seal_rtcp(&mut sealer, REPORT);
            assert_eq!(packet.len(), REPORT.len() + profile.rtcp_overhead());
            assert_ne!(packet[8..16], REPORT[8..]);
            assert_eq!(opener.open_rtcp(&mut packet), Ok(REPORT.len()));
            assert_eq!(packet[..REPORT.len()], *REPORT);
        }
    }
}

#[test]
fn tampered_and_cut_packets_are_refused_and_change_nothing() {
    for profile in Profile::ALL {
        let (mut sealer, mut opener) = pair(profile);
        let sealed = seal(&sealer, 9, &rtp(5, 9, b"picture"));
        let report = seal_rtcp(&mut sealer, REPORT);
        for bit in 0..sealed.len() * 8 {
            let mut packet = sealed.clone();
            packet[bit / 8] ^= 1 << (bit % 8);
            assert!(opener.open_rtp(&mut packet).is_err(), "{profile:?} bit {bit}");
        }
        for bit in 0..report.len() * 8 {
            let mut packet = report.clone();
            packet[bit / 8] ^= 1 << (bit % 8);
            assert!(opener.open_rtcp(&mut packet).is_err(), "{profile:?} bit {bit}");
        }
        for len in 0..sealed.len() {
            assert!(opener.open_rtp(&mut sealed[..len].to_vec()).is_err());
        }
        for len in 0..report.len() {
            assert!(opener.open_rtcp(&mut report[..len].to_vec()).is_err());
        }
        assert!(opener.rtp_sources.is_empty() && opener.rtcp_sources.is_empty());
        assert!(opener.open_rtp(&mut sealed.clone()).is_ok());
        assert!(opener.open_rtcp(&mut report.clone()).is_ok());
    }
}

#[test]
fn replayed_packets_are_refused() {
    for profile in Profile::ALL {
        let (mut sealer, mut opener) = pair(profile);
        let sealed: Vec<_> = (0..600u16).map(|seq| seal(&sealer, seq.into(), &rtp(5, seq, b"x"))).collect();
        assert!(opener.open_rtp(&mut sealed[88].clone()).is_ok());
        assert!(opener.open_rtp(&mut sealed[599].clone()).is_ok());
        assert_eq!(opener.open_rtp(&mut sealed[599].clone()), Err(SrtpError::Replayed));
        assert_eq!(opener.open_rtp(&mut sealed[88].clone()), Err(SrtpError::Replayed));
        assert_eq!(opener.open_rtp(&mut sealed[87].clone()), Err(SrtpError::TooOld));
        assert!(opener.open_rtp(&mut sealed[89].clone()).is_ok());

        let reports: Vec<_> = (0..130).map(|_| seal_rtcp(&mut sealer, REPORT)).collect();
        assert!(opener.open_rtcp(&mut reports[129].clone()).is_ok());
        assert_eq!(opener.open_rtcp(&mut reports[129].clone()), Err(SrtpError::Replayed));
        assert_eq!(opener.open_rtcp(&mut reports[1].clone()), Err(SrtpError::TooOld));
        assert!(opener.open_rtcp(&mut reports[2].clone()).is_ok());
    }
}

#[test]
fn the_rollover_counter_follows_wraps_and_stragglers() {
    for profile in Profile::ALL {
        let (sealer, mut opener) = pair(profile);
        // Two wraps, each crossed with the packets around it out of order.
        for index in [65_530u64, 65_534, 65_537, 65_535, 65_536, 98_000, 130_000, 131_073, 131_071, 131_072] {
            let mut packet = seal(&sealer, index, &rtp(5, index as u16, b"x"));
            assert_eq!(opener.open_rtp(&mut packet).map(|opened| opened.index), Ok(index), "{profile:?}");
        }
        // A forged leap does not move the counter.
        let mut forged = rtp(5, 30_000, b"a forged packet, long enough for a tag");
        assert_eq!(opener.open_rtp(&mut forged), Err(SrtpError::NotAuthentic));
        let mut packet = seal(&sealer, 131_074, &rtp(5, 2, b"x"));
        assert_eq!(opener.open_rtp(&mut packet).map(|opened| opened.index), Ok(131_074));
    }
}

#[test]
fn a_sequence_number_before_the_first_one_is_too_old() {
    let (sealer, mut opener) = pair(Profile::AeadAes128Gcm);
    assert!(opener.open_rtp(&mut seal(&sealer, 3, &rtp(5, 3, b"x"))).is_ok());
    assert_eq!(opener.open_rtp(&mut seal(&sealer, 65_530, &rtp(5, 65_530, b"x"))), Err(SrtpError::TooOld));
}

#[test]
fn sources_are_limited_and_apart() {
    let (mut sealer, _) = pair(Profile::AeadAes128Gcm);
    let mut opener = Opener::new(&master(Profile::AeadAes128Gcm), SourceLimits { rtp: 2, rtcp: 1 });
    assert!(opener.open_rtp(&mut seal(&sealer, 1, &rtp(1, 1, b"x"))).is_ok());
    assert!(opener.open_rtp(&mut seal(&sealer, 1, &rtp(2, 1, b"x"))).is_ok());
    assert_eq!(opener.open_rtp(&mut seal(&sealer, 1, &rtp(3, 1, b"x"))), Err(SrtpError::SourceLimit));
    assert!(opener.open_rtp(&mut seal(&sealer, 2, &rtp(1, 2, b"x"))).is_ok());
    assert!(opener.open_rtcp(&mut seal_rtcp(&mut sealer, REPORT)).is_ok());
    let mut other = REPORT.to_vec();
    other[7] = 10;
    assert_eq!(opener.open_rtcp(&mut seal_rtcp(&mut sealer, &other)), Err(SrtpError::SourceLimit));
}

#[test]
fn a_sealer_refuses_what_does_not_fit() {
    let (mut sealer, _) = pair(Profile::AeadAes128Gcm);
    let mut packet = [0x80; 100];
    assert_eq!(sealer.seal_rtp(0, &mut packet, 12, 84), Some(100));
    assert_eq!(sealer.seal_rtp(0, &mut packet, 12, 85), None);
    assert_eq!(sealer.seal_rtp(0, &mut packet, 11, 50), None);
    assert_eq!(sealer.seal_rtp(0, &mut packet, 51, 50), None);
    assert_eq!(sealer.seal_rtp(0, &mut packet, 12, usize::MAX), None);
    assert_eq!(sealer.seal_rtp(1 << 48, &mut packet, 12, 50), None);
    assert_eq!(sealer.seal_rtp_from(0, &mut packet, 12, &[0; 73]), None);
    assert_eq!(sealer.seal_rtcp(&mut packet, 80), Some(100));
    assert_eq!(sealer.seal_rtcp(&mut packet, 81), None);
    assert_eq!(sealer.seal_rtcp(&mut packet, 7), None);
    sealer.rtcp_index = RTCP_INDEX_MAX;
    assert!(sealer.seal_rtcp(&mut packet, 80).is_some());
    assert_eq!(sealer.seal_rtcp(&mut packet, 80), None);
}

#[test]
fn exported_keys_are_taken_apart_in_the_order_of_rfc_5764() {
    let material: Vec<u8> = (0..56).collect();
    let keys = SrtpKeys::from_exported(Profile::AeadAes128Gcm, &material).unwrap();
    assert_eq!((keys.client.key()[0], keys.server.key()[0]), (0, 16));
    assert_eq!((keys.client.salt[0], keys.server.salt[0]), (32, 44));
    assert!(SrtpKeys::from_exported(Profile::AeadAes128Gcm, &material[..55]).is_none());
    assert!(SrtpKeys::from_exported(Profile::AeadAes256Gcm, &material).is_none());
    assert!(MasterKey::new(Profile::AeadAes128Gcm, &material[..16], &material[..14]).is_none());
}

#[test]
fn header_lengths_are_checked_against_the_packet() {
    assert_eq!(rtp_header_len(&rtp(1, 1, b"xyz")), Some(24));
    assert_eq!(rtp_header_len(&rtp(1, 1, b"")), Some(24));
    assert_eq!(rtp_header_len(&rtp(1, 1, b"")[..23]), None);
    assert_eq!(rtp_header_len(&[0x80; 11]), None);
    assert_eq!(rtp_header_len(&[0x00; 12]), None);
    assert_eq!(rtp_header_len(&[0x80; 12]), Some(12));
    assert_eq!(rtp_header_len(&[0x90; 15]), None);
}
