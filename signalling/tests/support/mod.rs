//! Real servers on loopback, and a WebSocket client that is no part of them.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses a part of it")]

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use lectern_platform::audit::Recorder;
use lectern_platform::bus::{Bus, InProcess};
use lectern_platform::health::Health;
use lectern_platform::http;
use lectern_platform::token::{Claims, Role, TokenSigner};
use lectern_signalling::{Server, SignallingConfig};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Long enough for a busy machine; nothing waits for it unless it fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// One node.
pub struct Node {
    pub address: SocketAddr,
    pub health: Health,
    pub signer: Arc<TokenSigner>,
    server: Option<Server>,
}

impl Node {
    pub async fn start(config: SignallingConfig) -> Self {
        Self::on(config, Arc::new(InProcess::new()), Arc::new(TokenSigner::generate())).await
    }

    /// Two nodes on one bus.
    pub async fn pair(bus: Arc<dyn Bus>) -> (Self, Self) {
        let signer = Arc::new(TokenSigner::generate());
        let first = Self::on(SignallingConfig::default(), Arc::clone(&bus), Arc::clone(&signer)).await;
        (first, Self::on(SignallingConfig::default(), bus, signer).await)
    }

    pub async fn on(config: SignallingConfig, bus: Arc<dyn Bus>, signer: Arc<TokenSigner>) -> Self {
        Self::audited(config, bus, signer, None).await
    }

    /// One that says to a trail what happens.
    pub async fn audited(
        config: SignallingConfig,
        bus: Arc<dyn Bus>,
        signer: Arc<TokenSigner>,
        audit: Option<Recorder>,
    ) -> Self {
        let health = Health::new(prometheus::Registry::new(), Instant::now());
        let server = Server::start(&config, bus, audit, Arc::new(signer.verifier()), &health).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(http::serve(listener, server.router(), 20_000, std::future::pending()));
        Self { address, health, signer, server: Some(server) }
    }

    pub async fn shutdown(&mut self) {
        self.server.take().unwrap().shutdown().await;
    }

    pub fn token(&self, room: &str, person: &str, role: Role) -> String {
        let claims = Claims::issue(room, person, &format!("Name of {person}"), role, Duration::from_secs(600));
        self.signer.sign(&claims).unwrap()
    }

    /// A token that was issued so many seconds ago.
    pub fn older_token(&self, room: &str, person: &str, role: Role, age_s: u64) -> String {
        let mut claims = Claims::issue(room, person, &format!("Name of {person}"), role, Duration::from_secs(600));
        claims.iat -= age_s;
        self.signer.sign(&claims).unwrap()
    }

    /// Connects, and says nothing.
    pub async fn connect(&self, room: &str) -> Client {
        self.try_connect(room, &[]).await.unwrap()
    }

    pub async fn try_connect(
        &self,
        room: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Client, tungstenite::Error> {
        let mut request = format!("ws://{}/v1/rooms/{room}/ws", self.address).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "lectern.v1".parse().unwrap());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (socket, response) = tokio_tungstenite::connect_async(request).await?;
        assert_eq!(response.headers()["sec-websocket-protocol"], "lectern.v1");
        Ok(Client { socket, kept: VecDeque::new(), next_id: 0, epoch: String::new(), seq: 0 })
    }

    /// Connects and joins, whatever the answer is.
    pub async fn join_as(&self, room: &str, person: &str, role: Role) -> (Client, Value) {
        self.join_with(room, &self.token(room, person, role), None).await
    }

    pub async fn join_with(&self, room: &str, token: &str, resume: Option<(&str, u64)>) -> (Client, Value) {
        let mut client = self.connect(room).await;
        let mut join = json!({"type": "join", "token": token});
        if let Some((epoch, seq)) = resume {
            join["resume"] = json!({"epoch": epoch, "seq": seq});
        }
        client.send(&join).await;
        let answer = client.next().await;
        if answer["type"] == "welcome" {
            client.epoch = answer["epoch"].as_str().unwrap().to_owned();
            client.seq = answer["seq"].as_u64().unwrap();
        }
        (client, answer)
    }

    pub async fn join(&self, room: &str, person: &str, role: Role) -> Client {
        let (client, answer) = self.join_as(room, person, role).await;
        assert_eq!(answer["type"], "welcome", "{answer}");
        client
    }

    pub async fn student(&self, room: &str, person: &str) -> Client {
        self.join(room, person, Role::Student).await
    }

    pub async fn tutor(&self, room: &str) -> Client {
        self.join(room, "tutor", Role::Tutor).await
    }

    /// The value of a metric, all labels summed.
    pub fn metric(&self, name: &str) -> f64 {
        let families = self.health.registry().gather();
        let family = families.iter().find(|family| family.name() == format!("lectern_signalling_{name}"));
        family.map_or(0.0, |family| {
            let values = family.get_metric().iter();
            values.map(|metric| metric.get_counter().get_value() + metric.get_gauge().get_value()).sum()
        })
    }
}

/// One participant.
pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// What came while something else was waited for.
    kept: VecDeque<Value>,
    next_id: u32,
    pub epoch: String,
    /// The last number seen.
    pub seq: u64,
}

impl Client {
    pub async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next message, those kept first; a close is `{"close": code}`, an end without one `{"close": null}`.
    pub async fn next(&mut self) -> Value {
        match self.kept.pop_front() {
            Some(message) => message,
            None => self.receive().await,
        }
    }

    async fn receive(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("nothing came");
            match message {
                Some(Ok(Message::Text(text))) => {
                    let value: Value = serde_json::from_str(&text).unwrap();
                    if value["type"] == "event" {
                        let (seq, prev) = (value["seq"].as_u64().unwrap(), value["prev"].as_u64().unwrap());
                        assert!(prev <= self.seq, "a gap: {} was the last, then {value}", self.seq);
                        assert!(seq > self.seq, "a repetition: {} was the last, then {value}", self.seq);
                        self.seq = seq;
                    } else if value["type"] == "welcome" {
                        // The room begins anew for this client: its log was made again.
                        self.epoch = value["epoch"].as_str().unwrap().to_owned();
                        self.seq = value["seq"].as_u64().unwrap();
                    }
                    return value;
                }
                Some(Ok(Message::Close(close))) => {
                    return json!({"close": close.map(|close| u16::from(close.code))});
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return json!({"close": null}),
            }
        }
    }

    /// The next message for which `wanted` holds; the others are kept.
    pub async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(place) = self.kept.iter().position(&wanted) {
            return self.kept.remove(place).unwrap();
        }
        loop {
            let message = self.receive().await;
            if wanted(&message) {
                return message;
            }
            assert!(message.get("close").is_none(), "closed while waiting: {message}, after {:?}", self.kept);
            self.kept.push_back(message);
        }
    }

    /// The next event of a type.
    pub async fn event(&mut self, kind: &str) -> Value {
        self.until(|message| message["type"] == "event" && message["event"]["type"] == kind).await["event"].take()
    }

    /// The next notice of a type.
    pub async fn notice(&mut self, kind: &str) -> Value {
        self.until(|message| message["type"] == "notice" && message["notice"]["type"] == kind).await["notice"].take()
    }

    /// Sends a request, and waits for its answer.
    pub async fn ask(&mut self, mut request: Value) -> Value {
        let id = self.ask_later(&mut request).await;
        self.answer(id).await
    }

    /// Sends a request; its id.
    pub async fn ask_later(&mut self, request: &mut Value) -> u32 {
        self.next_id += 1;
        request["id"] = json!(self.next_id);
        self.send(request).await;
        self.next_id
    }

    /// The answer to a request.
    pub async fn answer(&mut self, id: u32) -> Value {
        self.until(|message| message["id"] == id && (message["type"] == "ok" || message["type"] == "refused")).await
    }

    /// As [`ask`](Self::ask), and it has to be done.
    pub async fn done(&mut self, request: Value) -> Value {
        let answer = self.ask(request).await;
        assert_eq!(answer["type"], "ok", "{answer}");
        answer
    }

    /// As [`ask`](Self::ask), and it has to be refused: the code.
    pub async fn refused(&mut self, request: Value) -> String {
        let answer = self.ask(request).await;
        assert_eq!(answer["type"], "refused", "{answer}");
        assert!(answer["message"].as_str().unwrap().ends_with('.') || answer["message"].as_str().unwrap().len() > 10);
        answer["code"].as_str().unwrap().to_owned()
    }

    pub async fn chat(&mut self, text: &str) -> Value {
        let key = format!("{}-{}", text.len(), self.next_id);
        self.done(json!({"type": "chat_send", "text": text, "key": key})).await
    }

    /// The code of the goodbye, and of the close behind it.
    pub async fn goodbye(&mut self) -> (String, Value) {
        let goodbye = self.until(|message| message["type"] == "goodbye" || message.get("close").is_some()).await;
        assert_eq!(goodbye["type"], "goodbye", "closed without a word: {goodbye}");
        let close = self.until(|message| message.get("close").is_some()).await;
        (goodbye["code"].as_str().unwrap().to_owned(), close["close"].clone())
    }

    /// Whatever comes within a time.
    pub async fn within(&mut self, time: Duration) -> Vec<Value> {
        let mut all: Vec<Value> = self.kept.drain(..).collect();
        let _ = tokio::time::timeout(time, async {
            loop {
                let message = self.receive().await;
                let is_end = message.get("close").is_some();
                all.push(message);
                if is_end {
                    std::future::pending::<()>().await;
                }
            }
        })
        .await;
        all
    }

    /// Drops the connection without a word; the last number seen, for `resume`.
    pub fn drop_connection(self) -> (String, u64) {
        (self.epoch, self.seq)
    }
}
