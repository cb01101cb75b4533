import i18next, { type TFunction } from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import common from './texts/en.json';
import { currentLanguage, keepLanguage, type Language } from './language';

// Every page has its texts in its own folder; they come with the page. The common ones in English are there from the start.
const pages = import.meta.glob<{ default: Record<string, unknown> }>('../pages/*/*.json');
const shared = import.meta.glob<{ default: Record<string, unknown> }>('./texts/*.json');

/** Starts the texts in the language of this browser. */
export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: currentLanguage(),
    fallbackLng: 'en',
    defaultNS: 'common',
    fallbackNS: 'common',
    resources: { en: { common } },
    partialBundledLanguages: true,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await loadTexts('common');
  markLanguage();
}

/** Loads the texts of a page in the language that is on. */
export async function loadTexts(page: string): Promise<void> {
  const language = currentLanguage();
  for (const one of language === 'en' ? ['en'] : ['en', language]) {
    if (i18next.hasResourceBundle(one, page)) continue;
    const load = page === 'common' ? shared[`./texts/${one}.json`] : pages[`../pages/${page}/${one}.json`];
    if (load) i18next.addResourceBundle(one, page, (await load()).default);
  }
}

/** Changes the language of everything that is on the screen. */
export async function changeLanguage(language: Language): Promise<void> {
  const loaded = Object.keys(i18next.store.data.en ?? {});
  keepLanguage(language);
  await Promise.all(loaded.map(loadTexts));
  await i18next.changeLanguage(language);
  markLanguage();
}

function markLanguage(): void {
  document.documentElement.lang = currentLanguage();
}

/** The texts of a page; what it does not have is looked for in the common ones. */
export function useTexts(page?: string): TFunction {
  const { t } = useTranslation(page ? [page, 'common'] : 'common');
  return t as TFunction;
}
