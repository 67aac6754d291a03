//! What the school learns of a room: how it is, and what was written in it.

use lectern_platform::class_bus::{
    ClassAudience, ClassInquiry, ClassMessage, ClassPoll, ClassReport, ClassRole, DeletedMessage,
};
use lectern_room_protocol::{Recipient, Role};

use super::RoomState;
use super::chat::Message;

/// Text of one report, in bytes, from which on the rest waits for the next: a message of the bus is held in memory by
/// everybody who listens.
const TEXT_BYTES_MAX: usize = 128 << 10;
/// What a message or poll takes beside its text.
const ITEM_BYTES: usize = 400;

enum Item<'a> {
    Message(&'a Message),
    Poll(&'a ClassPoll),
}

impl Item<'_> {
    fn bytes(&self) -> usize {
        let text = match self {
            Self::Message(message) => message.text.len(),
            Self::Poll(poll) => poll.question.len() + poll.options.iter().map(String::len).sum::<usize>(),
        };
        text + ITEM_BYTES
    }
}

impl RoomState {
    /// The answer to an inquiry, as far as one report goes, in the order in which things changed. `epoch` is that of the log.
    #[must_use]
    pub fn report(&self, inquiry: &ClassInquiry, epoch: &str, node: &str) -> ClassReport {
        // Numbers of another life of the log mean nothing here.
        let after = if inquiry.epoch == epoch { inquiry.seq } else { 0 };
        let messages = self.chat.changed_after(after).map(|message| (message.changed(), Item::Message(message)));
        let polls = self.past_polls.after(after).map(|(changed, poll)| (changed, Item::Poll(poll)));
        let mut items: Vec<(u64, Item<'_>)> = messages.chain(polls).collect();
        items.sort_unstable_by_key(|(changed, _)| *changed);
        let mut report = ClassReport {
            room: inquiry.room.clone(),
            to: inquiry.from.clone(),
            node: node.to_owned(),
            ended: self.ended,
            for_good: self.for_good,
            epoch: epoch.to_owned(),
            after,
            seq: self.seq.max(after),
            ..ClassReport::default()
        };
        let (mut bytes, mut last) = (0, after);
        for (changed, item) in items {
            if bytes > TEXT_BYTES_MAX {
                (report.seq, report.more) = (last, true);
                break;
            }
            bytes += item.bytes();
            last = changed;
            match item {
                Item::Message(message) if message.is_deleted() => {
                    report.deleted.push(DeletedMessage { number: message.id, at_ms: message.at_ms });
                }
                Item::Message(message) => report.messages.push(message.for_school()),
                Item::Poll(poll) => report.polls.push(poll.clone()),
            }
        }
        report
    }
}

impl Message {
    fn for_school(&self) -> ClassMessage {
        ClassMessage {
            number: self.id,
            at_ms: self.at_ms,
            person: self.from.id.clone(),
            name: self.from.name.clone(),
            role: match self.from.role {
                Role::Student => ClassRole::Student,
                Role::CoTutor => ClassRole::CoTutor,
                Role::Tutor => ClassRole::Tutor,
                Role::Admin => ClassRole::Admin,
            },
            to: match &self.to {
                Recipient::Everyone => ClassAudience::Everyone,
                Recipient::Moderators => ClassAudience::Moderators,
                Recipient::Person { person } => ClassAudience::Person(person.clone()),
            },
            text: self.text.clone(),
            reply_to: self.reply_to,
            edited_at_ms: self.edited_at_ms(),
            pinned: self.is_pinned(),
            reactions: self.counts(),
        }
    }
}

#[cfg(test)]
mod tests {
    use lectern_platform::class_bus::{ClassAudience, ClassInquiry, ClassReport};
    use lectern_room_protocol::{Code, Recipient};
    use serde_json::json;

    use super::super::classroom::{Classroom, actor, effects, events};
    use super::*;

    fn after(class: &Classroom, seq: u64) -> ClassReport {
        let inquiry = ClassInquiry { room: "r".into(), epoch: "e".into(), seq, ..ClassInquiry::default() };
        class.room.report(&inquiry, "e", "n")
    }

    fn texts(report: &ClassReport) -> Vec<&str> {
        report.messages.iter().map(|message| message.text.as_str()).collect()
    }

    #[test]
    fn what_changed_is_reported_and_only_that() {
        let mut class = Classroom::of(&["t", "s1", "s2"]);
        let [one, two, three] = ["one", "two", "three"].map(|text| class.say("s1", text).unwrap());
        class.say_to("s2", "Why?", &Recipient::Moderators).unwrap();
        class.say_to("t", "So.", &Recipient::Person { person: "s2".into() }).unwrap();
        let all = after(&class, 0);
        assert_eq!(texts(&all), ["one", "two", "three", "Why?", "So."]);
        let to: Vec<_> = all.messages.iter().map(|message| message.to.clone()).collect();
        assert_eq!(to[2..], [ClassAudience::Everyone, ClassAudience::Moderators, ClassAudience::Person("s2".into())]);
        assert_eq!((all.seq, all.more, all.ended), (class.room.seq(), false, false));
        assert!(after(&class, all.seq).messages.is_empty());
        class.must("s1", json!({"type": "chat_edit", "message": one, "text": "first"}));
        class.must("s2", json!({"type": "chat_react", "message": three, "emoji": "👍", "on": true}));
        class.must("t", json!({"type": "chat_delete", "message": two}));
        let changed = after(&class, all.seq);
        assert_eq!(texts(&changed), ["first", "three"]);
        assert_eq!((changed.messages[1].reactions["👍"], changed.messages[0].edited_at_ms.is_some()), (1, true));
        assert_eq!(changed.deleted.iter().map(|deleted| deleted.number).collect::<Vec<_>>(), [two]);
        assert_eq!(texts(&after(&class, 0)), ["Why?", "So.", "first", "three"], "what was deleted is not told");
        // Another life of the log: all of it.
        let inquiry = ClassInquiry { epoch: "other".into(), seq: 1_000, ..ClassInquiry::default() };
        let anew = class.room.report(&inquiry, "e", "n");
        assert_eq!((anew.after, anew.messages.len(), anew.seq), (0, 4, class.room.seq()));
    }

    #[test]
    fn much_is_told_in_parts_and_nothing_twice() {
        let mut class = Classroom::of(&["t"]);
        let long = "x".repeat(2_000);
        for number in 0..300 {
            class.now_ms += 10_000;
            class.say("t", &format!("{number} {}", &long[..1_990])).unwrap();
        }
        let (mut seq, mut heard, mut parts) = (0, Vec::new(), 0);
        loop {
            let part = after(&class, seq);
            heard.extend(part.messages.iter().map(|message| message.number));
            (seq, parts) = (part.seq, parts + 1);
            assert!(serde_json::to_vec(&part).unwrap().len() < TEXT_BYTES_MAX * 2);
            if !part.more {
                break;
            }
        }
        assert!(parts > 3, "{parts}");
        assert_eq!((heard.len(), heard.is_sorted(), seq), (300, true, class.room.seq()));
        heard.dedup();
        assert_eq!(heard.len(), 300);
    }

    #[test]
    fn polls_are_counts_and_one_that_is_open_ends_with_the_class() {
        let mut class = Classroom::of(&["t", "s1", "s2"]);
        let open = |question: &str| json!({"type": "poll_open", "question": question, "options": ["a", "b"], "results": "moderators"});
        let first = class.make("t", open("first")).unwrap();
        class.must("s1", json!({"type": "poll_vote", "poll": first, "options": [1]}));
        assert!(after(&class, 0).polls.is_empty(), "it is open");
        class.must("t", json!({"type": "poll_close", "poll": first}));
        let report = after(&class, 0);
        let poll = &report.polls[0];
        assert_eq!((poll.number, &poll.votes[..], poll.voters, poll.for_moderators), (first, &[0, 1][..], 1, true));
        let second = class.make("t", open("second")).unwrap();
        class.must("s2", json!({"type": "poll_vote", "poll": second, "options": [0]}));
        class.must("t", json!({"type": "end"}));
        let ended = after(&class, report.seq);
        assert_eq!((ended.ended, ended.for_good, ended.polls.len()), (true, false, 1));
        assert_eq!((ended.polls[0].number, &ended.polls[0].votes[..]), (second, &[1, 0][..]));
        // The class goes on, and the poll with it.
        let reopened = class.room.reopening(&actor("t"), 0).unwrap();
        class.append(&[reopened]);
        class.must("s1", json!({"type": "poll_vote", "poll": second, "options": [0]}));
        class.must("t", json!({"type": "poll_close", "poll": second}));
        let again = after(&class, ended.seq);
        assert_eq!((again.polls.len(), &again.polls[0].votes[..], again.ended), (1, &[2, 0][..], false));
        assert_eq!(after(&class, 0).polls.len(), 2);
    }

    #[test]
    fn an_end_for_good_is_told_as_any_and_no_tutor_undoes_it() {
        let mut class = Classroom::of(&["t", "s1"]);
        let closing = class.room.closing(5).unwrap();
        let applied = class.append(std::slice::from_ref(&closing));
        assert_eq!(events(&applied, "s1", false).len(), 1);
        assert_eq!(effects(&applied).len(), 2);
        assert!(class.append(&[closing]).iter().all(|one| one.told.is_empty() && one.effects.is_empty()), "once");
        assert_eq!((class.room.closing(6), class.room.reopening(&actor("t"), 6)), (None, None));
        assert_eq!(class.come("t"), Err(Some(Code::RoomEnded)));
        let report = after(&class, 0);
        assert!(report.ended && report.for_good);
        // One that a tutor ended is ended for good without another word.
        let mut class = Classroom::of(&["t", "s1"]);
        class.must("t", json!({"type": "end"}));
        let closing = class.room.closing(5).unwrap();
        assert!(class.append(&[closing]).iter().all(|one| one.told.is_empty() && one.effects.is_empty()));
        assert_eq!(class.room.reopening(&actor("t"), 6), None);
    }
}
