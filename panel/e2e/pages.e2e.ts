import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, endBrowser, openPage, seriousFindings, type WatchedPage } from './browser';
import { configuration, TestGateway } from './gateway';

const hostile = '<img src=x onerror="window.hit=1"><script>window.hit=1</script> \u202Eturned\u202C \u001b[31mred\u001b[0m';
const paths = [...readFileSync(path.resolve(import.meta.dirname, '../src/app/pages.ts'), 'utf8').matchAll(/path: '([^']+)'(.*)/g)].map((m) => ({ path: m[1] as string, open: (m[2] ?? '').includes('open: true') }));

describe.skipIf(!chromiumPath)('every page', () => {
  const gateway = new TestGateway();
  let request = '';

  beforeAll(async () => {
    await gateway.start(configuration({ more: 'flows:\n  mode: full\n' }));
    const key = await gateway.api<{ key: string }>('POST', '/api/v1/keys', { name: hostile.slice(0, 60), note: hostile, tags: ['<b>'], budgets: [{ unit: 'money', period: 'day', limit: 1 }] });
    for (const model of ['gpt-5.2', 'claude-sonnet-5', 'no-such-model']) await gateway.ask(model, `Say: ${hostile}`, { key: key.key, session: `<i>${model}`, agent: `agent/1 ${'<u>'}` });
    request = (await gateway.recorded(3)).find((f) => f.status === 200)?.id ?? '';
    expect(request).not.toBe('');
  });
  afterAll(async () => {
    await endBrowser();
    await gateway.end();
  });

  // Both themes, both languages, wide and narrow; DRAGOMAN_ALL_PAGES=1 looks at more of their combinations.
  for (const [theme, language, width] of [
    ['light', 'en', 1440],
    ['dark', 'zh-CN', 360],
    ...(process.env.DRAGOMAN_ALL_PAGES ? ([['dark', 'en', 360], ['dark', 'zh-CN', 1440], ['light', 'zh-CN', 3840]] as const) : []),
  ] as const)
    describe(`in ${theme}, ${language}, ${width} px wide`, () => {
      let watched: WatchedPage | null = null;
      afterAll(() => watched?.close());

      for (const one of paths)
        it(`${one.path} stands`, async () => {
          const address = `/panel${one.path.replace('$id', request)}`;
          // One panel for all pages, as people have it; those that are open to everybody are a panel of their own.
          if (!watched || one.open) {
            await watched?.close();
            watched = await openPage(gateway.url + address, { theme, language, width, height: width < 600 ? 780 : 900 });
          } else {
            watched.faults.length = 0;
            await watched.page.evaluate((to) => {
              document.querySelector('h1')?.setAttribute('data-before', '');
              history.pushState({}, '', to);
            }, address);
          }
          const { page, faults } = watched;
          await page.waitForSelector('h1:not([data-before])');
          // Skeletons go when what they stand for has come.
          await page.waitForFunction(() => !document.querySelector('#content .animate-pulse'), undefined, { timeout: 20_000 });
          expect(new URL(page.url()).pathname.replace(/\/$/, '')).toBe(address.replace(/\/$/, ''));
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
          expect(await page.evaluate(() => (globalThis as { hit?: number }).hit)).toBeUndefined();
          expect(await page.evaluate(() => document.body.innerText.includes('\u202E') || document.body.innerText.includes('\u001b'))).toBe(false);
          expect(await seriousFindings(page)).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
          expect(faults.splice(0)).toEqual([]);
        });
    });
});
