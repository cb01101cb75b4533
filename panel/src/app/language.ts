/** The languages of the panel, and which one is on. Kept apart from i18next, so that formatting does not wait for it. */
export const languages = { en: 'English', 'zh-CN': '简体中文' } as const;

/** One of {@link languages}. */
export type Language = keyof typeof languages;

const stored = 'dragoman.language';
let current: Language = read();

function read(): Language {
  const wanted = [safeGet(stored), ...(typeof navigator === 'undefined' ? [] : navigator.languages)];
  for (const name of wanted) {
    if (!name) continue;
    if (name in languages) return name as Language;
    if (name.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (name.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}

function safeGet(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** The language that is on. */
export const currentLanguage = (): Language => current;

/** Changes it, and keeps the choice in this browser. */
export function keepLanguage(language: Language): void {
  current = language;
  try {
    localStorage.setItem(stored, language);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
