//! One message.

use std::collections::BTreeMap;

use lectern_room_protocol::{ChatMessage, Person, Recipient};
use serde::{Deserialize, Serialize};

use super::super::applied::Audience;
use super::super::person_map::{PersonMap, Str};

/// A message as the room keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Message {
    pub(in super::super) id: u64,
    /// See [`Self::changed`].
    #[serde(default)]
    pub(super) changed: u64,
    pub(in super::super) from: Person,
    pub(in super::super) to: Recipient,
    pub(in super::super) text: String,
    pub(in super::super) at_ms: u64,
    pub(in super::super) reply_to: Option<u64>,
    pub(in super::super) mentions: Vec<String>,
    /// Chosen by who wrote it, so that the same message sent again is posted once.
    pub(in super::super) key: String,
    pub(super) edited_at_ms: Option<u64>,
    pub(super) deleted: bool,
    pub(super) pinned: bool,
    /// How many people reacted, by emoji.
    counts: BTreeMap<Str, u32>,
    /// Who reacted with what.
    reactions: PersonMap<Vec<Str>>,
}

impl Message {
    /// A new message, of which only what its author wrote is known.
    pub(in super::super) fn new(id: u64, at_ms: u64, from: Person, to: Recipient, text: String, key: String) -> Self {
        Self {
            id,
            changed: id,
            from,
            to,
            text,
            at_ms,
            reply_to: None,
            mentions: Vec::new(),
            key,
            edited_at_ms: None,
            deleted: false,
            pinned: false,
            counts: BTreeMap::new(),
            reactions: PersonMap::default(),
        }
    }

    /// The number of the last entry that changed it; one that an older release saved says nothing of it.
    pub(in super::super) fn changed(&self) -> u64 {
        self.changed.max(self.id)
    }

    pub(in super::super) fn is_deleted(&self) -> bool {
        self.deleted
    }

    pub(in super::super) fn is_pinned(&self) -> bool {
        self.pinned
    }

    pub(in super::super) fn edited_at_ms(&self) -> Option<u64> {
        self.edited_at_ms
    }

    pub(super) fn is_public(&self) -> bool {
        self.to == Recipient::Everyone
    }

    /// Whether a reader may see it.
    pub(super) fn is_for(&self, reader: &str, moderator: bool) -> bool {
        self.from.id == reader || self.audience().includes(reader, moderator)
    }

    /// Who is told about it. An answer to one person comes from a moderator, so its author is among these.
    pub(super) fn audience(&self) -> Audience {
        match &self.to {
            Recipient::Everyone => Audience::Everyone,
            Recipient::Moderators => Audience::ModeratorsAnd(self.from.id.clone()),
            Recipient::Person { person } => Audience::ModeratorsAnd(person.clone()),
        }
    }

    /// The message as all readers see it alike: without what is the reader's own.
    pub(super) fn for_everyone(&self) -> ChatMessage {
        ChatMessage {
            id: self.id,
            from: self.from.clone(),
            to: self.to.clone(),
            text: self.text.clone(),
            at_ms: self.at_ms,
            reply_to: self.reply_to,
            mentions: self.mentions.clone(),
            edited_at_ms: self.edited_at_ms,
            deleted: self.deleted,
            pinned: self.pinned,
            reactions: self.counts(),
            mine: Vec::new(),
        }
    }

    /// The message as one reader sees it.
    pub(super) fn for_reader(&self, reader: &str) -> ChatMessage {
        let mine = self.reactions.get(reader).map(|mine| mine.iter().map(|emoji| emoji.to_string()).collect());
        ChatMessage { mine: mine.unwrap_or_default(), ..self.for_everyone() }
    }

    /// How many people reacted, by emoji.
    pub(in super::super) fn counts(&self) -> BTreeMap<String, u32> {
        self.counts.iter().map(|(emoji, &count)| (emoji.to_string(), count)).collect()
    }

    /// How many different emoji there are.
    pub(super) fn emoji(&self) -> usize {
        self.counts.len()
    }

    pub(super) fn has_emoji(&self, emoji: &str) -> bool {
        self.counts.contains_key(emoji)
    }

    pub(super) fn has_reacted(&self, person: &str, emoji: &str) -> bool {
        self.reactions.get(person).is_some_and(|mine| mine.iter().any(|one| **one == *emoji))
    }

    /// Sets or takes back a reaction; whether that changed anything.
    pub(super) fn react(&mut self, person: &Str, emoji: &str, on: bool) -> bool {
        if self.has_reacted(person, emoji) == on {
            return false;
        }
        let mut mine = self.reactions.get(person).cloned().unwrap_or_default();
        if on {
            // The same text for all who react with it.
            let emoji = self.counts.get_key_value(emoji).map_or_else(|| Str::from(emoji), |(emoji, _)| emoji.clone());
            *self.counts.entry(emoji.clone()).or_default() += 1;
            mine.push(emoji);
            self.reactions.insert(person.clone(), mine);
            return true;
        }
        mine.retain(|one| **one != *emoji);
        if mine.is_empty() {
            self.reactions.remove(person);
        } else {
            self.reactions.insert(person.clone(), mine);
        }
        let left = self.counts.get(emoji).copied().unwrap_or_default().saturating_sub(1);
        if left == 0 {
            self.counts.remove(emoji);
        } else {
            self.counts.insert(Str::from(emoji), left);
        }
        true
    }

    /// Leaves that there was a message, and nothing of it. Whether it was pinned.
    pub(super) fn delete(&mut self) -> bool {
        self.deleted = true;
        self.text = String::new();
        self.mentions = Vec::new();
        self.counts = BTreeMap::new();
        self.reactions = PersonMap::default();
        std::mem::take(&mut self.pinned)
    }
}
