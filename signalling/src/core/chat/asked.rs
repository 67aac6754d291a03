//! What may be done in the chat.

use lectern_room_protocol::{Code, Recipient, Reply, limits};

use super::super::decision::{Asked, Outcome, Refusal, done, made, one, ready};
use super::super::emoji::is_emoji;
use super::super::entry::EntryKind;
use super::super::person_map::Str;
use super::super::text;
use super::Message;

/// What a client wants to have posted.
pub(in super::super) struct Draft<'a> {
    pub(in super::super) text: &'a str,
    pub(in super::super) to: &'a Recipient,
    pub(in super::super) reply_to: Option<u64>,
    pub(in super::super) mentions: &'a [String],
    pub(in super::super) key: &'a str,
}

impl Asked<'_> {
    pub(in super::super) fn chat_send(&self, draft: &Draft<'_>) -> Outcome {
        let key_bytes = draft.key.len();
        if key_bytes == 0 {
            return Err(Refusal::because(Code::BadRequest, "`key` is empty."));
        }
        if key_bytes > limits::KEY_BYTES_MAX {
            return Err(Refusal::because(Code::TooLong, "`key` has at most 36 bytes."));
        }
        // Sent again because the answer was lost: whatever holds for new messages held for it then.
        let again = |kept: &&super::Shared<Message>| kept.key == draft.key && kept.from.id == self.actor.id;
        if let Some(posted) = self.room.chat.messages.iter().rev().find(again) {
            return ready(Reply::Made { seq: posted.id });
        }
        if draft.mentions.len() > limits::MENTIONS_MAX {
            return Err(Refusal::because(Code::TooLong, "A message mentions at most 10 people."));
        }
        let text = written(draft.text)?;
        self.may_send_to(draft.to)?;
        self.may_write()?;
        self.not_too_soon()?;
        if let Some(answered) = draft.reply_to {
            self.seen(answered)?;
        }
        let mut mentions: Vec<String> = Vec::new();
        for person in draft.mentions {
            // Whom nobody knows is not mentioned; the text says what it says.
            if self.room.members.contains(person) && !mentions.contains(person) {
                mentions.push(person.clone());
            }
        }
        made(EntryKind::ChatPosted {
            from: self.person(),
            to: draft.to.clone(),
            text,
            reply_to: draft.reply_to,
            mentions,
            key: draft.key.to_owned(),
        })
    }

    pub(in super::super) fn chat_edit(&self, message: u64, text: &str) -> Outcome {
        let kept = self.seen(message)?;
        if kept.from.id != self.actor.id {
            return Err(Code::NotAllowed.into());
        }
        // Who was a co-tutor has a student's rights over what they wrote then.
        self.may_send_to(&kept.to)?;
        let text = written(text)?;
        if text == kept.text {
            return done();
        }
        self.may_write()?;
        self.not_too_fast()?;
        one(EntryKind::ChatEdited { message, text })
    }

    pub(in super::super) fn chat_delete(&self, message: u64) -> Outcome {
        let kept = self.visible(message)?;
        if kept.from.id == self.actor.id {
            self.may_send_to(&kept.to)?;
        } else if !self.is_moderator() {
            return Err(Code::NotAllowed.into());
        } else {
            self.moderates(&kept.from.id)?;
        }
        if kept.deleted {
            return done();
        }
        one(EntryKind::ChatDeleted { message, by: self.id() })
    }

    pub(in super::super) fn chat_pin(&self, message: u64, on: bool) -> Outcome {
        let kept = self.seen(message)?;
        if !kept.is_public() {
            return Err(Refusal::because(Code::NotAllowed, "Private messages are not pinned."));
        }
        if kept.pinned == on {
            return done();
        }
        if on && self.room.chat.pins >= self.room.limits.pins_max {
            return Err(Code::PinsFull.into());
        }
        one(EntryKind::ChatPinned { message, on })
    }

    pub(in super::super) fn chat_react(&self, message: u64, emoji: &str, on: bool) -> Outcome {
        let kept = self.seen(message)?;
        // Reactions are told to everybody.
        if !kept.is_public() {
            return Err(Refusal::because(Code::NotAllowed, "Private messages are not reacted to."));
        }
        if !is_emoji(emoji) {
            return Err(Refusal::because(Code::BadRequest, "`emoji` is not one emoji."));
        }
        if kept.has_reacted(&self.actor.id, emoji) == on {
            return done();
        }
        if on && !kept.has_emoji(emoji) && kept.emoji() >= self.room.limits.emoji_per_message_max {
            return Err(Code::LimitReached.into());
        }
        let person = Str::from(self.actor.id.as_str());
        one(EntryKind::ChatReacted { message, person, emoji: emoji.to_owned(), on })
    }

    pub(in super::super) fn chat_history(&self, before: Option<u64>, limit: u32) -> Outcome {
        let limit = limit.clamp(1, limits::PAGE_MAX) as usize;
        ready(Reply::Chat(self.room.chat.page(&self.actor.id, self.is_moderator(), before, limit)))
    }

    /// A message that the asking person may see.
    fn visible(&self, message: u64) -> Result<&Message, Refusal> {
        let kept = self.room.chat.message(message);
        kept.filter(|kept| kept.is_for(&self.actor.id, self.is_moderator())).ok_or(Code::MessageUnknown.into())
    }

    /// The same, and it is not deleted.
    fn seen(&self, message: u64) -> Result<&Message, Refusal> {
        self.visible(message).and_then(|kept| if kept.deleted { Err(Code::MessageUnknown.into()) } else { Ok(kept) })
    }

    fn may_send_to(&self, to: &Recipient) -> Result<(), Refusal> {
        match to {
            Recipient::Everyone | Recipient::Moderators => Ok(()),
            Recipient::Person { .. } if !self.is_moderator() => Err(Code::NotAllowed.into()),
            Recipient::Person { person } if !self.room.members.contains(person) => Err(Code::PersonUnknown.into()),
            Recipient::Person { .. } => Ok(()),
        }
    }

    fn may_write(&self) -> Result<(), Refusal> {
        if self.room.settings.chat_locked && !self.is_moderator() { Err(Code::ChatLocked.into()) } else { Ok(()) }
    }

    /// Neither slow mode nor the pace is broken.
    fn not_too_soon(&self) -> Result<(), Refusal> {
        if !self.is_moderator()
            && let Some(writer) = self.room.chat.writers.get(&self.actor.id)
        {
            let slow_ms = u64::from(self.room.settings.slow_mode_s) * 1_000;
            let wait_ms = slow_ms.saturating_sub(self.now_ms.saturating_sub(writer.last_ms));
            if wait_ms > 0 {
                return Err(Refusal::for_now(Code::SlowMode, wait_ms));
            }
        }
        self.not_too_fast()
    }

    fn not_too_fast(&self) -> Result<(), Refusal> {
        let (chat, limits) = (&self.room.chat, &self.room.limits);
        let own = chat.writers.get(&self.actor.id);
        let own_ms = own.map_or(0, |writer| writer.pace.wait_ms(limits.person_rate(), self.now_ms));
        // A tutor is heard however much the students write.
        let room_ms = if self.is_moderator() { 0 } else { chat.pace.wait_ms(limits.room_rate(), self.now_ms) };
        match own_ms.max(room_ms) {
            0 => Ok(()),
            wait_ms => Err(Refusal::for_now(Code::RateLimited, wait_ms)),
        }
    }
}

fn written(raw: &str) -> Result<String, Refusal> {
    let text = text::lines(raw).ok_or(Refusal::because(Code::BadRequest, "There is nothing to read in `text`."))?;
    if text.chars().count() > limits::CHAT_TEXT_MAX {
        return Err(Refusal::because(Code::TooLong, "A message has at most 2000 characters."));
    }
    Ok(text)
}
