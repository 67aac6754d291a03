//! What the audit trail is told: who came and who left, and what moderators did.
//!
//! A person comes with their first socket at this node and leaves with their last. Whose node dies is not said to have left;
//! they come again elsewhere. What somebody wrote is never part of it, only which message was deleted.

use std::collections::HashSet;

use lectern_platform::audit::AuditEvent;
use lectern_room_protocol::{Action, Role};
use serde_json::{Map, Value, json};

use super::people::Seat;
use super::{Room, now_ms};

impl Room {
    /// Somebody came in who was not here.
    pub(super) fn record_joined(&self, seat: &Seat, role: Role) {
        self.record("room.joined", seat, None, json!({ "role": role }));
    }

    /// The last socket of somebody who was in is gone.
    pub(super) fn record_left(&self, seat: &Seat, since_ms: u64) {
        self.record("room.left", seat, None, json!({ "seconds": now_ms().saturating_sub(since_ms) / 1_000 }));
    }

    /// The room ends here, and everybody's visit.
    pub(super) fn record_all_left(&self) {
        let mut told = HashSet::new();
        for seat in self.people.seats().filter(|seat| seat.shard.is_some()) {
            if let Some(since_ms) = self.people.since_ms(&seat.actor.id).filter(|_| told.insert(&seat.actor.id)) {
                self.record_left(seat, since_ms);
            }
        }
    }

    /// A request was granted; those of moderators are recorded.
    pub(super) fn record_action(&self, seat: &Seat, action: &Action) {
        let (kind, subject, detail) = match action {
            Action::Mute { person, on } => ("moderation.mute", Some(person), json!({ "on": on })),
            Action::Remove { person } => ("moderation.remove", Some(person), json!({})),
            Action::Ban { person } => ("moderation.ban", Some(person), json!({})),
            Action::Unban { person } => ("moderation.unban", Some(person), json!({})),
            Action::CoTutor { person, on } => ("moderation.co_tutor", Some(person), json!({ "on": on })),
            Action::Admit { person } => ("moderation.admit", Some(person), json!({})),
            Action::AdmitAll => ("moderation.admit_all", None, json!({})),
            Action::StageInvite { person } => ("moderation.stage_invite", Some(person), json!({})),
            Action::StageRemove { person } => ("moderation.stage_remove", Some(person), json!({})),
            Action::ChatDelete { message } => ("moderation.chat_delete", None, json!({ "message": message })),
            Action::SettingsChange(change) => ("moderation.settings_change", None, json!(change)),
            Action::End => ("moderation.end", None, json!({})),
            _ => return,
        };
        self.record(kind, seat, subject, detail);
    }

    fn record(&self, kind: &str, seat: &Seat, subject: Option<&String>, detail: Value) {
        let Some(audit) = &self.node.audit else { return };
        let mut event = AuditEvent::now(kind);
        event.actor = Some(seat.actor.id.clone());
        event.subject = subject.cloned();
        event.room = Some(self.name.clone());
        event.address = Some(seat.socket.address);
        event.detail = match detail {
            Value::Object(detail) => detail,
            _ => Map::new(),
        };
        audit.record(event);
    }
}
