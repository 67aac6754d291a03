//! Server-sent events: the WHEP extension `server-sent-events`, and the streams of one session.
//!
//! A `POST` makes a stream of chosen events, a `GET` on its URL listens; a `GET` on the events URL itself does both for
//! all events. Whoever begins to listen gets the current state first. `EventSource` cannot send a token: the secret
//! in the URL stands for it. A listener that falls behind is closed; when it comes back it gets the state anew.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;

use super::control::Control;
use super::problem::Refusal;
use super::registry::{Registry, Secret};
use super::request::{self, JSON};

/// The largest body of a `POST` that makes a stream: all names there are fit several times.
const BODY_BYTES_MAX: usize = 1_024;

/// What is told to viewers. Adding a variant adds a name to the `events` attribute of the `Link` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventKind {
    Active,
    Inactive,
    Layers,
    Reconnect,
    ViewerCount,
    Slots,
    Speaker,
}

/// A set of [`EventKind`]s, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EventSet(u8);

/// The streams of one session; at most `event_streams_max`, the oldest makes room for a new one.
#[derive(Debug, Default)]
pub(super) struct EventStreams {
    streams: Vec<EventStream>,
    next: u32,
}

#[derive(Debug)]
struct EventStream {
    id: u32,
    kinds: EventSet,
    /// `None` while nobody listens; then events are not kept, because a listener begins with the state.
    listener: Option<mpsc::Sender<Bytes>>,
    /// Made by a `GET`: it goes with its listener.
    transient: bool,
}

impl EventKind {
    pub(super) const ALL: [EventKind; 7] =
        [Self::Active, Self::Inactive, Self::Layers, Self::Reconnect, Self::ViewerCount, Self::Slots, Self::Speaker];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Layers => "layers",
            Self::Reconnect => "reconnect",
            Self::ViewerCount => "viewercount",
            Self::Slots => "slots",
            Self::Speaker => "speaker",
        }
    }
}

impl EventSet {
    pub(super) const ALL: EventSet = EventSet(u8::MAX);

    fn contains(self, kind: EventKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

/// Names that are not known are left out: the client may know newer events than this server.
impl<'a> FromIterator<&'a str> for EventSet {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let kind = |name| EventKind::ALL.into_iter().find(|kind| kind.name() == name);
        EventSet(names.into_iter().filter_map(kind).fold(0, |set, kind| set | 1 << kind as u8))
    }
}

impl EventStreams {
    /// Makes a stream of `kinds`; beyond `max` the oldest one ends.
    fn create(&mut self, kinds: EventSet, transient: bool, max: usize) -> u32 {
        self.streams.retain(|stream| !stream.transient || stream.listener.as_ref().is_some_and(|l| !l.is_closed()));
        if self.streams.len() >= max {
            self.streams.remove(0);
        }
        self.next += 1;
        self.streams.push(EventStream { id: self.next, kinds, listener: None, transient });
        self.next
    }

    /// Begins to listen with `state`; a listener that was there before ends.
    fn listen(&mut self, id: u32, state: Vec<(EventKind, Bytes)>, buffer: usize) -> Option<mpsc::Receiver<Bytes>> {
        let stream = self.streams.iter_mut().find(|stream| stream.id == id)?;
        let (sender, receiver) = mpsc::channel(buffer);
        stream.listener = Some(sender);
        for (kind, bytes) in state {
            stream.send(kind, &bytes);
        }
        Some(receiver)
    }

    /// Returns whether there was one.
    fn close(&mut self, id: u32) -> bool {
        let before = self.streams.len();
        self.streams.retain(|stream| stream.id != id);
        self.streams.len() < before
    }

    /// Whether anybody listens for `kind`.
    pub(super) fn wants(&self, kind: EventKind) -> bool {
        self.streams.iter().any(|stream| stream.listener.is_some() && stream.kinds.contains(kind))
    }

    /// Hands an event to all who listen for it, without waiting.
    pub(super) fn send(&mut self, kind: EventKind, bytes: &Bytes) {
        for stream in &mut self.streams {
            stream.send(kind, bytes);
        }
    }
}

impl EventStream {
    /// A listener that is gone or does not keep up is let go.
    fn send(&mut self, kind: EventKind, bytes: &Bytes) {
        let Some(listener) = &self.listener else { return };
        if self.kinds.contains(kind) && listener.try_send(bytes.clone()).is_err() {
            self.listener = None;
        }
    }
}

/// An event as it travels; JSON has no line breaks, so it is one `data` line as the draft wants it.
pub(super) fn frame(kind: EventKind, id: u64, data: &serde_json::Value) -> Bytes {
    Bytes::from(format!("event: {}\nid: {id}\ndata: {data}\n\n", kind.name()))
}

/// `POST …/events`: makes a stream of the events in the body, of all without a body.
pub(super) async fn create(
    State(control): State<Arc<Control>>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let secret = secret.parse::<Secret>().map_err(|()| Refusal::NotFound)?;
    control.registry().by_secret(secret).and_then(|session| session.viewer().map(drop)).ok_or(Refusal::NotFound)?;
    let text = request::text(&control.config, &headers, body, BODY_BYTES_MAX).await?;
    let kinds = if text.is_empty() {
        EventSet::ALL
    } else {
        request::content_type(&headers, JSON)?;
        let names: Vec<String> = serde_json::from_str(&text).map_err(Refusal::Json)?;
        names.iter().map(String::as_str).collect()
    };
    let mut registry = control.registry();
    let (_, streams) = registry.by_secret(secret).and_then(|session| session.viewer()).ok_or(Refusal::NotFound)?;
    let stream = streams.create(kinds, false, control.config.event_streams_max);
    let location = format!("/v1/sessions/{secret}/events/{stream}");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)]).into_response())
}

/// `GET …/events/{stream}`: listens.
pub(super) async fn open(
    State(control): State<Arc<Control>>,
    Path((secret, stream)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let secret = secret.parse::<Secret>().map_err(|()| Refusal::NotFound)?;
    let stream = stream.parse().map_err(|_| Refusal::NotFound)?;
    let receiver = listen(&mut control.registry(), secret, stream, control.config.event_buffer_max)?;
    Ok(respond(&control, receiver))
}

/// `GET …/events`: makes a stream of all events that lives as long as this response.
pub(super) async fn open_all(
    State(control): State<Arc<Control>>,
    Path(secret): Path<String>,
) -> Result<Response, Refusal> {
    let secret = secret.parse::<Secret>().map_err(|()| Refusal::NotFound)?;
    let receiver = {
        let mut registry = control.registry();
        let (_, streams) = registry.by_secret(secret).and_then(|session| session.viewer()).ok_or(Refusal::NotFound)?;
        let stream = streams.create(EventSet::ALL, true, control.config.event_streams_max);
        listen(&mut registry, secret, stream, control.config.event_buffer_max)?
    };
    Ok(respond(&control, receiver))
}

/// `DELETE …/events/{stream}`: ends a stream; whoever listens, too.
pub(super) async fn delete(
    State(control): State<Arc<Control>>,
    Path((secret, stream)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let secret = secret.parse::<Secret>().map_err(|()| Refusal::NotFound)?;
    let stream = stream.parse().map_err(|_| Refusal::NotFound)?;
    let mut registry = control.registry();
    let (_, streams) = registry.by_secret(secret).and_then(|session| session.viewer()).ok_or(Refusal::NotFound)?;
    if streams.close(stream) { Ok(StatusCode::OK) } else { Err(Refusal::NotFound) }
}

fn listen(
    registry: &mut Registry,
    secret: Secret,
    stream: u32,
    buffer: usize,
) -> Result<mpsc::Receiver<Bytes>, Refusal> {
    let id = registry.by_secret(secret).ok_or(Refusal::NotFound)?.id;
    let state = registry.snapshot(id);
    let (_, streams) = registry.by_secret(secret).and_then(|session| session.viewer()).ok_or(Refusal::NotFound)?;
    streams.listen(stream, state, buffer).ok_or(Refusal::NotFound)
}

fn respond(control: &Control, receiver: mpsc::Receiver<Bytes>) -> Response {
    let keep_alive = control.config.keep_alive();
    let events = futures_util::stream::unfold(receiver, move |mut receiver| async move {
        let bytes = match tokio::time::timeout(keep_alive, receiver.recv()).await {
            Ok(event) => event?,
            Err(_) => Bytes::from_static(b": keep-alive\n\n"),
        };
        Some((Ok::<_, std::convert::Infallible>(bytes), receiver))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // nginx would otherwise hold events back.
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(events)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: EventKind) -> Bytes {
        frame(kind, 1, &serde_json::json!({}))
    }

    #[test]
    fn a_listener_gets_what_it_asked_for_after_the_state() {
        let mut streams = EventStreams::default();
        let id = streams.create(["slots", "unheard-of"].into_iter().collect(), false, 4);
        streams.send(EventKind::Slots, &event(EventKind::Slots));
        assert!(!streams.wants(EventKind::Slots), "nobody listens yet");
        let state = vec![(EventKind::Slots, Bytes::from_static(b"state")), (EventKind::Active, Bytes::new())];
        let mut listener = streams.listen(id, state, 8).unwrap();
        streams.send(EventKind::Active, &event(EventKind::Active));
        streams.send(EventKind::Slots, &event(EventKind::Slots));
        assert_eq!(listener.try_recv().unwrap(), "state");
        assert_eq!(listener.try_recv().unwrap(), "event: slots\nid: 1\ndata: {}\n\n");
        assert!(listener.try_recv().is_err());
    }

    #[test]
    fn a_listener_that_falls_behind_is_closed_and_may_come_back() {
        let mut streams = EventStreams::default();
        let id = streams.create(EventSet::ALL, false, 4);
        let mut slow = streams.listen(id, Vec::new(), 2).unwrap();
        for _ in 0..3 {
            streams.send(EventKind::Speaker, &event(EventKind::Speaker));
        }
        assert!(slow.try_recv().is_ok() && slow.try_recv().is_ok());
        assert_eq!(slow.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
        assert!(streams.listen(id, Vec::new(), 2).is_some());
    }

    #[test]
    fn one_stream_too_many_ends_the_oldest() {
        let mut streams = EventStreams::default();
        let first = streams.create(EventSet::ALL, false, 2);
        let second = streams.create(EventSet::ALL, false, 2);
        assert!(streams.listen(first, Vec::new(), 2).is_some());
        let third = streams.create(EventSet::ALL, false, 2);
        assert!(streams.listen(first, Vec::new(), 2).is_none());
        assert!(streams.listen(second, Vec::new(), 2).is_some());
        assert!(streams.close(third) && !streams.close(third));
        let transient = streams.create(EventSet::ALL, true, 2);
        drop(streams.listen(transient, Vec::new(), 2));
        streams.create(EventSet::ALL, false, 2);
        assert!(streams.listen(second, Vec::new(), 2).is_some(), "the transient one went with its listener");
    }
}
