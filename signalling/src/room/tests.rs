//! What cannot be seen from outside: a bug of our own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use lectern_platform::bus::InProcess;
use lectern_platform::health::Health;
use lectern_platform::http;
use lectern_platform::token::{Claims, Role, TokenSigner};
use lectern_room_protocol::Action;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::{Server, SignallingConfig};

/// The bug that the test needs.
pub(super) fn panic_if_asked(action: &Action) {
    if let Action::ChatSend { text, .. } = action {
        assert!(text != "panic in this room", "asked to");
    }
}

async fn join(
    address: std::net::SocketAddr,
    signer: &TokenSigner,
    room: &str,
) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    let mut request = format!("ws://{address}/v1/rooms/{room}/ws").into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "lectern.v1".parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let claims = Claims::issue(room, "eva", "Eva", Role::Student, Duration::from_secs(60));
    let token = signer.sign(&claims).unwrap();
    socket.send(Message::text(format!(r#"{{"type":"join","token":"{token}"}}"#))).await.unwrap();
    assert!(until(&mut socket, "welcome").await.contains(r#""id":"eva""#));
    socket
}

async fn until(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>, kind: &str) -> String {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(20), socket.next()).await.unwrap().unwrap().unwrap();
        if let Ok(text) = message.to_text()
            && text.starts_with(&format!(r#"{{"type":"{kind}""#))
        {
            return text.to_owned();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_ends_its_room_alone_and_the_room_can_be_joined_again() {
    let signer = TokenSigner::generate();
    let health = Health::new(prometheus::Registry::new(), Instant::now());
    let verifier = Arc::new(signer.verifier());
    let server =
        Server::start(&SignallingConfig::default(), Arc::new(InProcess::new()), None, verifier, &health).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(http::serve(listener, server.router(), 64, std::future::pending()));

    let mut other = join(address, &signer, "other").await;
    let mut eva = join(address, &signer, "class").await;
    let send = |text: &str| Message::text(format!(r#"{{"id":1,"type":"chat_send","text":"{text}","key":"{text}"}}"#));
    eva.send(send("before")).await.unwrap();
    until(&mut eva, "ok").await;
    eva.send(send("panic in this room")).await.unwrap();
    let goodbye = until(&mut eva, "goodbye").await;
    assert!(goodbye.contains(r#""code":"internal""#) && goodbye.contains("retry_after_ms"), "{goodbye}");
    other.send(send("still here")).await.unwrap();
    until(&mut other, "ok").await;
    let mut eva = join(address, &signer, "class").await;
    eva.send(send("again")).await.unwrap();
    until(&mut eva, "ok").await;
    let families = health.registry().gather();
    let panics = families.iter().find(|family| family.name() == "lectern_signalling_room_panics_total").unwrap();
    assert!((panics.get_metric()[0].get_counter().get_value() - 1.0).abs() < f64::EPSILON);
}
