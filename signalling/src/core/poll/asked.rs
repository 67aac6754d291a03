//! What may be done with polls.

use lectern_room_protocol::{Code, PollOpen, Quiz, Reply, limits};

use super::super::decision::{Asked, Outcome, Refusal, done, made, one, ready};
use super::super::entry::EntryKind;
use super::super::person_map::Str;
use super::super::text;
use super::Choice;

impl Asked<'_> {
    pub(in super::super) fn poll_open(&self, open: &PollOpen) -> Outcome {
        if self.room.poll.is_some() {
            return Err(Code::PollOpenAlready.into());
        }
        let question =
            asked(text::lines(&open.question), limits::QUESTION_MAX, "A question has at most 500 characters.")?;
        if open.options.len() < limits::OPTIONS_MIN {
            return Err(Refusal::because(Code::BadRequest, "A poll has at least two options."));
        }
        if open.options.len() > limits::OPTIONS_MAX {
            return Err(Refusal::because(Code::TooLong, "A poll has at most ten options."));
        }
        let mut options: Vec<String> = Vec::with_capacity(open.options.len());
        for option in &open.options {
            let option = asked(text::line(option), limits::OPTION_MAX, "An option has at most 200 characters.")?;
            if options.contains(&option) {
                return Err(Refusal::because(Code::BadRequest, "Two options are the same."));
            }
            options.push(option);
        }
        match open.seconds {
            Some(0) => return Err(Refusal::because(Code::BadRequest, "A timed poll runs for a second at least.")),
            Some(seconds) if seconds > limits::POLL_SECONDS_MAX => {
                return Err(Refusal::because(Code::TooLong, "A timed poll runs for at most 3600 seconds."));
            }
            _ => {}
        }
        let quiz = open.quiz.as_ref().map(|quiz| question_of_quiz(open, quiz)).transpose()?;
        made(EntryKind::PollOpened { open: PollOpen { question, options, quiz, ..open.clone() } })
    }

    pub(in super::super) fn poll_vote(&self, poll: u64, options: &[u8]) -> Outcome {
        let open = self.room.poll.as_ref().filter(|open| open.poll.id == poll && !open.is_over(self.now_ms));
        let Some(open) = open else { return Err(Code::PollClosed.into()) };
        let choice = Choice::of(options, open.poll.options.len());
        let choice = choice.filter(|choice| open.poll.multiple || choice.count() == 1);
        let Some(choice) = choice else { return Err(Code::ChoiceInvalid.into()) };
        match open.votes.get(&self.actor.id) {
            // Sent again because the answer was lost.
            Some(vote) if vote.choice == choice => done(),
            Some(_) if open.poll.quiz => Err(Code::AnsweredAlready.into()),
            _ => one(EntryKind::Voted { poll, person: Str::from(self.actor.id.as_str()), choice: choice.0 }),
        }
    }

    pub(in super::super) fn poll_close(&self, poll: u64) -> Outcome {
        match &self.room.poll {
            Some(open) if open.poll.id == poll => one(EntryKind::PollClosed { poll }),
            _ => Err(Code::PollClosed.into()),
        }
    }

    pub(in super::super) fn poll_voters(&self, poll: u64, after: Option<&str>, limit: u32) -> Outcome {
        let open = self.room.poll.as_ref().map(|open| (&open.poll, &open.votes));
        let closed = self.room.outcome.as_ref().map(|closed| (&closed.poll, &closed.votes));
        let (found, votes) =
            open.into_iter().chain(closed).find(|(found, _)| found.id == poll).ok_or(Code::PollClosed)?;
        if found.anonymous {
            return Err(Code::PollAnonymous.into());
        }
        ready(Reply::Voters(self.room.voters(votes, after, limit.clamp(1, limits::PAGE_MAX) as usize)))
    }

    pub(in super::super) fn leaderboard(&self, limit: u32) -> Outcome {
        let leaders = self.room.leaders(limit.clamp(1, limits::PAGE_MAX) as usize);
        ready(Reply::Leaders { leaders, mine: self.room.leader_of(&self.actor.id) })
    }
}

fn asked(cleaned: Option<String>, chars_max: usize, too_long: &'static str) -> Result<String, Refusal> {
    let nothing = Refusal::because(Code::BadRequest, "There is nothing to read in the question or an option.");
    let text = cleaned.ok_or(nothing)?;
    if text.chars().count() > chars_max {
        return Err(Refusal::because(Code::TooLong, too_long));
    }
    Ok(text)
}

/// A question that can be answered rightly, in time, by somebody.
fn question_of_quiz(open: &PollOpen, quiz: &Quiz) -> Result<Quiz, Refusal> {
    if open.seconds.is_none() {
        return Err(Refusal::because(Code::BadRequest, "A question of the quiz needs `seconds`."));
    }
    if open.anonymous {
        return Err(Refusal::because(
            Code::BadRequest,
            "A question of the quiz has a leaderboard and is not anonymous.",
        ));
    }
    match Choice::of(&quiz.correct, open.options.len()) {
        Some(correct) if open.multiple || correct.count() == 1 => Ok(Quiz { correct: correct.options() }),
        _ => Err(Refusal::because(Code::BadRequest, "`correct` is not an answer that can be given.")),
    }
}
