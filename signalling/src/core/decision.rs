//! What a request comes to: entries for the log and an answer, or a refusal.

use lectern_room_protocol::{Action, Code, Person, Reply, Role, RosterFilter, limits};

use super::RoomState;
use super::actor::Actor;
use super::chat::Draft;
use super::emoji::is_emoji;
use super::entry::{Entry, EntryKind};
use super::permission::allows;

/// A request that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What to append; nothing if it only reads, or if all is as it was asked for already.
    pub entries: Vec<Entry>,
    /// What to answer once the entries are committed.
    pub reply: ReplyKind,
}

/// What a request is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyKind {
    /// Done, and nothing more to say. For `ping`, `react` and `roster` the rest is the caller's.
    Done,
    /// [`Reply::Made`] with the number of the first of the entries.
    Made,
    /// This.
    Ready(Reply),
}

/// A request that is not done. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, for programs.
    pub code: Code,
    /// What exactly, if the code alone does not say.
    pub detail: Option<&'static str>,
    /// How long to wait before the same can succeed.
    pub retry_after_ms: Option<u64>,
}

impl Refusal {
    /// A refusal with the code's own sentence and a detail.
    #[must_use]
    pub fn because(code: Code, detail: &'static str) -> Self {
        Self { code, detail: Some(detail), retry_after_ms: None }
    }

    /// A refusal that time heals.
    #[must_use]
    pub fn for_now(code: Code, retry_after_ms: u64) -> Self {
        Self { code, detail: None, retry_after_ms: Some(retry_after_ms) }
    }

    /// Why, for people.
    #[must_use]
    pub fn message(&self) -> String {
        match self.detail {
            Some(detail) => format!("{} {detail}", self.code.sentence()),
            None => self.code.sentence().to_owned(),
        }
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self { code, detail: None, retry_after_ms: None }
    }
}

/// What a request comes to, before its entries have a time.
pub(super) type Outcome = Result<(Vec<EntryKind>, ReplyKind), Refusal>;

/// All is as it was asked for.
pub(super) fn done() -> Outcome {
    Ok((Vec::new(), ReplyKind::Done))
}

/// One entry.
pub(super) fn one(kind: EntryKind) -> Outcome {
    Ok((vec![kind], ReplyKind::Done))
}

/// One entry that makes something.
pub(super) fn made(kind: EntryKind) -> Outcome {
    Ok((vec![kind], ReplyKind::Made))
}

/// Nothing but an answer.
pub(super) fn ready(reply: Reply) -> Outcome {
    Ok((Vec::new(), ReplyKind::Ready(reply)))
}

/// Who asks, of which room, and when.
pub(super) struct Asked<'a> {
    pub(super) room: &'a RoomState,
    pub(super) actor: &'a Actor,
    /// What the actor is here.
    pub(super) role: Role,
    pub(super) now_ms: u64,
}

impl Asked<'_> {
    pub(super) fn id(&self) -> String {
        self.actor.id.clone()
    }

    pub(super) fn person(&self) -> Person {
        Person { id: self.id(), name: self.actor.name.clone(), role: self.role }
    }

    pub(super) fn is_moderator(&self) -> bool {
        self.role.is_moderator()
    }

    fn outcome(&self, action: &Action) -> Outcome {
        match action {
            Action::Ping => done(),
            Action::ChatSend { text, to, reply_to, mentions, key } => {
                self.chat_send(&Draft { text, to, reply_to: *reply_to, mentions, key })
            }
            Action::ChatEdit { message, text } => self.chat_edit(*message, text),
            Action::ChatDelete { message } => self.chat_delete(*message),
            Action::ChatReact { message, emoji, on } => self.chat_react(*message, emoji, *on),
            Action::ChatPin { message, on } => self.chat_pin(*message, *on),
            Action::ChatHistory { before, limit } => self.chat_history(*before, *limit),
            Action::SettingsChange(change) => self.settings_change(change),
            Action::PollOpen(open) => self.poll_open(open),
            Action::PollVote { poll, options } => self.poll_vote(*poll, options),
            Action::PollClose { poll } => self.poll_close(*poll),
            Action::PollVoters { poll, after, limit } => self.poll_voters(*poll, after.as_deref(), *limit),
            Action::Leaderboard { limit } => self.leaderboard(*limit),
            Action::QuizReset => one(EntryKind::QuizReset),
            Action::HandRaise => self.hand_raise(),
            Action::HandLower => self.hand_lower(),
            Action::HandDismiss { person } => self.hand_dismiss(person.as_deref()),
            Action::StageInvite { person } => self.stage_invite(person),
            Action::StageAccept => self.stage_accept(),
            Action::StageDecline => self.stage_decline(),
            Action::StageLeave => self.stage_leave(),
            Action::StageRemove { person } => self.stage_remove(person),
            Action::Mute { person, on } => self.mute(person, *on),
            Action::Remove { person } => self.remove(person),
            Action::Ban { person } => self.ban(person),
            Action::Unban { person } => self.unban(person),
            Action::CoTutor { person, on } => self.co_tutor(person, *on),
            Action::Admit { person } => self.admit(person),
            Action::AdmitAll => one(EntryKind::AllAdmitted),
            Action::End => one(EntryKind::Ended { by: self.id(), for_good: false }),
            Action::React { emoji } if is_emoji(emoji) => done(),
            Action::React { .. } => Err(Refusal::because(Code::BadRequest, "`emoji` is not one emoji.")),
            Action::Roster { search, filter, .. } => self.roster(search.as_deref(), *filter),
        }
    }

    /// Whether the caller may answer it: who is here is not a part of this state.
    fn roster(&self, search: Option<&str>, filter: RosterFilter) -> Outcome {
        if filter != RosterFilter::Present && !self.is_moderator() {
            return Err(Code::NotAllowed.into());
        }
        if search.is_some_and(|search| search.chars().count() > limits::SEARCH_MAX) {
            return Err(Refusal::because(Code::TooLong, "A search has at most 100 characters."));
        }
        done()
    }
}

impl RoomState {
    /// What a request comes to. The entries hold for this state only: append them right after its last entry, or decide
    /// again.
    ///
    /// # Errors
    ///
    /// Why it is not done.
    pub fn decide(&self, actor: &Actor, action: &Action, now_ms: u64) -> Result<Decision, Refusal> {
        // Their connection may outlive the right to be here for a moment.
        if let Some(code) = self.shut_out(actor) {
            return Err(code.into());
        }
        let asked = Asked { room: self, actor, role: self.role_of(actor), now_ms };
        let is_in = self.members.get(&actor.id).is_some_and(|member| member.passes);
        if !is_in || !allows(asked.role, action.name()) {
            return Err(Code::NotAllowed.into());
        }
        let (kinds, reply) = asked.outcome(action)?;
        let entries = kinds.into_iter().map(|kind| Entry { at_ms: now_ms, kind }).collect();
        Ok(Decision { entries, reply })
    }
}
