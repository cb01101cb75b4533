// Makes the pictures of docs/images anew: npm run pictures [-- NAME …] (after the panel and the gateway are built). They show a gateway with emulated vendors, started in a
// folder that is gone afterwards, with what tools/seed.mjs puts into it. npm run pictures -- states [NAME …] looks at what the guides do not show, into a folder that git ignores: see states.mjs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launch, open } from './chromium.mjs';
import { Gateways, root } from './gateways.mjs';
import { takeStates } from './states.mjs';

const wanted = process.argv.slice(2);
if (wanted[0] === 'states') {
  await takeStates(wanted.slice(1));
  process.exit(0);
}

const out = path.join(root, 'docs/images');
const gateways = new Gateways();
const { folder } = gateways;
const config = path.join(folder, 'config.yaml');
/** The configuration that is shown, with emulated vendors behind it. */
const configuration = (vendors) => `# The gateway of a small team.
host: 127.0.0.1
flows:
  mode: full            # bodies too, without secrets
routing:
  strategy: sticky      # a conversation stays with its account
request-retry: 3

openai-compatibility:
  - name: team-openai
    base-url: ${vendors}/v1
    wire-api: responses
    api-key-entries:
      - api-key: demo
    models: [ { name: gpt-5.2 }, { name: gpt-5.4-mini } ]

claude-api-key:
  - api-key: demo
    base-url: ${vendors}
    models: [ { name: claude-sonnet-5 }, { name: claude-haiku-4-5 } ]

gemini-api-key:
  - api-key: demo
    base-url: ${vendors}
`;

/** What is shown: the address, what to wait for, and what to do before the picture. */
const all = [
  { name: 'overview', path: '/', wait: '[data-health], h2' },
  { name: 'accounts', path: '/accounts', wait: '[data-row]' },
  { name: 'add-account', path: '/accounts/add', wait: '[data-provider]' },
  { name: 'quota', path: '/quota', wait: '[data-row]' },
  { name: 'requests', path: '/requests?live=off', wait: '[data-row]' },
  { name: 'request', path: (flow) => `/requests/${flow}`, wait: 'h2' },
  { name: 'request-wire', path: (flow) => `/requests/${flow}?tab=bodies`, wait: '#content section [role=region]', configured: true },
  { name: 'usage', path: '/usage?step=hour&range=24h', wait: 'svg' },
  { name: 'configuration', path: '/configuration?tab=yaml', wait: '.cm-content', configured: true },
];

const pictures = all.filter((p) => wanted.length === 0 || wanted.includes(p.name));

try {
  const url = await gateways.serve('--demo', '--data', path.join(folder, 'demo'));
  // The demo has no configuration file; the page of the configuration is another gateway's.
  const vendors = (await gateways.start(/http:\/\/127\.0\.0\.1:\d+/, 'emulate', '--port', '0')).replace(/\/$/, '');
  writeFileSync(config, configuration(vendors));
  const configured = await gateways.serve('--data', path.join(folder, 'configured'), '--config', config);
  const seed = (at, ...more) => {
    if (spawnSync(process.execPath, [path.join(import.meta.dirname, 'seed.mjs'), at, ...more], { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0) throw new Error('seed.mjs failed');
  };
  seed(url, '--requests', '240');
  seed(configured, '--requests', '24', '--no-logins');
  // Something that needs attention.
  const json = { 'content-type': 'application/json' };
  const { key } = await (await fetch(`${url}/api/v1/keys`, { method: 'POST', headers: json, body: JSON.stringify({ name: 'Nightly jobs' }) })).json();
  await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { ...json, authorization: `Bearer ${key}` }, body: JSON.stringify({ model: 'gemini-2.5-pro', messages: [{ role: 'user', content: 'fault:status=429;retry-after=900' }] }) });
  // One that was translated with a loss, to be shown where it is.
  const flowOf = async (at) => {
    const { flows } = await (await fetch(`${at}/api/v1/flows?limit=200`)).json();
    const good = flows.filter((f) => f.status === 200 && !(f.preview ?? '').includes('<img'));
    return (good.find((f) => f.losses.length > 0) ?? good[0]).id;
  };
  const flows = { [url]: await flowOf(url), [configured]: await flowOf(configured) };

  mkdirSync(out, { recursive: true });
  const browser = await launch();
  for (const theme of ['light', 'dark']) {
    const context = await open(browser, { theme, width: 1440, height: 900 });
    const page = await context.newPage();
    // Neither the folder of this run nor its port is of interest to anybody.
    await page.route(/\/api\/v1\/settings(\/config)?$/, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(config, '/etc/dragoman/config.yaml').replaceAll(vendors, 'https://llm.example') });
    });
    const camera = await context.newCDPSession(page);
    for (const one of pictures) {
      const at = one.configured ? configured : url;
      await page.goto(`${at}/panel${typeof one.path === 'string' ? one.path : one.path(flows[at])}`);
      await page.waitForSelector(one.wait);
      await page.waitForFunction(() => !document.querySelector('#content .animate-pulse'));
      await page.waitForTimeout(700);
      const { data } = await camera.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
      const file = path.join(out, `panel-${one.name}-${theme}.webp`);
      writeFileSync(file, Buffer.from(data, 'base64'));
      const text = await page.evaluate(() => document.body.innerText);
      for (const secret of [folder, root, `${tmpdir()}/`]) if (text.includes(secret)) throw new Error(`${file} shows ${secret}`);
      console.log(path.relative(root, file), Math.round((data.length * 3) / 4 / 1024), 'kB');
    }
    await context.close();
  }
  await browser.close();
} finally {
  gateways.end();
}
