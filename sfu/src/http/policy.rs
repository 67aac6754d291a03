//! What the rooms' service lets happen, held against the sessions there are.
//!
//! Where it has never told of a room, tokens alone decide. What it told last holds while it is silent.

use std::collections::HashMap;

use lectern_platform::media_bus::{MediaPolicy, MediaReport, ReportedSource};

use crate::command::Command;
use crate::session::{CloseReason, MediaKind, RoomId, Source, TrackId, WorkerId};

use super::problem::Refusal;
use super::registry::{Purpose, Registry};
use super::request::Caller;

impl Registry {
    /// Takes a policy unless a newer one of the same epoch is known.
    pub(super) fn set_policy(&mut self, room: &RoomId, policy: MediaPolicy) {
        let outdated = |known: &MediaPolicy| known.epoch == policy.epoch && known.seq > policy.seq;
        if !self.policies.get(room).is_some_and(outdated) {
            self.policies.insert(room.clone(), policy);
        }
    }

    /// Whether somebody may come at all.
    pub(super) fn check_person(&self, caller: &Caller) -> Result<(), Refusal> {
        let Some(policy) = self.policies.get(caller.claims.room.as_str()) else { return Ok(()) };
        if policy.ended {
            return Err(Refusal::RoomEnded);
        }
        if is_removed(policy, &caller.claims.sub, caller.claims.iat) { Err(Refusal::Removed) } else { Ok(()) }
    }

    /// Whether somebody may publish `source`.
    pub(super) fn may_publish(&self, caller: &Caller, source: Source) -> bool {
        let policy = self.policies.get(caller.claims.room.as_str());
        match (source, policy) {
            (Source::Stage(place), Some(policy)) => policy.stage.get(&place) == Some(&caller.claims.sub),
            _ => caller.claims.may_publish(&source.to_string()),
        }
    }

    /// What has to be told to workers so that a room is as it may be: sessions to end, sound to drop, and for those on
    /// stage not to hear themselves. Nothing, if it is so already.
    pub(super) fn enforce(&mut self, name: &RoomId) -> Vec<(WorkerId, Command)> {
        let Some(room) = self.rooms.get(name) else { return Vec::new() };
        let policy = self.policies.get(name);
        let mut on_stage: HashMap<Box<str>, Source> = HashMap::new();
        for session in room.sessions.iter().filter_map(|id| self.sessions.get(id)) {
            if let Purpose::Publish { source: source @ Source::Stage(_), .. } = session.purpose {
                on_stage.insert(session.person.id.clone(), source);
            }
        }
        let mut commands = Vec::new();
        for &id in &room.sessions {
            let Some(session) = self.sessions.get_mut(&id).filter(|session| session.resource.is_some()) else {
                continue;
            };
            let person = &session.person;
            if let Some(reason) = policy.and_then(|policy| reason_to_end(policy, person, &session.purpose)) {
                commands.push((session.worker, Command::Close { session: id, reason }));
                continue;
            }
            match &mut session.purpose {
                Purpose::Publish { muted, .. } => {
                    let wanted = policy.is_some_and(|policy| policy.muted.iter().any(|muted| **muted == *person.id));
                    if *muted != wanted {
                        *muted = wanted;
                        commands.push((session.worker, Command::Mute { session: id, muted: wanted }));
                    }
                }
                Purpose::Watch { left_out, .. } => {
                    let wanted = on_stage.get(&person.id).copied();
                    if *left_out != wanted {
                        *left_out = wanted;
                        commands.push((session.worker, Command::LeaveOut { session: id, source: wanted }));
                    }
                }
            }
        }
        commands
    }

    /// What this node has of a room; `None` when nobody is in it.
    pub(super) fn report(&self, name: &RoomId, node: &str) -> Option<MediaReport> {
        let room = self.rooms.get(name)?;
        let mut sources: Vec<ReportedSource> = Vec::new();
        for session in room.sessions.iter().filter_map(|id| self.sessions.get(id)) {
            let Purpose::Publish { source, .. } = session.purpose else { continue };
            let sends = |kind| room.state.has(TrackId { source, kind });
            let (audio, video) = (sends(MediaKind::Audio), sends(MediaKind::Video));
            if !session.is_connected() || !(audio || video) {
                continue;
            }
            let source = source.to_string();
            // Who came last has the source; the older session is about to be replaced.
            sources.retain(|known| known.source != source);
            sources.push(ReportedSource { source, person: session.person.id.to_string(), audio, video });
        }
        sources.sort_by(|a, b| a.source.cmp(&b.source));
        Some(MediaReport {
            node: node.to_owned(),
            sources,
            viewers: u32::try_from(room.viewers_connected).unwrap_or(u32::MAX),
            speaker: room.state.speaker().map(|source| source.to_string()),
        })
    }
}

fn is_removed(policy: &MediaPolicy, person: &str, token_issued_s: u64) -> bool {
    policy.removed.get(person).is_some_and(|&until| token_issued_s <= until)
}

fn reason_to_end(policy: &MediaPolicy, person: &super::registry::Person, purpose: &Purpose) -> Option<CloseReason> {
    if policy.ended {
        return Some(CloseReason::RoomEnded);
    }
    if is_removed(policy, &person.id, person.token_issued_s) {
        return Some(CloseReason::Removed);
    }
    match purpose {
        Purpose::Publish { source: Source::Stage(place), .. } => {
            let holds = policy.stage.get(place).is_some_and(|holder| **holder == *person.id);
            (!holds).then_some(CloseReason::OffStage)
        }
        _ => None,
    }
}
