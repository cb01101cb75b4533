// What the guides show no picture of: signing in, nothing yet, errors, what a key's holder sees. npm run pictures -- states [NAME …] [--themes light,dark] [--widths 1440,390]
// [--languages en,zh-CN] [--out FOLDER] writes them to artifacts/states (which git ignores), with a sheet of all of them for each theme, width and language,
// and says what is wider than its window, what the console complains about, and what axe finds.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launch, open, paths } from './chromium.mjs';
import { Gateways, root } from './gateways.mjs';

const secret = 'a secret for pictures, long enough';
const json = { 'content-type': 'application/json' };
const nameOf = (address) => address.replaceAll('/', '-').replace(/^-|-$/g, '') || 'overview';

/** Fails every call of the management API but the session's, as when the gateway went away after the page came. */
const down = (page) => page.route(/\/api\/v1\/(?!session$)/, (route) => route.abort('connectionrefused'));
/** Answers a call in the gateway's place. */
const answer = (page, address, status, body) => page.route(address, (route) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) }));
const session = (more) => ({ authenticated: false, method: 'none', secret_required: true, secret_set: true, can_be_remote: true, can_sign_in: true, version: '0', ...more });
const error = (code, message) => ({ error: { message, type: 'api_error', code } });

async function signIn(page, words) {
  await page.fill('input[type=password]', words);
  await page.press('input[type=password]', 'Enter');
}

/** Makes a key by hand: the dialog's first field is its name. */
async function makeKey(page, name) {
  await page.locator('header button, #content header button').last().click();
  await page.locator('[role=dialog] input').first().fill(name);
  await page.locator('[role=dialog] button[type=submit], [role=dialog] button').last().click();
}

/** A state: which gateway, which page, what is prepared before it is opened, what is done then, and what is waited for. */
const states = [
  { name: 'sign-in', at: 'closed', path: '/', wait: 'input[type=password]' },
  { name: 'sign-in-wrong', at: 'closed', path: '/', wait: 'input[type=password]', act: async (page) => { await signIn(page, 'not it'); await page.waitForSelector('[role=alert], [aria-invalid=true]'); } },
  { name: 'sign-in-not-from-here', at: 'new', path: '/', before: (page) => answer(page, /\/api\/v1\/session$/, 200, session({ can_be_remote: false, can_sign_in: false })), wait: 'h1' },
  { name: 'sign-in-without-secret', at: 'new', path: '/', before: (page) => answer(page, /\/api\/v1\/session$/, 200, session({ secret_set: false, can_be_remote: false, can_sign_in: false })), wait: 'h1' },
  { name: 'sign-in-locked-out', at: 'new', path: '/', before: async (page) => { await page.route(/\/api\/v1\/session$/, (route) => route.request().method() === 'POST' ? route.fulfill({ status: 429, contentType: 'application/json', body: JSON.stringify(error('too_many_attempts', 'Too many wrong secrets came from this address. Try again in 5 minutes.')) }) : route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify(session({})) })); }, wait: 'input[type=password]', act: (page) => signIn(page, 'not it') },
  { name: 'sign-in-gateway-away', at: 'new', path: '/', before: (page) => page.route(/\/api\/v1\//, (route) => route.abort('connectionrefused')), wait: '[role=alert]' },
  { name: 'session-revoked', at: 'closed', path: '/accounts', wait: 'input[type=password]', act: async (page, { closed }) => {
    await signIn(page, secret);
    await page.waitForSelector('#content h1');
    const own = { authorization: `Bearer ${secret}` };
    const { sessions } = await (await fetch(`${closed}/api/v1/sessions`, { headers: own })).json();
    for (const one of sessions) await fetch(`${closed}/api/v1/sessions/${one.id}`, { method: 'DELETE', headers: own });
    await page.waitForSelector('input[type=password]', { timeout: 20_000 });
  } },
  { name: 'my-key', at: 'demo', path: '/my-key', wait: 'input[type=password]' },
  { name: 'my-key-wrong', at: 'demo', path: '/my-key', wait: 'input[type=password]', act: (page) => signIn(page, 'dgm_not_a_key') },
  { name: 'my-key-shown', at: 'demo', path: '/my-key', wait: 'input[type=password]', full: true, act: async (page, { key }) => { await signIn(page, key); await page.waitForSelector('#content h2'); } },
  { name: 'unusual-usage', at: 'demo', path: '/usage?step=hour&range=7d', before: unusual, wait: 'svg', full: true },
  { name: 'unusual-overview', at: 'demo', path: '/', before: unusual, wait: '[data-health], h2' },
  { name: 'request-unknown', at: 'demo', path: '/requests/0123456789abcdef0123456789abcdef', wait: '[role=alert], #content h1' },
  { name: 'account-unknown', at: 'demo', path: '/accounts?open=nobody', wait: '[data-row], [role=dialog]' },
  { name: 'key-unknown', at: 'demo', path: '/keys?open=nobody', wait: '[data-row], [role=dialog]' },
  { name: 'page-unknown', at: 'demo', path: '/no-such-page', wait: 'h1' },
  { name: 'nothing-found', at: 'demo', path: '/requests?live=off&text=zzzzzzzz', wait: 'h1' },
  { name: 'write-refused', at: 'demo', path: '/keys', wait: '[data-row]', act: async (page) => { await makeKey(page, 'Team Blue'); } },
  { name: 'write-while-store-away', at: 'demo', path: '/keys', before: (page) => page.route(/\/api\/v1\/keys$/, (route) => route.request().method() === 'POST' ? route.fulfill({ status: 503, contentType: 'application/json', body: JSON.stringify(error('store_unavailable', 'The store cannot be written: database or disk is full. Nothing was changed.')) }) : route.continue()), wait: '[data-row]', act: async (page) => { await makeKey(page, 'Another'); } },
  ...paths().filter((one) => one !== '/my-key').map((one) => ({ name: `new-${nameOf(one)}`, at: 'new', path: one, wait: '#content h1' })),
  ...paths().filter((one) => one !== '/my-key').map((one) => ({ name: `down-${nameOf(one)}`, at: 'demo', path: one, before: down, wait: '[role=alert], #content h1' })),
];

/** Hours that are far from usual, as the gateway tells them. */
async function unusual(page) {
  const hour = 3_600_000;
  const now = Math.floor(Date.now() / hour) * hour;
  const at = (hours) => new Date(now - hours * hour).toISOString();
  await answer(page, /\/api\/v1\/usage\/unusual/, 200, { hours: [
    { at: at(1), kind: 'failures', value: 1234, usual: 3, requests: 2345 },
    { at: at(1), kind: 'spend', value: 48.2, usual: 1.15, requests: 2345 },
    ...Array.from({ length: 12 }, (_, i) => ({ at: at(5 + i * 9), kind: i % 3 === 0 ? 'failures' : 'spend', value: i % 3 === 0 ? 20 + i : 3.5 + i, usual: i % 3 === 0 ? 1 : 0.042, requests: 60 + i })),
  ] });
}

/** Takes them; `arguments_` are names and options of the command line. */
export async function takeStates(arguments_) {
  const { values, positionals } = parseArgs({
    args: arguments_,
    allowPositionals: true,
    options: { themes: { type: 'string', default: 'light,dark' }, widths: { type: 'string', default: '1440,390' }, languages: { type: 'string', default: 'en,zh-CN' }, out: { type: 'string', default: path.join(root, 'artifacts/states') } },
  });
  const wanted = states.filter((one) => positionals.length === 0 || positionals.some((name) => one.name === name || one.name.startsWith(`${name}-`)));
  mkdirSync(values.out, { recursive: true });
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const gateways = new Gateways();
  let faults = 0;
  const say = (line) => { faults++; console.log(line); };
  try {
    const closedFile = path.join(gateways.folder, 'closed.yaml');
    writeFileSync(closedFile, `remote-management:\n  require-secret-on-loopback: true\n  secret-key: "${secret}"\n`);
    const [demo, fresh, closed] = await Promise.all([gateways.serve('--demo', '--data', path.join(gateways.folder, 'demo')), gateways.serve('--data', path.join(gateways.folder, 'new')), gateways.serve('--data', path.join(gateways.folder, 'closed'), '--config', closedFile)]);
    spawnSync(process.execPath, [path.join(import.meta.dirname, 'seed.mjs'), demo, '--requests', '60', '--no-logins'], { stdio: 'ignore' });
    const { key } = await (await fetch(`${demo}/api/v1/keys`, { method: 'POST', headers: json, body: JSON.stringify({ name: 'Ada’s laptop', models: ['gpt-5*', 'claude-*'], requests_per_minute: 60, budgets: [{ unit: 'money', period: 'day', limit: 5 }, { unit: 'tokens', period: 'month', limit: 2_000_000 }] }) })).json();
    for (let i = 0; i < 6; i++) await fetch(`${demo}/v1/chat/completions`, { method: 'POST', headers: { ...json, authorization: `Bearer ${key}` }, body: JSON.stringify({ model: i % 2 ? 'gpt-5.2' : 'claude-sonnet-5', messages: [{ role: 'user', content: 'Hello' }] }) });
    const place = { demo, new: fresh, closed, key };
    const browser = await launch();
    for (const theme of values.themes.split(','))
      for (const language of values.languages.split(','))
        for (const width of values.widths.split(',').map(Number)) {
          const kind = `${theme}.${language}.${width}`;
          const taken = [];
          for (const one of wanted) {
            const context = await open(browser, { theme, language, width, height: width < 600 ? 800 : 900 });
            const page = await context.newPage();
            page.on('pageerror', (e) => say(`${one.name} ${kind}: page error: ${e.message}`));
            page.on('console', (m) => m.type() === 'error' && /CSP|violat/i.test(m.text()) && say(`${one.name} ${kind}: ${m.text()}`));
            await one.before?.(page);
            try {
              await page.goto(`${place[one.at]}/panel${one.path}`);
              await page.waitForSelector(one.wait, { timeout: 20_000 });
              await one.act?.(page, place);
              await page.waitForFunction(() => !document.querySelector('#content .animate-pulse'), undefined, { timeout: 20_000 }).catch(() => say(`${one.name} ${kind}: it never stops loading`));
              await page.waitForTimeout(500);
              // Pages scroll in #content: all of it is looked at.
              if (one.full) await page.setViewportSize({ width, height: Math.min(4000, await page.evaluate(() => Math.max(innerHeight, (document.querySelector('#content')?.scrollHeight ?? 0) + 80))) });
            } catch (ex) {
              say(`${one.name} ${kind}: ${ex.message.split('\n')[0]}`);
            }
            const picture = await page.screenshot({ path: path.join(values.out, `${one.name}.${kind}.png`) });
            taken.push([one.name, picture]);
            const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            if (over > 0) say(`${one.name} ${kind}: ${over} px wider than the window`);
            if (language === 'en') {
              await page.evaluate(axe);
              const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
              for (const v of violations) say(`${one.name} ${kind}: axe ${v.impact} ${v.id}: ${v.help} (${v.nodes.length}) ${v.nodes[0]?.target.join(' ')} ${v.nodes[0]?.any?.[0]?.message ?? ''}`);
            }
            await context.close();
          }
          await sheet(browser, path.join(values.out, `sheet.${kind}`), width, taken);
          console.log(`${kind}: ${taken.length} pictures`);
        }
    await browser.close();
  } finally {
    gateways.end();
  }
  console.log(`${faults} findings; the pictures are in ${values.out}`);
}

/** Sheets with the pictures beside one another, to look at all of them. */
async function sheet(browser, file, width, pictures) {
  const [columns, each] = width < 600 ? [6, 300] : [3, 620];
  const rows = width < 600 ? 2 : 4;
  const page = await browser.newPage({ viewport: { width: columns * (each + 8) + 8, height: 400 } });
  for (let first = 0, number = 1; first < pictures.length; first += columns * rows, number++) {
    const cells = pictures.slice(first, first + columns * rows).map(([name, picture]) => `<figure style="margin:4px"><figcaption style="font:12px sans-serif">${name}</figcaption><img style="width:${each}px;max-height:900px;object-fit:cover;object-position:top;border:1px solid #888" src="data:image/png;base64,${picture.toString('base64')}"></figure>`);
    await page.setContent(`<body style="margin:0;display:flex;flex-wrap:wrap;align-items:flex-start;background:#ccc">${cells.join('')}</body>`);
    await page.screenshot({ path: `${file}.${number}.png`, fullPage: true });
  }
  await page.close();
}
