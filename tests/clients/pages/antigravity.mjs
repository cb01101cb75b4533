// Opens the web page of antigravity-claude-proxy (npm, MIT) on a gateway's antigravity surface, as a person would: every tab, and a line of the log that comes while it is open.
// The page's files and the two libraries that it loads from a CDN are answered from the npm packages; everything else is the gateway's. Prints one JSON object of what was seen.
//   node pages/antigravity.mjs http://127.0.0.1:PORT
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const base = process.argv[2];
const modules = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'node_modules');
const files = path.join(modules, 'antigravity-claude-proxy', 'public');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png' };
const libraries = [[/alpinejs/, 'alpinejs/dist/cdn.min.js'], [/chart\.js/, 'chart.js/dist/chart.umd.min.js']];
const seen = { calls: [], failed: [], tabs: {}, log: false };

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.route('**/*', async route => {
    const url = new URL(route.request().url());
    if (url.origin !== base) {
      const library = libraries.find(([name]) => name.test(url.href));
      return library
        ? route.fulfill({ contentType: 'text/javascript; charset=utf-8', path: path.join(modules, library[1]) })
        : route.fulfill({ contentType: 'text/css', body: '' });
    }

    const file = path.join(files, url.pathname === '/' ? 'index.html' : url.pathname);
    if (route.request().method() === 'GET' && file.startsWith(files) && fs.existsSync(file) && fs.statSync(file).isFile())
      return route.fulfill({ contentType: types[path.extname(file)] ?? 'application/octet-stream', path: file });
    seen.calls.push(`${route.request().method()} ${url.pathname}`);
    return route.continue();
  });
  page.on('response', response => {
    if (response.url().startsWith(base) && response.status() >= 400) seen.failed.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(base, { waitUntil: 'domcontentloaded' });
  await page.waitForFunction(() => /online/i.test(document.body.innerText), undefined, { timeout: 20_000 });
  for (const tab of ['dashboard', 'models', 'accounts', 'settings', 'logs']) {
    await page.evaluate(name => { window.Alpine.store('global').activeTab = name; }, tab);
    await page.waitForTimeout(500);
    seen.tabs[tab] = (await page.evaluate(() => document.body.innerText)).replace(/\s+/g, ' ').length;
  }

  await fetch(`${base}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'a-model-of-the-page', max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] }) });
  await page.waitForFunction(() => document.body.innerText.includes('a-model-of-the-page'), undefined, { timeout: 20_000 });
  seen.log = true;
} finally {
  await browser.close();
  console.log(JSON.stringify(seen));
}
