//! STUN messages, from anybody.

use lectern_wire::stun::{BindingRequest, Message, Refusal, Role, TransactionId, error_response, success_response};

use crate::input::Input;

const PASSWORD: &[u8] = b"a-password-of-22-chars";

pub(crate) fn run(bytes: &[u8]) {
    if let Ok(message) = Message::parse(bytes) {
        assert_eq!(message.len(), bytes.len());
        let _ = (message.ufrags(), message.verify(PASSWORD), message.verify(b""));
    }
    changed_requests_say_the_same_or_fail(&mut Input::new(bytes));
}

/// Whatever is changed on the way, a message that still verifies says what its sender said.
fn changed_requests_say_the_same_or_fail(input: &mut Input<'_>) {
    let mut transaction = [0; 12];
    transaction[..4].copy_from_slice(&input.u32().to_be_bytes());
    let tie_breaker = u64::from(input.u32());
    let names = ["abcd", "", "0000ABCDabcd", "ufrag-with-a-name-that-is-rather-long"];
    let request = BindingRequest {
        transaction: TransactionId(transaction),
        remote_ufrag: names[input.index(names.len())],
        local_ufrag: names[input.index(names.len())],
        priority: input.u32(),
        role: if input.bool() { Role::Controlling(tie_breaker) } else { Role::Controlled(tie_breaker) },
        use_candidate: input.bool(),
    };
    let mut encoded = request.encode(PASSWORD);
    let sent = encoded.clone();
    let sent = Message::parse(&sent).expect("own messages are well formed");
    assert_eq!(sent.verify(PASSWORD), Ok(()));
    assert_eq!(sent.ufrags(), Some((request.remote_ufrag, request.local_ufrag)));
    assert!(sent.verify(b"another password").is_err());

    for _ in 0..input.u8() & 3 {
        let at = usize::from(input.u8()) % encoded.len();
        encoded[at] ^= input.u8();
    }
    if let Ok(got) = Message::parse(&encoded)
        && got.verify(PASSWORD).is_ok()
    {
        assert_eq!((got.class, got.transaction, got.username), (sent.class, sent.transaction, sent.username));
        assert_eq!((got.priority, got.use_candidate, got.role), (sent.priority, sent.use_candidate, sent.role));
    }

    let address = std::net::SocketAddr::from((u128::from(input.u32()).to_be_bytes(), input.u16()));
    let answer = success_response(request.transaction, address, PASSWORD);
    assert_eq!(Message::parse(&answer).expect("well formed").mapped, Some(address));
    let refusal = if input.bool() { Refusal::RoleConflict } else { Refusal::UnknownAttribute(input.u16()) };
    let answer = error_response(request.transaction, refusal, PASSWORD);
    assert_eq!(Message::parse(&answer).expect("well formed").verify(PASSWORD), Ok(()));
}
