//! STUN binding messages as ICE uses them (RFC 8489, RFC 8445 section 16).
//!
//! Parsing allocates nothing, copies nothing and never panics. It takes binding requests, indications and responses;
//! every other method is refused. What stands behind MESSAGE-INTEGRITY is ignored, FINGERPRINT excepted (RFC 8489 section
//! 14.5), so that whatever [`Message`] says is covered by the integrity check.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use aws_lc_rs::{constant_time, hmac};

/// RFC 8489 section 5: "MUST contain the fixed value 0x2112A442".
const MAGIC_COOKIE: u32 = 0x2112_A442;
/// RFC 8489 section 14.7: "XOR'ed with the 32-bit value 0x5354554e".
const FINGERPRINT_XOR: u32 = 0x5354_554e;
const HEADER_LEN: usize = 20;
/// MESSAGE-INTEGRITY with its header.
const INTEGRITY_LEN: usize = 24;
/// FINGERPRINT with its header.
const FINGERPRINT_LEN: usize = 8;

/// Attributes that are looked at in one message; real clients send at most about ten.
pub const ATTRIBUTES_MAX: usize = 32;
/// RFC 8489 section 14.3: USERNAME is "less than 509 bytes".
pub const USERNAME_LEN_MAX: usize = 508;

const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
const ERROR_CODE: u16 = 0x0009;
const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const PRIORITY: u16 = 0x0024;
const USE_CANDIDATE: u16 = 0x0025;
const FINGERPRINT: u16 = 0x8028;
const ICE_CONTROLLED: u16 = 0x8029;
const ICE_CONTROLLING: u16 = 0x802A;

/// Why a datagram is not a STUN message that can be used. Drop it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StunError {
    /// Lengths that do not add up, no magic cookie, or an attribute of the wrong size.
    #[error("malformed STUN message")]
    Malformed,
    /// A method other than binding.
    #[error("unexpected STUN method")]
    Method,
    /// More than [`ATTRIBUTES_MAX`] attributes.
    #[error("too many STUN attributes")]
    TooManyAttributes,
    /// MESSAGE-INTEGRITY is missing or wrong, or FINGERPRINT is wrong.
    #[error("STUN message is not authentic")]
    NotAuthentic,
}

/// What a message is (RFC 8489 section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Wants an answer.
    Request,
    /// Wants none.
    Indication,
    /// An answer.
    Success,
    /// A refusal.
    Error,
}

/// Pairs an answer with its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TransactionId(pub [u8; 12]);

/// The sender's role in ICE, with its tie-breaker (RFC 8445 section 7.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It chooses the path.
    Controlling(u64),
    /// It lets the other side choose.
    Controlled(u64),
}

/// A parsed binding message; borrows the datagram.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    raw: &'a [u8],
    /// What it is.
    pub class: Class,
    /// Pairs it with its answer.
    pub transaction: TransactionId,
    /// USERNAME: `receiver:sender` in ICE.
    pub username: Option<&'a str>,
    /// PRIORITY that the receiver would give the sender's candidate.
    pub priority: Option<u32>,
    /// USE-CANDIDATE: the controlling side nominates this path.
    pub use_candidate: bool,
    /// ICE-CONTROLLING or ICE-CONTROLLED.
    pub role: Option<Role>,
    /// XOR-MAPPED-ADDRESS: the sender's address as the other side sees it.
    pub mapped: Option<SocketAddr>,
    /// ERROR-CODE, 300 to 699.
    pub error: Option<u16>,
    /// The first attribute that must be understood (RFC 8489 section 14: types below 0x8000) and is not.
    pub unknown: Option<u16>,
    /// Where MESSAGE-INTEGRITY starts.
    integrity: Option<usize>,
    /// Where FINGERPRINT starts.
    fingerprint: Option<usize>,
}

impl<'a> Message<'a> {
    /// Takes a datagram apart. Nothing it says is to be believed before [`Message::verify`].
    ///
    /// # Errors
    /// All of [`StunError`] but `NotAuthentic`.
    pub fn parse(raw: &'a [u8]) -> Result<Self, StunError> {
        let (header, mut rest) = raw.split_at_checked(HEADER_LEN).ok_or(StunError::Malformed)?;
        let kind = u16_at(header, 0);
        let len = usize::from(u16_at(header, 2));
        if kind & 0xC000 != 0 || u32_at(header, 4) != MAGIC_COOKIE || len != rest.len() || len % 4 != 0 {
            return Err(StunError::Malformed);
        }
        let class = match kind {
            0x0001 => Class::Request,
            0x0011 => Class::Indication,
            0x0101 => Class::Success,
            0x0111 => Class::Error,
            _ => return Err(StunError::Method),
        };
        let mut transaction = [0; 12];
        transaction.copy_from_slice(&header[8..]);
        let mut message = Message {
            raw,
            class,
            transaction: TransactionId(transaction),
            username: None,
            priority: None,
            use_candidate: false,
            role: None,
            mapped: None,
            error: None,
            unknown: None,
            integrity: None,
            fingerprint: None,
        };
        for _ in 0..ATTRIBUTES_MAX {
            if rest.is_empty() {
                return Ok(message);
            }
            let start = raw.len() - rest.len();
            let (head, tail) = rest.split_at_checked(4).ok_or(StunError::Malformed)?;
            let len = usize::from(u16_at(head, 2));
            // Both are bounded by 16 bits, so that nothing can overflow.
            let value = tail.get(..len).ok_or(StunError::Malformed)?;
            rest = tail.get(len.next_multiple_of(4)..).ok_or(StunError::Malformed)?;
            message.attribute(u16_at(head, 0), value, start)?;
            if message.fingerprint.is_some() && !rest.is_empty() {
                // RFC 8489 section 14.7: FINGERPRINT "MUST be the last attribute in the message".
                return Err(StunError::Malformed);
            }
        }
        if rest.is_empty() { Ok(message) } else { Err(StunError::TooManyAttributes) }
    }

    /// Holds MESSAGE-INTEGRITY against `password`, and FINGERPRINT, where there is one, against the bytes.
    ///
    /// # Errors
    /// [`StunError::NotAuthentic`].
    pub fn verify(&self, password: &[u8]) -> Result<(), StunError> {
        let start = self.integrity.ok_or(StunError::NotAuthentic)?;
        let claimed = &self.raw[start + 4..start + INTEGRITY_LEN];
        let tag = integrity(&self.raw[..start], password);
        constant_time::verify_slices_are_equal(tag.as_ref(), claimed).map_err(|_| StunError::NotAuthentic)?;
        match self.fingerprint {
            Some(start) if fingerprint(&self.raw[..start]) != u32_at(self.raw, start + 4) => {
                Err(StunError::NotAuthentic)
            }
            _ => Ok(()),
        }
    }

    /// The two halves of the username: the receiver's ufrag and the sender's.
    #[must_use]
    pub fn ufrags(&self) -> Option<(&'a str, &'a str)> {
        self.username?.split_once(':')
    }

    /// Bytes of the datagram.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a message is never empty")]
    pub fn len(&self) -> usize {
        self.raw.len()
    }

    fn attribute(&mut self, kind: u16, value: &'a [u8], start: usize) -> Result<(), StunError> {
        if self.integrity.is_some() && kind != FINGERPRINT {
            return Ok(());
        }
        match kind {
            // RFC 8489 section 14: "only the first needs to be processed"; a second one is ignored.
            USERNAME if self.username.is_none() => {
                if value.len() > USERNAME_LEN_MAX {
                    return Err(StunError::Malformed);
                }
                self.username = Some(std::str::from_utf8(value).map_err(|_| StunError::Malformed)?);
            }
            PRIORITY if self.priority.is_none() => self.priority = Some(u32::from_be_bytes(exact(value)?)),
            USE_CANDIDATE => self.use_candidate = true,
            ICE_CONTROLLING if self.role.is_none() => {
                self.role = Some(Role::Controlling(u64::from_be_bytes(exact(value)?)));
            }
            ICE_CONTROLLED if self.role.is_none() => {
                self.role = Some(Role::Controlled(u64::from_be_bytes(exact(value)?)));
            }
            XOR_MAPPED_ADDRESS if self.mapped.is_none() => {
                self.mapped = Some(unmask_address(value, self.transaction)?);
            }
            ERROR_CODE if self.error.is_none() => {
                let [_, _, class, number, ..] = value else { return Err(StunError::Malformed) };
                self.error = Some(u16::from(class & 7) * 100 + u16::from(number % 100));
            }
            MESSAGE_INTEGRITY => {
                exact::<20>(value)?;
                self.integrity = Some(start);
            }
            FINGERPRINT => {
                exact::<4>(value)?;
                self.fingerprint = Some(start);
            }
            USERNAME | PRIORITY | XOR_MAPPED_ADDRESS | ERROR_CODE | UNKNOWN_ATTRIBUTES => {}
            0..0x8000 => self.unknown = self.unknown.or(Some(kind)),
            _ => {}
        }
        Ok(())
    }
}

/// A connectivity check (RFC 8445 section 7.2.2), for a side that is not ICE-lite.
#[derive(Debug, Clone, Copy)]
pub struct BindingRequest<'a> {
    /// Fresh and unpredictable.
    pub transaction: TransactionId,
    /// The receiver's ufrag.
    pub remote_ufrag: &'a str,
    /// The sender's ufrag.
    pub local_ufrag: &'a str,
    /// What the sender's candidate would have as a peer-reflexive one.
    pub priority: u32,
    /// The sender's role.
    pub role: Role,
    /// Nominate this path; only for the controlling side.
    pub use_candidate: bool,
}

impl BindingRequest<'_> {
    /// The request as it goes out, authenticated with the receiver's password.
    #[must_use]
    pub fn encode(&self, remote_pwd: &[u8]) -> Vec<u8> {
        let mut writer = Writer::new(0x0001, self.transaction);
        writer.attribute(USERNAME, format!("{}:{}", self.remote_ufrag, self.local_ufrag).as_bytes());
        writer.attribute(PRIORITY, &self.priority.to_be_bytes());
        match self.role {
            Role::Controlling(tie_breaker) => writer.attribute(ICE_CONTROLLING, &tie_breaker.to_be_bytes()),
            Role::Controlled(tie_breaker) => writer.attribute(ICE_CONTROLLED, &tie_breaker.to_be_bytes()),
        }
        if self.use_candidate {
            writer.attribute(USE_CANDIDATE, &[]);
        }
        writer.finish(remote_pwd)
    }
}

/// The answer to a good check: the sender's address as it is seen here. 64 bytes for IPv4, 76 for IPv6, less than any
/// request with the attributes that ICE demands (84 bytes with a username of 13 characters).
#[must_use]
pub fn success_response(request: TransactionId, mapped: SocketAddr, password: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(0x0101, request);
    let (value, len) = mask_address(mapped, request);
    writer.attribute(XOR_MAPPED_ADDRESS, &value[..len]);
    writer.finish(password)
}

/// What an answer refuses, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 420: an attribute that must be understood is not.
    UnknownAttribute(u16),
    /// 487: both sides have the same role; the receiver of this answer changes its own.
    RoleConflict,
}

/// The answer to a check that is authentic but cannot be granted, without a reason phrase to keep it short (60 to 68
/// bytes).
#[must_use]
pub fn error_response(request: TransactionId, refusal: Refusal, password: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(0x0111, request);
    match refusal {
        Refusal::UnknownAttribute(kind) => {
            writer.attribute(ERROR_CODE, &[0, 0, 4, 20]);
            writer.attribute(UNKNOWN_ATTRIBUTES, &kind.to_be_bytes());
        }
        Refusal::RoleConflict => writer.attribute(ERROR_CODE, &[0, 0, 4, 87]),
    }
    writer.finish(password)
}

/// Appends attributes to a message and closes it.
struct Writer(Vec<u8>);

impl Writer {
    fn new(kind: u16, transaction: TransactionId) -> Self {
        let mut bytes = Vec::with_capacity(128);
        bytes.extend_from_slice(&kind.to_be_bytes());
        bytes.extend_from_slice(&[0, 0]);
        bytes.extend_from_slice(&MAGIC_COOKIE.to_be_bytes());
        bytes.extend_from_slice(&transaction.0);
        Writer(bytes)
    }

    fn attribute(&mut self, kind: u16, value: &[u8]) {
        self.0.extend_from_slice(&kind.to_be_bytes());
        self.0.extend_from_slice(&(value.len() as u16).to_be_bytes());
        self.0.extend_from_slice(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }

    /// Adds MESSAGE-INTEGRITY and FINGERPRINT.
    fn finish(mut self, password: &[u8]) -> Vec<u8> {
        let tag = integrity(&self.0, password);
        self.attribute(MESSAGE_INTEGRITY, tag.as_ref());
        let len = (self.0.len() + FINGERPRINT_LEN - HEADER_LEN) as u16;
        self.0[2..4].copy_from_slice(&len.to_be_bytes());
        let crc = fingerprint(&self.0);
        self.attribute(FINGERPRINT, &crc.to_be_bytes());
        self.0
    }
}

/// HMAC-SHA1 over what precedes MESSAGE-INTEGRITY, with a length in the header that ends behind it (RFC 8489 section 14.5).
fn integrity(before: &[u8], password: &[u8]) -> hmac::Tag {
    let len = (before.len() + INTEGRITY_LEN - HEADER_LEN) as u16;
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, password));
    context.update(&before[..2]);
    context.update(&len.to_be_bytes());
    context.update(&before[4..]);
    context.sign()
}

/// CRC-32 over what precedes FINGERPRINT; the length in the header already counts it (RFC 8489 section 14.7).
fn fingerprint(before: &[u8]) -> u32 {
    let crc = before.iter().fold(!0u32, |crc, byte| CRC_TABLE[(crc as u8 ^ byte) as usize] ^ (crc >> 8));
    !crc ^ FINGERPRINT_XOR
}

/// The reflected polynomial of ITU V.42, a byte at a time.
const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
};

/// What addresses are XORed with: cookie and transaction (RFC 8489 section 14.2).
fn address_mask(transaction: TransactionId) -> [u8; 16] {
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&MAGIC_COOKIE.to_be_bytes());
    mask[4..].copy_from_slice(&transaction.0);
    mask
}

fn mask_address(address: SocketAddr, transaction: TransactionId) -> ([u8; 20], usize) {
    let mut value = [0; 20];
    let mask = address_mask(transaction);
    value[2..4].copy_from_slice(&(address.port() ^ (MAGIC_COOKIE >> 16) as u16).to_be_bytes());
    let len = match address.ip() {
        IpAddr::V4(ip) => {
            value[1] = 1;
            value[4..8].copy_from_slice(&ip.octets());
            8
        }
        IpAddr::V6(ip) => {
            value[1] = 2;
            value[4..20].copy_from_slice(&ip.octets());
            20
        }
    };
    for (byte, mask) in value[4..len].iter_mut().zip(mask) {
        *byte ^= mask;
    }
    (value, len)
}

fn unmask_address(value: &[u8], transaction: TransactionId) -> Result<SocketAddr, StunError> {
    let [_, family, port_high, port_low, masked @ ..] = value else { return Err(StunError::Malformed) };
    let port = u16::from_be_bytes([*port_high, *port_low]) ^ (MAGIC_COOKIE >> 16) as u16;
    let mut octets = [0; 16];
    for ((octet, byte), mask) in octets.iter_mut().zip(masked).zip(address_mask(transaction)) {
        *octet = byte ^ mask;
    }
    let ip = match (family, masked.len()) {
        (1, 4) => IpAddr::V4(Ipv4Addr::new(octets[0], octets[1], octets[2], octets[3])),
        (2, 16) => IpAddr::V6(Ipv6Addr::from(octets)),
        _ => return Err(StunError::Malformed),
    };
    Ok(SocketAddr::new(ip, port))
}

fn exact<const N: usize>(value: &[u8]) -> Result<[u8; N], StunError> {
    value.try_into().map_err(|_| StunError::Malformed)
}

/// The caller knows that the bytes are there.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

/// The caller knows that the bytes are there.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5769 section 2.1: a request with all that ICE uses; username and password as given there.
    const SAMPLE_REQUEST: &[u8] = b"\x00\x01\x00\x58\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
        \x80\x22\x00\x10STUN test client\
        \x00\x24\x00\x04\x6e\x00\x01\xff\
        \x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36\
        \x00\x06\x00\x09\x65\x76\x74\x6a\x3a\x68\x36\x76\x59\x20\x20\x20\
        \x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2\
        \x80\x28\x00\x04\xe5\x7a\x3b\xcf";
    /// RFC 5769 section 2.2: the answer over IPv4.
    const SAMPLE_RESPONSE: &[u8] = b"\x01\x01\x00\x3c\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
        \x80\x22\x00\x0b\x74\x65\x73\x74\x20\x76\x65\x63\x74\x6f\x72\x20\
        \x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43\
        \x00\x08\x00\x14\x2b\x91\xf5\x99\xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53\xf0\x6b\xe7\xd7\
        \x80\x28\x00\x04\xc0\x7d\x4c\x96";
    const SAMPLE_PASSWORD: &[u8] = b"VOkJxbRl1RmTxUk/WvJxBt";

    const ID: TransactionId = TransactionId([7; 12]);

    fn request() -> BindingRequest<'static> {
        BindingRequest {
            transaction: ID,
            remote_ufrag: "server00",
            local_ufrag: "abcd",
            priority: 0x6e00_01ff,
            role: Role::Controlling(42),
            use_candidate: true,
        }
    }

    #[test]
    fn the_sample_request_of_rfc_5769_is_understood_and_authentic() {
        let message = Message::parse(SAMPLE_REQUEST).unwrap();
        assert_eq!(message.class, Class::Request);
        assert_eq!(message.ufrags(), Some(("evtj", "h6vY")));
        assert_eq!(message.priority, Some(0x6e00_01ff));
        assert_eq!(message.role, Some(Role::Controlled(0x932f_f9b1_5126_3b36)));
        assert_eq!(message.unknown, None);
        assert_eq!(message.verify(SAMPLE_PASSWORD), Ok(()));
        assert_eq!(message.verify(b"VOkJxbRl1RmTxUk/WvJxBu"), Err(StunError::NotAuthentic));
    }

    #[test]
    fn the_sample_response_of_rfc_5769_is_understood_and_authentic() {
        let message = Message::parse(SAMPLE_RESPONSE).unwrap();
        assert_eq!(message.class, Class::Success);
        assert_eq!(message.mapped, Some("192.0.2.1:32853".parse().unwrap()));
        assert_eq!(message.verify(SAMPLE_PASSWORD), Ok(()));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let bytes = request().encode(b"secret");
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(message.verify(b"secret"), Ok(()));
        assert_eq!(message.transaction, ID);
        assert_eq!(message.ufrags(), Some(("server00", "abcd")));
        assert_eq!(message.role, Some(Role::Controlling(42)));
        assert!(message.use_candidate);

        for address in ["192.0.2.1:5000", "[2001:db8::1]:65535"] {
            let address = address.parse().unwrap();
            let bytes = success_response(ID, address, b"secret");
            let message = Message::parse(&bytes).unwrap();
            assert_eq!((message.mapped, message.verify(b"secret")), (Some(address), Ok(())));
        }
        for (refusal, code) in [(Refusal::RoleConflict, 487), (Refusal::UnknownAttribute(0x7FFF), 420)] {
            let bytes = error_response(ID, refusal, b"secret");
            let message = Message::parse(&bytes).unwrap();
            assert_eq!((message.error, message.class), (Some(code), Class::Error));
            assert_eq!(message.verify(b"secret"), Ok(()));
        }
    }

    #[test]
    fn no_answer_is_longer_than_the_shortest_request_that_ice_allows() {
        let shortest = BindingRequest { use_candidate: false, ..request() }.encode(b"secret").len() - FINGERPRINT_LEN;
        let v6 = "[2001:db8::1]:65535".parse().unwrap();
        for answer in [
            success_response(ID, v6, b"secret"),
            error_response(ID, Refusal::RoleConflict, b"secret"),
            error_response(ID, Refusal::UnknownAttribute(1), b"secret"),
        ] {
            assert!(answer.len() <= shortest, "{} > {shortest}", answer.len());
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let bytes = request().encode(b"secret");
        // Without its type, FINGERPRINT is one of the attributes that are ignored behind MESSAGE-INTEGRITY.
        let fingerprint_type = bytes.len() - FINGERPRINT_LEN..bytes.len() - FINGERPRINT_LEN + 2;
        for at in (0..bytes.len() * 8).filter(|at| !fingerprint_type.contains(&(at / 8))) {
            let mut bent = bytes.clone();
            bent[at / 8] ^= 1 << (at % 8);
            let taken = Message::parse(&bent).and_then(|message| message.verify(b"secret"));
            assert!(taken.is_err(), "bit {at}");
        }
        for len in 0..bytes.len() {
            assert!(Message::parse(&bytes[..len]).is_err(), "cut to {len}");
        }
    }

    #[test]
    fn what_stands_behind_the_integrity_is_ignored() {
        let mut writer = Writer::new(0x0001, ID);
        writer.attribute(USERNAME, b"a:b");
        let tag = integrity(&writer.0, b"secret");
        writer.attribute(MESSAGE_INTEGRITY, tag.as_ref());
        writer.attribute(USE_CANDIDATE, &[]);
        writer.attribute(0x7FFF, &[]);
        let len = (writer.0.len() - HEADER_LEN) as u16;
        writer.0[2..4].copy_from_slice(&len.to_be_bytes());
        let message = Message::parse(&writer.0).unwrap();
        assert!(!message.use_candidate && message.unknown.is_none());
        assert_eq!(message.verify(b"secret"), Ok(()));
    }

    #[test]
    fn attributes_are_bounded_in_number_and_the_required_ones_must_be_known() {
        let with = |count| {
            let mut writer = Writer::new(0x0001, ID);
            (0..count).for_each(|_| writer.attribute(0x7F00, &[1]));
            let len = (writer.0.len() - HEADER_LEN) as u16;
            writer.0[2..4].copy_from_slice(&len.to_be_bytes());
            writer.0
        };
        assert_eq!(Message::parse(&with(ATTRIBUTES_MAX)).unwrap().unknown, Some(0x7F00));
        assert_eq!(Message::parse(&with(ATTRIBUTES_MAX + 1)).unwrap_err(), StunError::TooManyAttributes);
    }

    #[test]
    fn no_noise_makes_the_parser_panic() {
        // A cheap generator is enough here; the fuzz targets go deeper.
        let mut state = 0x9E37_79B9_7F4A_7C15u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for _ in 0..20_000 {
            let mut bytes = SAMPLE_REQUEST.to_vec();
            for _ in 0..next() % 8 {
                let at = next() as usize % bytes.len();
                bytes[at] = next() as u8;
            }
            bytes.truncate(next() as usize % (bytes.len() + 1));
            if let Ok(message) = Message::parse(&bytes) {
                let _ = message.verify(SAMPLE_PASSWORD);
            }
        }
    }
}
