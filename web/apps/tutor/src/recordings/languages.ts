/** Languages that captions are offered in, as BCP 47 writes them. The school takes others, too. */
const CODES: readonly string[] = [
  "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl", "he", "hi", "hr", "hu", "id", "it", "ja", "ka", "ko", "lt", "lv", "mk", "ms", "nb",
  "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "th", "tr", "uk", "ur", "vi", "zh-Hans", "zh-Hant",
];

/** What a language is called in another one, or in itself; its code where nobody knows. */
export function languageName(code: string, inLanguage: string): string {
  const name = new Intl.DisplayNames([inLanguage, "en"], { type: "language", fallback: "code" }).of(code) ?? code;
  return name.slice(0, 1).toLocaleUpperCase(inLanguage) + name.slice(1);
}

/** To choose from, by name. */
export const LANGUAGES = CODES.map((id) => ({ id, label: languageName(id, "en") })).sort((a, b) => a.label.localeCompare(b.label, "en"));
