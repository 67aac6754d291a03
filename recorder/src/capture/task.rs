//! The task of a capture: join, watch, join again, until it is told to stop.

use std::time::Duration;

use lectern_recording::recording::{Output, Source};
use lectern_recording::sound::mixer::MixerError;
use prometheus::IntGauge;
use reqwest::Url;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until};

use super::events::{Events, RoomEvent};
use super::handover::Handover;
use super::link::{Incoming, Link, Offer};
use super::lost::Lost;
use super::room::Room;
use super::whep::Whep;
use super::{Captured, Clock, Connection, Summary, Target};
use crate::backoff::Backoff;

/// Sound goes on, and the time of a picture that stands still, whether packets come or not.
const ADVANCE_EVERY: Duration = Duration::from_millis(100);
/// What is due sooner waits so long, and is done together.
const ADVANCE_AFTER: Duration = Duration::from_millis(2);
/// Between attempts to join.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(15);

/// Why a capture ends.
enum End {
    /// It was told to.
    Stopped,
    /// Nobody takes what it makes.
    Unwanted,
    /// There is no codec.
    Broken(MixerError),
}

/// See the module.
pub(crate) struct Task {
    target: Target,
    clock: Clock,
    room: Room,
    handover: Handover,
    stopped: oneshot::Receiver<()>,
    /// From the first connection on.
    client: Option<Whep>,
    /// The session on the media server, while there is one.
    session: Option<Url>,
    /// That the connection is lost was told.
    is_lost: bool,
    connections: u32,
}

/// Counts a connection for as long as it lasts.
struct Connected(IntGauge);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Task {
    pub(crate) fn new(target: Target, clock: Clock, handover: Handover, stopped: oneshot::Receiver<()>) -> Self {
        let room = Room::new(target.run);
        Self { target, clock, room, handover, stopped, client: None, session: None, is_lost: false, connections: 0 }
    }

    pub(crate) async fn run(mut self) -> Summary {
        let mut backoff = Backoff::new(AGAIN_AFTER, AGAIN_AFTER_MAX);
        let end = loop {
            let before = self.connections;
            let lost = match self.visit().await {
                Ok(lost) => lost,
                Err(end) => break end,
            };
            if self.connections > before {
                backoff = Backoff::new(AGAIN_AFTER, AGAIN_AFTER_MAX);
            }
            let busy = match &lost {
                Lost::Busy { after, .. } => *after,
                _ => Duration::ZERO,
            };
            self.tell(&lost);
            let pause = async {
                sleep(busy).await;
                backoff.wait().await;
            };
            if let Err(end) = self.meanwhile(pause).await {
                break end;
            }
        };
        self.end(end).await
    }

    /// Joins and watches until the connection is lost.
    async fn visit(&mut self) -> Result<Lost, End> {
        let (target, token) = (self.target.clone(), self.target.token.borrow().clone());
        let client = self.client.clone().map_or_else(Whep::new, Ok);
        let join = async move {
            let (client, offer) = (client?, Offer::new()?);
            let joined = client.join(&target.whep, &token, &offer.sdp).await?;
            let link = Link::new(offer, &joined.answer, target.metrics, Instant::now().into_std())?;
            Ok((client, joined.session, link))
        };
        let (client, session, mut link) = match self.meanwhile(join).await? {
            Ok(joined) => joined,
            Err(lost) => return Ok(lost),
        };
        let mut events = Events::of(client.clone(), session.clone());
        (self.client, self.session) = (Some(client), Some(session));
        self.room.join(link.slots());
        let lost = self.watch(&mut link, &mut events).await?;
        self.room.leave();
        self.session = None;
        Ok(lost)
    }

    async fn watch(&mut self, link: &mut Link, events: &mut Events) -> Result<Lost, End> {
        let mut connected = None;
        let mut leave: Option<(Instant, String)> = None;
        loop {
            let wake = self.wake(link, leave.as_ref().map(|(at, _)| *at));
            let received = tokio::select! {
                _ = &mut self.stopped => return Err(End::Stopped),
                Some(event) = events.next() => match event {
                    RoomEvent::Reconnect { reason, after } => {
                        // A node that is drained may have less patience than it said.
                        let at = Instant::now() + after;
                        leave = leave.filter(|(sooner, _)| *sooner < at).or(Some((at, reason)));
                        Ok(())
                    }
                    RoomEvent::Gone => Err(Lost::SessionGone),
                    event => self.take(event).map(Ok)?,
                },
                ready = link.readable() => ready.and_then(|()| self.receive(link)),
                () = sleep_until(wake) => Ok(()),
            };
            let now = Instant::now();
            if let Err(lost) = received.and_then(|()| link.handle_timeout(now.into_std())) {
                return Ok(lost);
            }
            if let Some((_, reason)) = leave.take_if(|(at, _)| now >= *at) {
                return Ok(Lost::Asked(reason));
            }
            if connected.is_none() && link.is_connected() {
                connected = Some(self.connected());
            }
            self.advance(Some(link))?;
        }
    }

    fn take(&mut self, event: RoomEvent) -> Result<(), End> {
        let now = self.clock.now();
        match event {
            RoomEvent::Anew => self.room.listen_anew(),
            RoomEvent::Slots(shown) => self.room.slots(&shown, now).map_err(End::Broken)?,
            RoomEvent::Active(sources) => self.room.active(&sources, now),
            // They are the connection's.
            RoomEvent::Reconnect { .. } | RoomEvent::Gone => {}
        }
        Ok(())
    }

    fn receive(&mut self, link: &mut Link) -> Result<(), Lost> {
        let (room, now) = (&mut self.room, self.clock.now());
        link.receive(Instant::now().into_std(), |incoming| match incoming {
            Incoming::Rtp(place, packet) => room.rtp(place, packet, now),
            Incoming::SenderReport(place, ntp, timestamp) => room.sender_report(place, ntp, timestamp),
        })
    }

    /// Works through what has come, asks for what is missing and hands over what is closed.
    fn advance(&mut self, link: Option<&mut Link>) -> Result<(), End> {
        if let Some(rtt) = link.as_ref().and_then(|link| link.rtt()) {
            self.room.set_rtt(rtt);
        }
        self.room.advance(self.clock.now());
        self.hand_over(link);
        self.handover.pump();
        if self.handover.is_closed() { Err(End::Unwanted) } else { Ok(()) }
    }

    fn hand_over(&mut self, mut link: Option<&mut Link>) {
        while let Some(output) = self.room.poll() {
            let of = |source| self.room.place_of(source);
            match (output, &mut link) {
                // The media server keeps no voices, and `nack` is not negotiated for them: Opus conceals.
                (Output::Nack(Source::Voice(_), _), _) => {}
                (Output::Nack(source, numbers), Some(link)) => {
                    of(source).into_iter().for_each(|place| link.ask(place, &numbers));
                }
                (Output::Keyframe(source), Some(link)) => {
                    of(source).into_iter().for_each(|place| link.ask_keyframe(place));
                }
                // There is nobody to be asked.
                (Output::Nack(..) | Output::Keyframe(_), None) => {}
                (output, _) => self.handover.push(Captured::Output(output)),
            }
        }
        while let Some(mark) = self.room.poll_mark() {
            self.handover.push(Captured::Mark(mark));
        }
    }

    /// Does `work`, while the recording goes on.
    async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> Result<T, End> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                _ = &mut self.stopped => return Err(End::Stopped),
                () = sleep(ADVANCE_EVERY) => self.advance(None)?,
            }
        }
    }

    fn wake(&self, link: &Link, leave: Option<Instant>) -> Instant {
        let now = Instant::now();
        let due = self.room.next_timeout().map(|at| self.clock.instant(at)).into_iter().chain(leave);
        let due = due.fold(Instant::from_std(link.next_timeout()), Instant::min);
        due.clamp(now + ADVANCE_AFTER, now + ADVANCE_EVERY)
    }

    fn connected(&mut self) -> Connected {
        self.connections += 1;
        self.is_lost = false;
        tracing::info!(room = self.target.room, run = self.target.run, "recorder: watching");
        self.handover.push(Captured::Connection(Connection::Connected));
        let gauge = self.target.metrics.connections.clone();
        gauge.inc();
        Connected(gauge)
    }

    /// Tells that the connection is lost, the first time of several.
    fn tell(&mut self, lost: &Lost) {
        self.target.metrics.lost.with_label_values(&[lost.code()]).inc();
        if std::mem::replace(&mut self.is_lost, true) {
            tracing::debug!(room = self.target.room, error = %lost, "recorder: still not watching");
            return;
        }
        tracing::warn!(room = self.target.room, run = self.target.run, error = %lost, "recorder: not watching");
        let (code, detail) = (lost.code().to_owned(), lost.to_string());
        self.handover.push(Captured::Connection(Connection::Lost { code, detail }));
    }

    async fn end(mut self, end: End) -> Summary {
        match end {
            End::Stopped => {}
            End::Unwanted => tracing::info!(room = self.target.room, "recorder: nobody takes what is recorded"),
            End::Broken(error) => tracing::error!(room = self.target.room, %error, "recorder: there is no codec"),
        }
        let until = self.clock.now();
        self.room.end(until);
        self.hand_over(None);
        let left = async {
            if let (Some(client), Some(session)) = (&self.client, &self.session)
                && let Err(error) = client.leave(session).await
            {
                tracing::debug!(%error, "recorder: the session was not ended");
            }
        };
        let ((), segments_dropped) = tokio::join!(left, self.handover.finish());
        Summary { until, connections: self.connections, segments_dropped }
    }
}
