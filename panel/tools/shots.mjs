// Looks at pages of a panel that runs and writes what they look like: node tools/shots.mjs URL OUT [--paths /,/accounts] [--themes light,dark]
// [--languages en,zh-CN] [--widths 1440,390] [--secret-env NAME]. Says what the console, the content security policy and axe complain about.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launch, open, paths as allPaths } from './chromium.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { paths: { type: 'string' }, themes: { type: 'string', default: 'light,dark' }, languages: { type: 'string', default: 'en' }, widths: { type: 'string', default: '1440' }, wait: { type: 'string', default: '900' }, axe: { type: 'boolean', default: true }, 'secret-env': { type: 'string' } },
  allowNegative: true,
});
const [url, out] = positionals;
if (!url || !out) throw new Error('usage: node tools/shots.mjs URL OUT [--paths …]');
mkdirSync(out, { recursive: true });
const paths = values.paths?.split(',') ?? allPaths();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await launch();
let faults = 0;
const say = (line) => {
  faults++;
  console.log(line);
};

for (const theme of values.themes.split(','))
  for (const language of values.languages.split(','))
    for (const width of values.widths.split(',').map(Number)) {
      const context = await open(browser, { theme, language, width, height: width < 600 ? 800 : 900 });
      const page = await context.newPage();
      page.on('pageerror', (e) => say(`${page.url()} page error: ${e.message}`));
      page.on('console', (m) => m.type() === 'error' && say(`${page.url()} console: ${m.text()}`));
      const secret = values['secret-env'] && process.env[values['secret-env']];
      if (secret) {
        await page.goto(`${url}/`);
        await page.fill('input[type=password]', secret);
        await page.press('input[type=password]', 'Enter');
        await page.waitForSelector('#content');
      }
      for (const one of paths) {
        await page.goto(`${url}${one === '/' ? '/' : one}`);
        await page.waitForSelector('h1', { timeout: 15000 }).catch(() => say(`${one}: no heading`));
        await page.waitForTimeout(Number(values.wait));
        const name = `${one.replace(/[^a-z0-9-]+/gi, '_').replace(/^_|_$/g, '') || 'overview'}.${theme}.${language}.${width}.png`;
        await page.screenshot({ path: path.join(out, name) });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) say(`${one} ${theme} ${language} ${width}: ${over} px wider than the window`);
        if (values.axe) {
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
          for (const v of violations) say(`${one} ${theme} ${language} ${width}: axe ${v.impact} ${v.id}: ${v.help} (${v.nodes.length}) ${v.nodes[0]?.target.join(' ')} ${v.nodes[0]?.any?.[0]?.message ?? ''}`);
        }
      }
      await context.close();
    }
await browser.close();
console.log(`${faults} findings`);
process.exit(faults > 0 ? 1 : 0);
