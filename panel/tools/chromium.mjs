// Chromium for the tools that look at pages.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

/** Starts the Chromium of this machine. */
export function launch() {
  const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!executablePath) throw new Error('There is no Chromium: install one, or name it in CHROMIUM.');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A window of a width, in a theme and a language. */
export async function open(browser, { theme = 'light', language = 'en', width = 1440, height = 900, scale = 1 } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, colorScheme: theme, reducedMotion: 'reduce', locale: language });
  await context.addInitScript(
    ([t, l]) => {
      localStorage.setItem('dragoman.theme', t);
      localStorage.setItem('dragoman.language', l);
      addEventListener('securitypolicyviolation', (e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
    },
    [theme, language],
  );
  return context;
}

/** The addresses of the panel's pages. */
export const paths = () => [...readFileSync(path.resolve(import.meta.dirname, '../src/app/pages.ts'), 'utf8').matchAll(/path: '([^']+)'/g)].map((m) => m[1]).filter((p) => !p.includes('$'));
