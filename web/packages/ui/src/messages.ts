/**
 * Every word that a person reads, in one place. A translation is another object of the type {@link Messages}; a sentence
 * with a gap is a function, so that each language orders its words itself.
 */
export const en = {
  product: "Lectern",
  close: "Close",
  cancel: "Cancel",
  tryAgain: "Try again",
  unknownDevice: (kind: string, n: number) => `${kind} ${n}`,

  ticket: {
    title: "Join your class",
    intro: "Open the link that your school sent you, or paste it here.",
    tutorTitle: "Open your studio",
    tutorIntro: "Open the studio link of your class, or paste it here.",
    field: "Link or access token",
    placeholder: "https://…  or  eyJ…",
    submit: "Continue",
    invalid: "This is neither a class link nor an access token. Copy it again, from the first to the last character.",
    expired: "This link has expired. Ask your school for a new one.",
    another: "Use another link",
    privacy: "The link is your key to the class. It stays in this tab and is forgotten when you close it.",
  },

  people: {
    tutor: "Tutor",
    screen: "Screen",
    stage: (n: number) => `Stage ${n}`,
    speaking: (who: string) => `${who} is speaking`,
  },

  viewers: (n: number) => (n === 1 ? "1 watching" : `${n.toLocaleString("en")} watching`),

  connection: {
    label: (word: string) => `Connection: ${word}`,
    good: "good",
    poor: "weak",
    lost: "lost",
    connecting: "connecting",
  },

  classroom: {
    title: (room: string) => `Class ${room}`,
    live: "Live",
    waitingTitle: "Your class has not started yet",
    waitingText: "Stay here. It begins by itself as soon as your tutor goes live.",
    connectingTitle: "Taking you to your class",
    connectingText: "This takes a moment.",
    reconnectingTitle: "Reconnecting",
    reconnectingText: "The connection was lost. You do not have to do anything.",
    fullTitle: "The class is full right now",
    fullText: (seconds: number) => `We try again for you in ${Math.max(1, Math.round(seconds))} s.`,
    failedTitle: "This did not work",
    audioOnlyTitle: "You are listening",
    audioOnlyText: "Pictures are off and cost no data.",
    cameraOffTitle: "The camera is off",
    cameraOffText: "You still hear everything.",
    weakLowered: "Your connection is weak; we lowered the picture.",
    weak: "Your connection is weak. Sound comes first.",
    weakAction: "Audio only",
    noMedia: "Nothing arrives at the moment. We keep trying.",
    tapToHear: "Tap to hear",
    tapToHearText: "Your browser holds the sound back until you touch the page.",
    controls: "Class controls",
    mute: "Mute",
    unmute: "Unmute",
    volume: "Volume",
    quality: "Picture quality",
    audioOnly: "Audio only",
    pictures: "Show pictures",
    statistics: "Statistics",
    shortcuts: "Keyboard shortcuts",
    fullscreen: "Full screen",
    exitFullscreen: "Leave full screen",
    swap: "Swap screen and camera",
    settings: "Settings",
    leave: "Leave",
    leftTitle: "You left the class",
    leftText: "You can come back as long as it runs.",
    rejoin: "Join again",
    stageLabel: "Pictures of the class",
    video: (who: string) => `Video: ${who}`,
  },

  quality: {
    auto: "Auto",
    high: "High",
    medium: "Medium",
    low: "Low",
    autoHint: "As good as your connection allows",
    highHint: "Sharpest, most data",
    mediumHint: "Half the size",
    lowHint: "Least data",
  },

  shortcuts: {
    intro: "One key each, unless you are typing.",
    enabled: "Use keyboard shortcuts",
    mute: "Mute or unmute",
    fullscreen: "Full screen on or off",
    audioOnly: "Audio only on or off",
    statistics: "Open the statistics",
    swap: "Swap screen and camera",
    help: "Show this list",
    microphone: "Microphone on or off",
    camera: "Camera on or off",
    screen: "Share or stop the screen",
  },

  statistics: {
    title: "Statistics",
    intro: "Measured over the last second.",
    empty: "There is nothing to measure yet.",
    overall: "Connection",
    rtt: "Round trip",
    received: "Received",
    sent: "Sent",
    stream: "Stream",
    codec: "Codec",
    bitrate: "Bitrate",
    picture: "Picture",
    frames: "Frames/s",
    loss: "Loss",
    jitter: "Jitter",
    dropped: "Dropped",
    voice: (n: number) => `Voice ${n}`,
    tutorVoice: "Tutor’s voice",
    microphone: "Microphone",
    camera: "Camera",
    layer: (rid: string) => `layer ${rid}`,
    nothing: "–",
  },

  studio: {
    title: "Studio",
    of: (room: string) => `Studio of ${room}`,
    preview: "Your picture, as in a mirror",
    previewOff: "Your camera is off",
    yourScreen: "Your screen",
    allowTitle: "Let your students see and hear you",
    allowText: "Your browser will ask whether Lectern may use your camera and microphone. Nothing is sent before you go live.",
    allow: "Use camera and microphone",
    opening: "Opening your camera",
    camera: "Camera",
    microphone: "Microphone",
    level: "Microphone level",
    levelHint: "Say a few words: the bar should move.",
    silent: "We hear nothing. Is this the right microphone?",
    goLive: "Go live",
    goingLive: "Going live",
    end: "End class",
    endTitle: "End the class?",
    endText: "Your students will see that the class is over. You can go live again at any time.",
    endConfirm: "End class",
    endCancel: "Keep teaching",
    live: "Live",
    offAir: "Not live",
    reconnecting: "Reconnecting",
    elapsed: "Time live",
    mute: "Mute microphone",
    unmute: "Unmute microphone",
    cameraOff: "Turn camera off",
    cameraOn: "Turn camera on",
    share: "Share screen",
    stopShare: "Stop sharing",
    statistics: "Statistics",
    shortcuts: "Keyboard shortcuts",
    controls: "Studio controls",
    devices: "Camera and microphone",
    noDevice: "None found",
    notYet: "After you allow it",
    nowLive: "You are live.",
    nowEnded: "The class has ended.",
    sharing: "You are sharing your screen.",
    sharingEnded: "You stopped sharing your screen.",
    checklistTitle: "Before you start",
    checklist: ["Light in front of you, not behind", "The bar moves when you speak", "Notifications are silent"],
    weak: "Your connection is weak. Students may see a softer picture; your voice comes first.",
    muted: "Muted",
    audience: "Audience",
    invite: "You are alone so far.",
  },

  /** By the stable code of a problem: what happened, and what to do about it. */
  problems: {
    capture_denied: {
      title: "The camera or microphone is blocked",
      text: "Click the lock or camera symbol beside the address, allow camera and microphone, then try again.",
    },
    capture_not_found: { title: "No camera or microphone was found", text: "Plug one in or switch it on, then try again." },
    capture_in_use: {
      title: "Another program uses your camera or microphone",
      text: "Close other meetings and recorders, then try again.",
    },
    capture_insecure: { title: "This page is not secure", text: "Cameras work only on addresses that begin with https." },
    capture_unsupported: { title: "This browser cannot share a screen", text: "Use a current browser on a computer." },
    capture_failed: { title: "The device did not start", text: "Unplug it and plug it in again, then try again." },
    token_expired: { title: "Your link has expired", text: "Ask your school for a new one and open it." },
    token_invalid: { title: "Your link is not valid here", text: "Copy it again, from the first to the last character, or ask for a new one." },
    token_missing: { title: "You need a link to enter", text: "Open the link that your school sent you." },
    token_not_yet_valid: { title: "Your link is not valid yet", text: "Check your computer’s clock, or come back later." },
    forbidden: { title: "Your link does not allow this", text: "It is for another class or for another role. Ask your school for the right one." },
    room_full: { title: "The class is full right now", text: "We try again for you. You need not reload the page." },
    replaced: { title: "You went live somewhere else", text: "Another window or device teaches this class now. Close it there to teach from here." },
    unsupported: { title: "This browser cannot do that", text: "Use a current version of Chrome, Edge, Firefox or Safari." },
    network: { title: "The server does not answer", text: "Check your internet connection. We keep trying." },
    timeout: { title: "Pictures and sound find no way to you", text: "A firewall may be in the way. Try another network." },
    unknown: { title: "Something went wrong", text: "Try again. If it stays, tell your school the code below." },
    code: (code: string) => `Code: ${code}`,
  },
};

/** The shape of a catalogue. */
export type Messages = typeof en;

/** The catalogue in use. One language so far; a second one makes this a choice by the page's `lang`. */
export const messages: Messages = en;

/** What to say about an error with this code. */
export function problemText(code: string, status?: number): { title: string; text: string } {
  const known = messages.problems[code as keyof Messages["problems"]];
  if (typeof known === "object") return known;
  if (code.endsWith("_forbidden")) return messages.problems.forbidden;
  if (code.endsWith("_full") || code === "draining") return messages.problems.room_full;
  if (status === 403) return messages.problems.forbidden;
  if (status === 401) return messages.problems.token_invalid;
  if (status === 503) return messages.problems.room_full;
  return messages.problems.unknown;
}
