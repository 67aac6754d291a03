//! The audit trail learns who came, who left and what moderators did; nobody waits for it.

mod support;

use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use lectern_platform::audit::{Audit, AuditEvent, AuditFuture, AuditPage, AuditQuery, Recorder};
use lectern_platform::bus::InProcess;
use lectern_platform::token::{Role, TokenSigner};
use lectern_signalling::SignallingConfig;
use serde_json::json;
use support::Node;
use tokio::sync::Semaphore;

/// Keeps what it is told once it is let.
#[derive(Debug)]
struct Trail {
    gate: Semaphore,
    events: Mutex<Vec<AuditEvent>>,
}

impl Audit for Trail {
    fn record(&self, event: AuditEvent) -> AuditFuture<'_, ()> {
        async move {
            let _pass = self.gate.acquire().await.unwrap();
            self.events.lock().unwrap().push(event);
            Ok(())
        }
        .boxed()
    }

    fn query<'a>(&'a self, _: &'a AuditQuery) -> AuditFuture<'a, AuditPage> {
        async { Ok(AuditPage::default()) }.boxed()
    }
}

#[tokio::test]
async fn who_came_who_left_and_who_was_moderated_is_recorded_and_nobody_waits() {
    let trail = Arc::new(Trail { gate: Semaphore::new(0), events: Mutex::default() });
    let recorder = Recorder::start(Arc::clone(&trail) as Arc<dyn Audit>, &prometheus::Registry::new()).unwrap();
    let (config, bus) = (SignallingConfig::default(), Arc::new(InProcess::new()));
    let signer = Arc::new(TokenSigner::generate());
    let mut node = Node::audited(config, bus, signer, Some(recorder.clone())).await;

    // The trail takes nothing yet, and the class goes on.
    let mut tutor = node.join("math", "tutor", Role::Tutor).await;
    let mut ada = node.join("math", "ada", Role::Student).await;
    let second_window = node.join("math", "ada", Role::Student).await;
    tutor.done(json!({"type": "mute", "person": "ada", "on": true})).await;
    tutor.done(json!({"type": "chat_send", "text": "hello", "key": "k"})).await;
    tutor.done(json!({"type": "remove", "person": "ada"})).await;
    ada.goodbye().await;
    drop((ada, second_window, tutor));
    node.shutdown().await;
    assert!(trail.events.lock().unwrap().is_empty());

    trail.gate.add_permits(64);
    recorder.flush().await;
    let mut events = std::mem::take(&mut *trail.events.lock().unwrap());
    events.sort_by_key(AuditEvent::id);
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            assert_eq!((event.room.as_deref(), event.address.is_some()), (Some("math"), true), "{event:?}");
            (event.kind.as_str(), event.actor.as_deref().unwrap_or_default(), event.subject.as_deref())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("room.joined", "tutor", None),
            ("room.joined", "ada", None),
            ("moderation.mute", "tutor", Some("ada")),
            ("moderation.remove", "tutor", Some("ada")),
            ("room.left", "ada", None),
            ("room.left", "tutor", None),
        ]
    );
    assert_eq!(events[1].detail["role"], "student");
    assert!(events[4].detail["seconds"].is_u64());
}
