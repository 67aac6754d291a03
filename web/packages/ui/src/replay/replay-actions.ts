import type { Replay } from "@lectern/client";
import { messages } from "../messages";
import { preferredCaptions } from "./caption-choice";
import type { ReplayActions } from "./replay-controls";
import { readMemory } from "./replay-memory";
import { keepSettings } from "./use-replay";

const words = messages.replay;

/** What the player's page does itself. */
interface PageActions {
  readonly panel: () => void;
  readonly fullscreen: (() => void) | undefined;
  readonly keys: () => void;
  /** Tells a screen reader what a key did; a press on a button is told by the button. */
  readonly say: (text: string) => void;
}

/** What a person can set on a replay: it is done, kept for the next one, and said. */
export function actionsOf(replay: Replay | undefined, page: PageActions): ReplayActions {
  const captions = (language: string | undefined) => {
    if (replay === undefined) return;
    replay.language = language;
    keepSettings(language === undefined ? { captions: false } : { captions: true, language });
    const label = replay.state.captions.find((offer) => offer.language === language)?.label;
    page.say(label === undefined ? words.captionsOff : words.captionsOn(label));
  };
  return {
    mute: () => {
      if (replay === undefined) return;
      const muted = !replay.state.muted;
      replay.muted = muted;
      keepSettings({ muted });
      page.say(muted ? words.soundOff : words.soundOn);
    },
    volume: (volume) => {
      if (replay === undefined) return;
      replay.volume = volume;
      replay.muted = volume === 0;
      keepSettings({ volume, muted: volume === 0 });
    },
    rate: (rate) => {
      if (replay !== undefined) replay.rate = rate;
      keepSettings({ rate });
      page.say(`${words.speed}: ${words.rate(rate)}`);
    },
    layout: (layout) => {
      if (replay !== undefined) replay.layout = layout;
      keepSettings({ layout });
    },
    captions,
    toggleCaptions: () => {
      if (replay === undefined) return;
      const { captions: offers, language } = replay.state;
      const preferred = preferredCaptions(offers, readMemory().settings.language, navigator.languages);
      if (preferred === undefined) page.say(words.noneThere);
      else captions(language === undefined ? preferred : undefined);
    },
    panel: page.panel,
    fullscreen: page.fullscreen,
    keys: page.keys,
  };
}
