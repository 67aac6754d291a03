/** A page that stays open for a day keeps this many messages; older ones come back on request. */
export const CHAT_KEPT_MAX = 1_000;
/** The state that a `welcome` describes. */
export function stateFrom({ epoch, seq, you, room }) {
    const state = {
        epoch, seq, you,
        ...fromSnapshot(room),
        score: undefined, present: undefined, waiting: 0, media: { sources: [], viewers: 0 }, speaker: undefined, available: true,
    };
    return room.notices.reduce(withNotice, state);
}
function fromSnapshot(room) {
    return {
        settings: room.settings, stage: room.stage, stagePlaces: room.stage_places, muted: room.muted, coTutors: room.co_tutors, poll: room.poll, outcome: room.outcome,
        pinned: room.pinned, chat: room.chat, chatMore: room.chat_more, hand: room.hand, invited: room.invited, hands: room.hands ?? [], invitations: room.invitations ?? [],
    };
}
/** Whether something between the state and this event is missing. */
export function hasGap(state, event) {
    return event.prev > state.seq;
}
/** The state after an event; one that is in there already changes nothing. */
export function withEvent(state, { seq, at_ms: atMs, event }) {
    if (seq <= state.seq)
        return state;
    return { ...state, ...changeOf(state, event, atMs), seq };
}
function changeOf(state, event, atMs) {
    const self = state.you.person.id;
    switch (event.type) {
        case "chat_posted":
            return withPosted(state, event.message);
        case "chat_edited":
            return changedMessage(state, event.message, (message) => ({ ...message, text: event.text, edited_at_ms: atMs }));
        case "chat_deleted": {
            const { chat } = changedMessage(state, event.message, (message) => ({ ...message, text: "", deleted: true, pinned: false, reactions: {}, mine: [] }));
            return { chat, pinned: state.pinned.filter(({ id }) => id !== event.message) };
        }
        case "chat_pinned":
            return withPinned(state, event.message);
        case "settings_changed":
            return { settings: event.settings };
        case "poll_opened":
            return { poll: { poll: event.poll } };
        case "poll_closed": {
            const mine = state.poll?.poll.id === event.outcome.poll.id ? state.poll.mine : undefined;
            return { poll: undefined, outcome: { ...event.outcome, mine } };
        }
        case "quiz_reset":
            return { score: undefined, outcome: state.outcome === undefined ? undefined : { ...state.outcome, leaders: [] } };
        case "hand_raised":
            return {
                hands: [...state.hands.filter(({ person }) => person.id !== event.hand.person.id), event.hand],
                hand: state.hand || event.hand.person.id === self,
            };
        case "hand_lowered":
            return withoutHand(state, event.person);
        case "stage_invited":
            return { invitations: [...without(state.invitations, event.person.id), event.person], invited: state.invited || event.person.id === self };
        case "stage_declined":
            return withoutInvitation(state, event.person);
        case "stage_joined":
            return {
                ...withoutInvitation(state, event.place.person.id),
                stage: [...state.stage.filter(({ place }) => place !== event.place.place), event.place].sort((a, b) => a.place - b.place),
            };
        case "stage_left":
            return { stage: state.stage.filter(({ place, person }) => place !== event.place.place || person.id !== event.place.person.id) };
        case "muted":
            return { muted: toggled(state.muted, event.person, event.on) };
        case "removed":
            return { ...withoutHand(state, event.person.id), ...withoutInvitation(state, event.person.id) };
        case "co_tutor_changed":
            return { coTutors: toggled(state.coTutors, event.person.id, event.on) };
        case "reopened":
            return { stage: [], hands: [], hand: false, invitations: [], invited: false };
        case "unbanned":
        case "ended":
            return {};
        default:
            // The server is newer than this page.
            event;
            return {};
    }
}
/** The state after a notice. */
export function withNotice(state, notice) {
    switch (notice.type) {
        case "presence":
            return { ...state, present: notice.present, waiting: notice.waiting ?? state.waiting };
        case "poll_tally":
            return state.poll?.poll.id === notice.poll ? { ...state, poll: { ...state.poll, tally: notice.tally } } : state;
        case "chat_reactions": {
            const counted = (message) => {
                const reactions = notice.messages[String(message.id)];
                return reactions === undefined ? message : { ...message, reactions };
            };
            return { ...state, chat: state.chat.map(counted), pinned: state.pinned.map(counted) };
        }
        case "quiz_score":
            return { ...state, score: notice };
        case "media":
            return { ...state, media: { sources: notice.sources, viewers: notice.viewers } };
        case "speaker":
            return { ...state, speaker: notice.source };
        case "service":
            return { ...state, available: notice.available };
        case "reactions":
            return state;
        default:
            notice;
            return state;
    }
}
/** The state with a page of older messages before those that it has. */
export function withHistory(state, { messages, more }) {
    const oldest = state.chat[0]?.id ?? Infinity;
    return { ...state, chat: [...messages.filter(({ id }) => id < oldest), ...state.chat], chatMore: more };
}
/** The state with the reader's own vote, which the server acknowledged. */
export function withVote(state, poll, options) {
    return state.poll?.poll.id === poll ? { ...state, poll: { ...state.poll, mine: [...options] } } : state;
}
/** The state with the reader's own reaction to a message, which the server acknowledged; the counts come by a notice. */
export function withReaction(state, message, emoji, on) {
    return { ...state, ...changedMessage(state, message, (before) => ({ ...before, mine: toggled(before.mine ?? [], emoji, on) })) };
}
/** Whether the reader may ask for this. */
export function may(state, action) {
    return state?.you.rights.includes(action) ?? false;
}
/** The reader's own place on stage. */
export function ownPlace(state) {
    return state.stage.find(({ person }) => person.id === state.you.person.id);
}
function withPosted(state, message) {
    if (state.chat.some(({ id }) => id === message.id))
        return {};
    const chat = [...state.chat, message];
    return chat.length > CHAT_KEPT_MAX ? { chat: chat.slice(-CHAT_KEPT_MAX), chatMore: true } : { chat };
}
function withPinned(state, message) {
    // It was made once for everybody, so it does not know the reader's own reactions.
    const mine = [...state.chat, ...state.pinned].find(({ id }) => id === message.id)?.mine ?? [];
    const now = { ...message, mine };
    const others = state.pinned.filter(({ id }) => id !== message.id);
    return {
        chat: state.chat.map((before) => (before.id === message.id ? now : before)),
        pinned: message.pinned === true ? [...others, now].sort((a, b) => a.id - b.id) : others,
    };
}
function changedMessage(state, id, change) {
    const changed = (message) => (message.id === id ? change(message) : message);
    return { chat: state.chat.map(changed), pinned: state.pinned.map(changed) };
}
function withoutHand(state, person) {
    return { hands: state.hands.filter((hand) => hand.person.id !== person), hand: state.hand && person !== state.you.person.id };
}
function withoutInvitation(state, person) {
    return { invitations: without(state.invitations, person), invited: state.invited && person !== state.you.person.id };
}
function without(people, id) {
    return people.filter((person) => person.id !== id);
}
function toggled(list, entry, on) {
    const others = list.filter((each) => each !== entry);
    return on ? [...others, entry] : others;
}
