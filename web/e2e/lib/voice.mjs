/** A voice for the fake microphone, whose own beep is too short to count as speech. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const RATE = 48_000;
const SECONDS = 4;

/** Something that a noise filter takes for a person: a gliding tone with overtones, in four syllables a second. */
function samples() {
  const pcm = Buffer.alloc(RATE * SECONDS * 2);
  let phase = 0;
  for (let i = 0; i < RATE * SECONDS; i += 1) {
    const t = i / RATE;
    phase += (2 * Math.PI * (140 + 35 * Math.sin(2 * Math.PI * 0.9 * t) + 12 * Math.sin(2 * Math.PI * 5 * t))) / RATE;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 2 * t)) ** 0.5;
    const tone = [1, 0.8, 0.9, 0.5, 0.3, 0.35, 0.2].reduce((sum, weight, n) => sum + weight * Math.sin(phase * (n + 1)), 0);
    pcm.writeInt16LE(Math.round(Math.max(-1, Math.min(1, (tone / 4) * syllable)) * 20_000), i * 2);
  }
  return pcm;
}

/** Writes it as a WAV file; Chromium plays that for ever. The flag goes to `launchChromium`. */
export async function fakeVoice() {
  const folder = await mkdtemp(join(tmpdir(), "lectern-voice-"));
  const file = join(folder, "voice.wav");
  const pcm = samples();
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + pcm.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(pcm.length, 40);
  await writeFile(file, Buffer.concat([header, pcm]));
  return { flag: `--use-file-for-fake-audio-capture=${file}`, remove: () => rm(folder, { recursive: true, force: true }) };
}
