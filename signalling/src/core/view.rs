//! What others get to see of the room: participants, and the media servers.

use std::collections::BTreeMap;

use lectern_platform::media_bus::MediaPolicy;
use lectern_room_protocol::{Notice, Person, Settings, Snapshot, You};

use super::actor::Actor;
use super::{RoomState, permission};

impl RoomState {
    /// The number of the last entry that was applied.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The room for one reader, with what is not numbered.
    #[must_use]
    pub fn snapshot_for(&self, actor: &Actor, notices: Vec<Notice>) -> Snapshot {
        let reader = actor.id.as_str();
        let moderator = self.role_of(actor).is_moderator();
        let chat = self.chat.page(reader, moderator, None, self.limits.chat_welcome);
        Snapshot {
            settings: self.settings.clone(),
            stage: self.stage.places(),
            stage_places: self.limits.stage_places,
            muted: self.moderation.muted(),
            co_tutors: self.moderation.co_tutors(),
            poll: self.poll.as_ref().map(|open| open.state_for(reader, moderator)),
            outcome: self.outcome.as_ref().map(|closed| closed.outcome(moderator)),
            pinned: self.chat.pinned(reader),
            chat: chat.messages,
            chat_more: chat.more,
            hand: self.hands.is_up(reader),
            invited: self.stage.is_invited(reader),
            hands: if moderator { self.hands.in_order().to_vec() } else { Vec::new() },
            invitations: if moderator { self.stage.invited().to_vec() } else { Vec::new() },
            notices,
        }
    }

    /// What the reader is here.
    #[must_use]
    pub fn you(&self, actor: &Actor) -> You {
        let role = self.role_of(actor);
        let person = Person { id: actor.id.clone(), name: actor.name.clone(), role };
        You { person, rights: permission::rights(role) }
    }

    /// How many reacted to a message that everybody may see, by emoji.
    #[must_use]
    pub fn chat_reactions(&self, message: u64) -> BTreeMap<String, u32> {
        self.chat.reactions(message)
    }

    /// What the media servers may let happen.
    #[must_use]
    pub fn media_policy(&self, epoch: &str) -> MediaPolicy {
        MediaPolicy {
            epoch: epoch.to_owned(),
            seq: self.seq,
            stage: self.stage.publishers(),
            muted: self.moderation.muted(),
            removed: self.moderation.removed(),
            ended: self.ended,
        }
    }

    /// Whether the class is over.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// How things are set.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether somebody's hand is up.
    #[must_use]
    pub fn hand_of(&self, person: &str) -> bool {
        self.hands.is_up(person)
    }

    /// Somebody's place on stage.
    #[must_use]
    pub fn place_of(&self, person: &str) -> Option<u8> {
        self.stage.place_of(person)
    }

    /// Whether somebody is muted.
    #[must_use]
    pub fn is_muted(&self, person: &str) -> bool {
        self.moderation.is_muted(person)
    }

    /// Who is banned, in the order of their ids.
    #[must_use]
    pub fn banned(&self) -> Vec<Person> {
        self.moderation.banned()
    }
}
