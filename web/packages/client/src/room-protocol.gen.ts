/* Made from signalling/protocol/lectern.v1.schema.json by `npm run protocol`. Not to be changed by hand. */

/**
 * Everything that crosses the wire, so that one schema document names it all.
 */
export type Wire = Join | Request | ServerMessage | Reply;
/**
 * Every message of a client after the first.
 */
export type Request = {
  /**
   * Chosen by the client, unlike all that are not answered yet; the answer carries it.
   */
  id: number;
} & Action;
/**
 * Everything that can be asked for.
 */
export type Action =
  | {
      type: "ping";
    }
  | {
      /**
       * Chosen by the client, so that the same message sent again after a lost connection is posted once.
       */
      key: string;
      /**
       * The ids of those whom it mentions.
       */
      mentions?: string[];
      /**
       * The message that it answers.
       */
      reply_to?: number;
      /**
       * What to write.
       */
      text: string;
      to?: Recipient;
      type: "chat_send";
    }
  | {
      /**
       * Which.
       */
      message: number;
      /**
       * The new text.
       */
      text: string;
      type: "chat_edit";
    }
  | {
      /**
       * Which.
       */
      message: number;
      type: "chat_delete";
    }
  | {
      /**
       * With what.
       */
      emoji: string;
      /**
       * Which.
       */
      message: number;
      /**
       * Whether to react or to take it back.
       */
      on: boolean;
      type: "chat_react";
    }
  | {
      /**
       * Which.
       */
      message: number;
      /**
       * Whether to pin.
       */
      on: boolean;
      type: "chat_pin";
    }
  | {
      /**
       * Older than this one; the newest when left out.
       */
      before?: number;
      /**
       * How many, up to 100.
       */
      limit: number;
      type: "chat_history";
    }
  | (SettingsChange & {
      type: "settings_change";
    })
  | (PollOpen & {
      type: "poll_open";
    })
  | {
      /**
       * The options, from 0.
       */
      options: number[];
      /**
       * Which poll.
       */
      poll: number;
      type: "poll_vote";
    }
  | {
      /**
       * Which poll.
       */
      poll: number;
      type: "poll_close";
    }
  | {
      /**
       * The `next` of the page before.
       */
      after?: string;
      /**
       * How many, up to 100.
       */
      limit: number;
      /**
       * Which poll.
       */
      poll: number;
      type: "poll_voters";
    }
  | {
      /**
       * How many, up to 100.
       */
      limit: number;
      type: "leaderboard";
    }
  | {
      type: "quiz_reset";
    }
  | {
      type: "hand_raise";
    }
  | {
      type: "hand_lower";
    }
  | {
      /**
       * Whose; everybody's when left out.
       */
      person?: string;
      type: "hand_dismiss";
    }
  | {
      /**
       * Whom.
       */
      person: string;
      type: "stage_invite";
    }
  | {
      type: "stage_accept";
    }
  | {
      type: "stage_decline";
    }
  | {
      type: "stage_leave";
    }
  | {
      /**
       * Whom.
       */
      person: string;
      type: "stage_remove";
    }
  | {
      /**
       * Whether to drop it.
       */
      on: boolean;
      /**
       * Whose.
       */
      person: string;
      type: "mute";
    }
  | {
      /**
       * Whom.
       */
      person: string;
      type: "remove";
    }
  | {
      /**
       * Whom.
       */
      person: string;
      type: "ban";
    }
  | {
      /**
       * Whose.
       */
      person: string;
      type: "unban";
    }
  | {
      /**
       * Whether they are one from now on.
       */
      on: boolean;
      /**
       * Whom.
       */
      person: string;
      type: "co_tutor";
    }
  | {
      /**
       * Whom.
       */
      person: string;
      type: "admit";
    }
  | {
      type: "admit_all";
    }
  | {
      type: "end";
    }
  | {
      /**
       * With what.
       */
      emoji: string;
      type: "react";
    }
  | {
      /**
       * The `next` of the page before.
       */
      after?: string;
      filter?: RosterFilter;
      /**
       * How many, up to 100.
       */
      limit: number;
      /**
       * Part of a name, whatever its case.
       */
      search?: string;
      type: "roster";
    };
/**
 * Whom a message is for.
 */
export type Recipient =
  | {
      kind: "everyone";
    }
  | {
      kind: "moderators";
    }
  | {
      kind: "person";
      /**
       * Whom.
       */
      person: string;
    };
/**
 * Who sees the tally of an open poll. Moderators always do.
 */
export type PollResults = "live" | "closed" | "moderators";
/**
 * Whom a page of the roster lists.
 */
export type RosterFilter = "present" | "waiting" | "banned";
/**
 * Every message of the server, told apart by `type`.
 */
export type ServerMessage =
  | {
      /**
       * Which life of the room's log `seq` belongs to, for `resume`.
       */
      epoch: string;
      /**
       * The server's clock.
       */
      now_ms: number;
      room: Snapshot;
      /**
       * The number of the last event that the snapshot contains.
       */
      seq: number;
      type: "welcome";
      you: You;
    }
  | {
      /**
       * What is not numbered, as it is now.
       */
      notices: Notice[];
      /**
       * The server's clock.
       */
      now_ms: number;
      /**
       * The number of the last event there is.
       */
      seq: number;
      type: "resumed";
      you: You;
    }
  | {
      /**
       * Since when the reader waits.
       */
      since_ms: number;
      type: "waiting";
    }
  | {
      /**
       * The request.
       */
      id: number;
      reply?: Reply;
      type: "ok";
    }
  | {
      code: Code;
      /**
       * The request; absent if it could not be read.
       */
      id?: number;
      /**
       * Why, for people.
       */
      message: string;
      /**
       * How long to wait before the same can succeed.
       */
      retry_after_ms?: number;
      type: "refused";
    }
  | {
      /**
       * When.
       */
      at_ms: number;
      event: Event;
      /**
       * The number of the last event before this one that everybody gets.
       */
      prev: number;
      /**
       * The number, higher than that of every event before.
       */
      seq: number;
      type: "event";
    }
  | {
      notice: Notice;
      type: "notice";
    }
  | {
      code: Code;
      /**
       * Why, for people.
       */
      message: string;
      /**
       * How long to wait before coming back; never, if absent.
       */
      retry_after_ms?: number;
      type: "goodbye";
    };
/**
 * What somebody is in this room, from the fewest rights to the most.
 */
export type Role = "student" | "co_tutor" | "tutor" | "admin";
/**
 * How something is now, told apart by `type`. Each replaces the one before of the same type and subject.
 */
export type Notice =
  | {
      /**
       * In the room.
       */
      present: number;
      type: "presence";
      /**
       * In the waiting room; moderators alone are told.
       */
      waiting?: number;
    }
  | {
      /**
       * Which.
       */
      poll: number;
      tally: Tally;
      type: "poll_tally";
    }
  | {
      /**
       * All counts of a message, by emoji; by the message's id.
       */
      messages: {
        /**
         * This interface was referenced by `undefined`'s JSON-Schema definition
         * via the `patternProperty` "^\d+$".
         */
        [k: string]: {
          [k: string]: number;
        };
      };
      type: "chat_reactions";
    }
  | {
      /**
       * How many, by emoji.
       */
      counts: {
        [k: string]: number;
      };
      type: "reactions";
    }
  | {
      /**
       * Whether the answer was right; absent if there was none.
       */
      correct?: boolean;
      /**
       * Points for this question.
       */
      points: number;
      /**
       * Which question.
       */
      poll: number;
      total?: Leader;
      type: "quiz_score";
    }
  | (MediaState & {
      type: "media";
    })
  | {
      /**
       * The source, such as `camera` or `stage/1`; nobody if absent.
       */
      source?: string;
      type: "speaker";
    }
  | {
      /**
       * Not while the room's store is away; what is asked for meanwhile is refused as `unavailable`.
       */
      available: boolean;
      type: "service";
    };
/**
 * The name of an [`Action`], and the key of the table of rights.
 */
export type ActionName =
  | "ping"
  | "chat_send"
  | "chat_edit"
  | "chat_delete"
  | "chat_react"
  | "chat_pin"
  | "chat_history"
  | "settings_change"
  | "poll_open"
  | "poll_vote"
  | "poll_close"
  | "poll_voters"
  | "leaderboard"
  | "quiz_reset"
  | "hand_raise"
  | "hand_lower"
  | "hand_dismiss"
  | "stage_invite"
  | "stage_accept"
  | "stage_decline"
  | "stage_leave"
  | "stage_remove"
  | "mute"
  | "remove"
  | "ban"
  | "unban"
  | "co_tutor"
  | "admit"
  | "admit_all"
  | "end"
  | "react"
  | "roster";
/**
 * What a request is answered with beyond "done", told apart by `type`.
 */
export type Reply =
  | (ChatPage & {
      type: "chat";
    })
  | (RosterPage & {
      type: "roster";
    })
  | (VoterPage & {
      type: "voters";
    })
  | {
      /**
       * Best first.
       */
      leaders: Leader[];
      mine?: Leader;
      type: "leaders";
    }
  | {
      /**
       * The number of the event, which is the id of what it made.
       */
      seq: number;
      type: "made";
    };
/**
 * A stable code of a refusal or a goodbye.
 */
export type Code =
  | "bad_request"
  | "too_long"
  | "frame_too_large"
  | "binary_frame"
  | "join_timeout"
  | "already_joined"
  | "token_invalid"
  | "room_forbidden"
  | "banned"
  | "removed"
  | "room_locked"
  | "room_full"
  | "room_ended"
  | "replaced"
  | "not_allowed"
  | "chat_locked"
  | "slow_mode"
  | "rate_limited"
  | "message_unknown"
  | "person_unknown"
  | "pins_full"
  | "poll_open_already"
  | "poll_closed"
  | "choice_invalid"
  | "answered_already"
  | "poll_anonymous"
  | "hands_full"
  | "stage_full"
  | "not_invited"
  | "on_stage_already"
  | "not_on_stage"
  | "person_protected"
  | "limit_reached"
  | "unavailable"
  | "too_slow"
  | "draining"
  | "internal";
/**
 * What happens in a room, numbered, told apart by `type`.
 */
export type Event =
  | {
      message: ChatMessage;
      type: "chat_posted";
    }
  | {
      /**
       * Which.
       */
      message: number;
      /**
       * The new text.
       */
      text: string;
      type: "chat_edited";
    }
  | {
      /**
       * The id of who did it.
       */
      by: string;
      /**
       * Which.
       */
      message: number;
      type: "chat_deleted";
    }
  | {
      message: ChatMessage;
      type: "chat_pinned";
    }
  | {
      /**
       * The id of who did it.
       */
      by: string;
      settings: Settings;
      type: "settings_changed";
    }
  | {
      poll: Poll;
      type: "poll_opened";
    }
  | {
      outcome: PollOutcome;
      type: "poll_closed";
    }
  | {
      type: "quiz_reset";
    }
  | {
      hand: Hand;
      type: "hand_raised";
    }
  | {
      /**
       * The id of whose.
       */
      person: string;
      type: "hand_lowered";
    }
  | {
      person: Person;
      type: "stage_invited";
    }
  | {
      /**
       * The id of who.
       */
      person: string;
      type: "stage_declined";
    }
  | {
      place: StagePlace;
      type: "stage_joined";
    }
  | {
      place: StagePlace;
      type: "stage_left";
    }
  | {
      /**
       * Whether it is dropped.
       */
      on: boolean;
      /**
       * The id of whose.
       */
      person: string;
      type: "muted";
    }
  | {
      /**
       * Whether for good.
       */
      ban: boolean;
      person: Person;
      type: "removed";
    }
  | {
      /**
       * The id of whose.
       */
      person: string;
      type: "unbanned";
    }
  | {
      /**
       * Whether they have them now.
       */
      on: boolean;
      person: Person;
      type: "co_tutor_changed";
    }
  | {
      /**
       * The id of who ended it; empty when the school did. Then it has ended for good: a tutor who comes does not open it again.
       */
      by: string;
      type: "ended";
    }
  | {
      /**
       * The id of whose coming it was.
       */
      by: string;
      type: "reopened";
    };

/**
 * The first message on every connection. It is answered by `welcome`, `resumed`, `waiting` or `goodbye`.
 */
export interface Join {
  resume?: Resume;
  /**
   * A room token, the one that WHIP and WHEP take.
   */
  token: string;
  type: "join";
}
/**
 * Where a client was.
 */
export interface Resume {
  /**
   * `epoch` of the `welcome`.
   */
  epoch: string;
  /**
   * The highest number seen.
   */
  seq: number;
}
/**
 * What to change of a room's settings.
 */
export interface SettingsChange {
  /**
   * Whether moderators alone may write.
   */
  chat_locked?: boolean;
  /**
   * Whether students who have not been here are refused.
   */
  locked?: boolean;
  /**
   * Seconds that a student waits between two messages; 0 ends it.
   */
  slow_mode_s?: number;
  /**
   * Whether students who have not been here wait until a moderator admits them.
   */
  waiting_room?: boolean;
}
/**
 * A poll to be opened.
 */
export interface PollOpen {
  /**
   * Whether nobody, moderators included, learns who chose what.
   */
  anonymous?: boolean;
  /**
   * Whether more than one may be chosen.
   */
  multiple?: boolean;
  /**
   * The answers to choose from.
   */
  options: string[];
  /**
   * What is asked.
   */
  question: string;
  quiz?: Quiz;
  results?: PollResults;
  /**
   * It closes by itself after so many seconds. A quiz question has to have this.
   */
  seconds?: number;
}
/**
 * What makes a poll a question of the quiz.
 */
export interface Quiz {
  /**
   * The options that are right, from 0. An answer counts when it is exactly these.
   */
  correct: number[];
}
/**
 * A room at one number.
 */
export interface Snapshot {
  /**
   * The last messages that the reader may see, oldest first.
   */
  chat: ChatMessage[];
  /**
   * Whether there are older ones.
   */
  chat_more: boolean;
  /**
   * The ids of students who have a moderator's rights.
   */
  co_tutors: string[];
  /**
   * Whether the reader's hand is up.
   */
  hand: boolean;
  /**
   * The raised hands in their order; for moderators.
   */
  hands?: Hand[];
  /**
   * Those who are invited on stage; for moderators.
   */
  invitations?: Person[];
  /**
   * Whether the reader is invited on stage.
   */
  invited: boolean;
  /**
   * The ids of those whom a moderator muted.
   */
  muted: string[];
  /**
   * What is not numbered, as it is now.
   */
  notices: Notice[];
  outcome?: PollOutcome;
  /**
   * The pinned messages, oldest first.
   */
  pinned: ChatMessage[];
  poll?: PollState;
  settings: Settings;
  /**
   * Who is on stage, by place.
   */
  stage: StagePlace[];
  /**
   * How many places there are.
   */
  stage_places: number;
}
/**
 * A message.
 */
export interface ChatMessage {
  /**
   * When.
   */
  at_ms: number;
  /**
   * Whether it was deleted.
   */
  deleted?: boolean;
  /**
   * When it was changed last.
   */
  edited_at_ms?: number;
  from: Person;
  /**
   * The number of the event that posted it.
   */
  id: number;
  /**
   * The ids of those whom it mentions.
   */
  mentions?: string[];
  /**
   * The emoji that the reader reacted with.
   */
  mine?: string[];
  /**
   * Whether it is pinned.
   */
  pinned?: boolean;
  /**
   * How many people reacted, by emoji.
   */
  reactions?: {
    [k: string]: number;
  };
  /**
   * The message that this one answers.
   */
  reply_to?: number;
  /**
   * What was written; empty once it is deleted.
   */
  text: string;
  to?: Recipient;
}
/**
 * Somebody, as others see them.
 */
export interface Person {
  /**
   * The id, `sub` of the token.
   */
  id: string;
  /**
   * The name to show.
   */
  name: string;
  role: Role;
}
/**
 * A raised hand.
 */
export interface Hand {
  /**
   * Since when; the queue is in this order.
   */
  at_ms: number;
  person: Person;
}
/**
 * How many chose what.
 */
export interface Tally {
  /**
   * How many people voted; with several choices fewer than the sum of `votes`.
   */
  voters: number;
  /**
   * By option.
   */
  votes: number[];
}
/**
 * A line of the leaderboard.
 */
export interface Leader {
  person: Person;
  /**
   * All points of this room's quiz.
   */
  points: number;
  /**
   * From 1; equal points share a rank.
   */
  rank: number;
}
/**
 * What the media server has of a room.
 */
export interface MediaState {
  /**
   * What is published.
   */
  sources: PublishedSource[];
  /**
   * How many watch.
   */
  viewers: number;
}
/**
 * Something that is published.
 */
export interface PublishedSource {
  /**
   * Whether it has sound.
   */
  audio: boolean;
  /**
   * The id of who publishes it.
   */
  person: string;
  /**
   * `camera`, `screen` or `stage/{n}`.
   */
  source: string;
  /**
   * Whether it has a picture.
   */
  video: boolean;
}
/**
 * How a poll ended.
 */
export interface PollOutcome {
  /**
   * When it was closed.
   */
  closed_at_ms: number;
  /**
   * The right answers of a quiz question.
   */
  correct?: number[];
  /**
   * The best of the quiz so far, after a quiz question.
   */
  leaders?: Leader[];
  poll: Poll;
  tally?: Tally;
}
/**
 * A poll as everybody sees it; the right answers are not in here.
 */
export interface Poll {
  /**
   * Whether nobody learns who chose what.
   */
  anonymous: boolean;
  /**
   * When it closes by itself.
   */
  closes_at_ms?: number;
  /**
   * The number of the event that opened it.
   */
  id: number;
  /**
   * Whether more than one may be chosen.
   */
  multiple: boolean;
  /**
   * When it was opened.
   */
  opened_at_ms: number;
  /**
   * The answers to choose from.
   */
  options: string[];
  /**
   * What is asked.
   */
  question: string;
  /**
   * Whether it is a question of the quiz.
   */
  quiz: boolean;
  results: PollResults;
}
/**
 * The open poll for one reader.
 */
export interface PollState {
  /**
   * What the reader chose.
   */
  mine?: number[];
  poll: Poll;
  tally?: Tally;
}
/**
 * What a moderator may set.
 */
export interface Settings {
  /**
   * Whether moderators alone may write.
   */
  chat_locked: boolean;
  /**
   * Whether students who have not been here are refused.
   */
  locked: boolean;
  /**
   * Seconds that a student waits between two messages; 0 is none.
   */
  slow_mode_s: number;
  /**
   * Whether students who have not been here wait until they are admitted.
   */
  waiting_room: boolean;
}
/**
 * Somebody on stage.
 */
export interface StagePlace {
  person: Person;
  /**
   * The `n` of `stage/n`, from 1.
   */
  place: number;
}
/**
 * The reader.
 */
export interface You {
  person: Person;
  /**
   * What may be asked for, as the role has it.
   */
  rights: ActionName[];
}
/**
 * A page of the history, oldest first.
 */
export interface ChatPage {
  /**
   * What the reader may see of it.
   */
  messages: ChatMessage[];
  /**
   * Whether there is anything older.
   */
  more: boolean;
}
/**
 * A page of the roster: moderators first, then by name.
 */
export interface RosterPage {
  /**
   * At most as many as asked for.
   */
  entries: RosterEntry[];
  /**
   * What `after` has to be for the next page; absent on the last.
   */
  next?: string;
  /**
   * How many match in all.
   */
  total: number;
}
/**
 * A line of the roster.
 */
export interface RosterEntry {
  /**
   * Whether the hand is up; moderators alone are told.
   */
  hand?: boolean;
  /**
   * Whether a moderator has muted them.
   */
  muted?: boolean;
  person: Person;
  /**
   * The place on stage, from 1.
   */
  place?: number;
  /**
   * Since when they have been here; 0 if they are not.
   */
  since_ms: number;
}
/**
 * A page of voters, in the order of their ids.
 */
export interface VoterPage {
  /**
   * What `after` has to be for the next page; absent on the last.
   */
  next?: string;
  /**
   * At most as many as asked for.
   */
  voters: Voter[];
}
/**
 * Who chose what in a poll that is not anonymous.
 */
export interface Voter {
  /**
   * When the vote came.
   */
  at_ms: number;
  /**
   * The options, from 0.
   */
  options: number[];
  person: Person;
}
