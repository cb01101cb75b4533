import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Where Chromium is; none where there is none, and then the journeys are skipped. */
export const chromiumPath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

let browser: Browser | undefined;

/** A page that remembers what went wrong on it. */
export interface WatchedPage {
  page: Page;
  /** Errors of scripts and of the console, and violations of the content security policy. */
  faults: string[];
  close: () => Promise<void>;
}

/** Opens a page, with what went wrong on it kept. `expected` are errors of the console that belong to the journey (a refused call). */
export async function openPage(url: string, { theme = 'light', language = 'en', width = 1440, height = 900, expected = /$^/, ...options }: { theme?: string; language?: string; width?: number; height?: number; expected?: RegExp } & BrowserContextOptions = {}): Promise<WatchedPage> {
  browser ??= await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce', locale: language, ...options });
  await context.addInitScript(
    ([t, l]) => {
      if (!localStorage.getItem('dragoman.theme')) localStorage.setItem('dragoman.theme', t as string);
      if (!localStorage.getItem('dragoman.language')) localStorage.setItem('dragoman.language', l as string);
      addEventListener('securitypolicyviolation', (e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
    },
    [theme, language],
  );
  const page = await context.newPage();
  const faults: string[] = [];
  const note = (text: string): void => {
    if (!expected.test(text)) faults.push(`${page.url()}: ${text}`);
  };
  page.on('pageerror', (error) => note(`script: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && note(`console: ${message.text()} ${message.location().url}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin) && !/^(data|blob):/.test(request.url())) note(`asked another host: ${request.url()}`);
  });
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

/** Ends the browser. */
export async function endBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

/** What axe finds that is serious. */
export async function seriousFindings(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run: (of: Document, options: unknown) => Promise<{ violations: { id: string; impact: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[] }> } }).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary}`).slice(0, 3).join('; ')})`);
}
