//! Chat: the messages that are kept, oldest first, and those that are pinned.

mod asked;
mod message;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use lectern_room_protocol::{ChatMessage, ChatPage, Event};
use serde::{Deserialize, Serialize};

use super::applied::{Audience, Change, Effect};
use super::pace::{Pace, Rate};
use super::person_map::{PersonMap, Str};
use super::shared::Shared;
use super::{RoomLimits, RoomState};
pub(super) use asked::Draft;
pub(super) use message::Message;

/// When somebody wrote last, and how fast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Writer {
    #[serde(rename = "l")]
    last_ms: u64,
    #[serde(rename = "p")]
    pace: Pace,
}

/// The room's chat.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chat {
    /// At most [`chat_kept_max`](RoomLimits::chat_kept_max); the oldest that is not pinned goes. In the order of their ids.
    messages: VecDeque<Shared<Message>>,
    /// How many are pinned.
    pins: usize,
    /// Everybody who has written; members, all of them.
    writers: PersonMap<Writer>,
    /// All students together.
    pace: Pace,
}

impl Chat {
    fn place(&self, message: u64) -> Option<usize> {
        self.messages.binary_search_by_key(&message, |kept| kept.id).ok()
    }

    fn message(&self, message: u64) -> Option<&Message> {
        self.place(message).map(|place| &*self.messages[place])
    }

    /// A message that entry `seq` changes.
    fn message_mut(&mut self, message: u64, seq: u64) -> Option<&mut Message> {
        let place = self.place(message)?;
        let message = self.messages[place].change();
        message.changed = seq;
        Some(message)
    }

    /// Up to `limit` messages before `before` that a reader may see, oldest first.
    pub(super) fn page(&self, reader: &str, moderator: bool, before: Option<u64>, limit: usize) -> ChatPage {
        let end = before.map_or(self.messages.len(), |before| self.messages.partition_point(|kept| kept.id < before));
        let mut seen = self.messages.range(..end).rev().filter(|message| message.is_for(reader, moderator)).peekable();
        let mut messages: Vec<ChatMessage> = Vec::new();
        while messages.len() < limit
            && let Some(message) = seen.next()
        {
            messages.push(message.for_reader(reader));
        }
        messages.reverse();
        ChatPage { messages, more: seen.peek().is_some() }
    }

    /// The pinned messages, oldest first.
    pub(super) fn pinned(&self, reader: &str) -> Vec<ChatMessage> {
        self.messages.iter().filter(|message| message.pinned).map(|message| message.for_reader(reader)).collect()
    }

    /// Messages that an entry after this one changed.
    pub(super) fn changed_after(&self, seq: u64) -> impl Iterator<Item = &Message> {
        self.messages.iter().map(|message| &**message).filter(move |message| message.changed() > seq)
    }

    /// How many reacted to a message that everybody may see, by emoji.
    pub(super) fn reactions(&self, message: u64) -> BTreeMap<String, u32> {
        self.message(message).filter(|message| message.is_public()).map(Message::counts).unwrap_or_default()
    }

    /// Counts a message or a change of one.
    fn charge(&mut self, person: &str, student: bool, limits: &RoomLimits, at_ms: u64) {
        let mut writer = self.writers.get(person).copied().unwrap_or_default();
        writer.pace.charge(limits.person_rate(), at_ms);
        writer.last_ms = writer.last_ms.max(at_ms);
        self.writers.insert(Str::from(person), writer);
        if student {
            self.pace.charge(limits.room_rate(), at_ms);
        }
    }

    fn post(&mut self, message: Message, limits: &RoomLimits) {
        self.charge(&message.from.id, !message.from.role.is_moderator(), limits, message.at_ms);
        self.messages.push_back(Shared::new(message));
        while self.messages.len() > limits.chat_kept_max {
            // There are more messages than pins, so one of the first is not pinned.
            let Some(oldest) = self.messages.iter().position(|message| !message.pinned) else { break };
            self.messages.remove(oldest);
        }
    }
}

impl RoomLimits {
    fn person_rate(&self) -> Rate {
        Rate { burst: self.chat_person_burst, interval_ms: self.chat_person_interval_ms }
    }

    fn room_rate(&self) -> Rate {
        Rate { burst: self.chat_room_burst, interval_ms: 1_000 / u64::from(self.chat_room_per_s.max(1)) }
    }
}

/// What is applied.
impl RoomState {
    pub(super) fn apply_posted(&mut self, message: Message) -> Change {
        let audience = message.audience();
        let told = message.for_everyone();
        self.chat.change().post(message, &self.limits);
        Change::told(audience, Event::ChatPosted { message: told })
    }

    pub(super) fn apply_edited(&mut self, message: u64, text: &str, at_ms: u64) -> Change {
        let (seq, chat) = (self.seq, self.chat.change());
        let Some(edited) = chat.message_mut(message, seq).filter(|edited| !edited.deleted) else {
            return Change::default();
        };
        text.clone_into(&mut edited.text);
        edited.edited_at_ms = Some(at_ms);
        let audience = edited.audience();
        let (author, student) = (edited.from.id.clone(), !edited.from.role.is_moderator());
        chat.charge(&author, student, &self.limits, at_ms);
        Change::told(audience, Event::ChatEdited { message, text: text.to_owned() })
    }

    pub(super) fn apply_deleted(&mut self, message: u64, by: &str) -> Change {
        let (seq, chat) = (self.seq, self.chat.change());
        let Some(deleted) = chat.message_mut(message, seq).filter(|deleted| !deleted.deleted) else {
            return Change::default();
        };
        let was_pinned = deleted.delete();
        let audience = deleted.audience();
        chat.pins -= usize::from(was_pinned);
        Change::told(audience, Event::ChatDeleted { message, by: by.to_owned() })
    }

    pub(super) fn apply_pinned(&mut self, message: u64, on: bool) -> Change {
        let (seq, chat) = (self.seq, self.chat.change());
        let fits = |pinned: &&mut Message| !pinned.deleted && pinned.is_public() && pinned.pinned != on;
        let Some(pinned) = chat.message_mut(message, seq).filter(fits) else { return Change::default() };
        pinned.pinned = on;
        let told = pinned.for_everyone();
        chat.pins = if on { chat.pins + 1 } else { chat.pins - 1 };
        Change::told(Audience::Everyone, Event::ChatPinned { message: told })
    }

    pub(super) fn apply_reacted(&mut self, message: u64, person: &Str, emoji: &str, on: bool) -> Change {
        let (seq, chat) = (self.seq, self.chat.change());
        let fits = |reacted: &&mut Message| !reacted.deleted && reacted.is_public();
        let changed =
            chat.message_mut(message, seq).filter(fits).is_some_and(|reacted| reacted.react(person, emoji, on));
        if changed { Change::effect(Effect::ReactionsChanged { message }) } else { Change::default() }
    }
}
