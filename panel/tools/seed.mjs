// Gives a demo gateway something to show: node tools/seed.mjs URL [--requests 200]. Accounts of emulated vendors signed in, client keys, conversations in
// every protocol, some of them failing.
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { requests: { type: 'string', default: '120' }, logins: { type: 'boolean', default: true } }, allowNegative: true });
const url = positionals[0];
if (!url) throw new Error('usage: node tools/seed.mjs URL');

async function call(method, path, body, headers = {}) {
  const response = await fetch(url + path, { method, headers: { 'content-type': 'application/json', ...headers }, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, json, text };
}

const keys = [];
for (const settings of [
  { name: 'Claude Code on the laptop', note: 'mine', tags: ['me'] },
  { name: 'Build server', requests_per_minute: 600, budgets: [{ unit: 'money', period: 'day', limit: 5 }] },
  { name: 'Team Blue', models: ['gpt-5*', 'claude-*'], budgets: [{ unit: 'tokens', period: 'month', limit: 2_000_000 }], concurrency: 8 },
  { name: 'Intern', expires_at: new Date(Date.now() + 20 * 86400e3).toISOString(), tokens_per_minute: 20_000 },
]) {
  const made = await call('POST', '/api/v1/keys', settings);
  if (made.json?.key) keys.push(made.json.key);
  else console.log('key', made.status, made.text.slice(0, 200));
}

if (values.logins) {
  for (const provider of ['chatgpt', 'claude-subscription', 'kiro', 'github-copilot', 'openrouter']) {
    const begun = await call('POST', '/api/v1/logins', { provider, acknowledged: true, save: true });
    if (begun.status !== 201) {
      console.log('login', provider, begun.status, begun.text.slice(0, 200));
      continue;
    }
    const login = begun.json;
    // The emulated vendors say yes to whoever opens their page.
    const where = login.complete_address ?? login.address;
    if (where) {
      const page = await fetch(where, { redirect: 'follow' }).catch((e) => ({ ok: false, text: () => String(e) }));
      const html = await page.text();
      const form = /<form[^>]*action="([^"]*)"/.exec(html);
      if (form) await fetch(new URL(form[1].replaceAll('&amp;', '&'), page.url), { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams([...html.matchAll(/name="([^"]+)"[^>]*value="([^"]*)"/g)].map((m) => [m[1], m[2]])) }).catch(() => undefined);
    }
    for (let i = 0; i < 80; i++) {
      const now = await call('GET', `/api/v1/logins/${login.id}`);
      if (now.json?.status === 'awaiting-confirmation') await call('POST', `/api/v1/logins/${login.id}/confirm`, {});
      if (['saved', 'failed', 'cancelled', 'expired'].includes(now.json?.status)) {
        console.log('login', provider, now.json.status, now.json.error ?? now.json.account);
        break;
      }
      await new Promise((r) => setTimeout(r, 250));
    }
  }
}

const models = ['gpt-5.2', 'gpt-5.4-mini', 'claude-sonnet-5', 'gemini-3.5-flash'];
const agents = ['claude-cli/2.1.332 (external, cli)', 'codex_cli_rs/0.169.0 (Debian; x86_64)', 'GeminiCLI/0.61.0', 'OpenAI/Python 2.30.0', 'curl/8.5.0'];
const asks = ['Hello', 'Explain the difference between a mutex and a semaphore.', 'Write a haiku about gateways.', '为这个函数写一个单元测试', '<img src=x onerror=alert(1)> & \u202Eevil\u202C \u001b[31mred\u001b[0m'];
const total = Number(values.requests);
let done = 0;
async function one(i) {
  const model = i % 17 === 16 ? 'no-such-model' : models[i % models.length];
  const text = asks[i % asks.length];
  const stream = i % 2 === 0;
  const headers = { 'user-agent': agents[i % agents.length], authorization: `Bearer ${i % 29 === 28 ? 'unknown' : (keys[i % keys.length] ?? 'demo')}`, 'x-session-id': `seed-${Math.floor(i / 6)}` };
  const messages = [{ role: 'system', content: 'You are terse.' }, { role: 'user', content: `${text} (conversation ${Math.floor(i / 6)})` }];
  if (i % 3 === 0) await call('POST', '/v1/chat/completions', { model, stream, messages }, headers);
  else if (i % 3 === 1) await call('POST', '/v1/messages', { model, stream, max_tokens: 300, system: 'You are terse.', messages: [messages[1]], metadata: { user_id: `seed_${Math.floor(i / 6)}` } }, { ...headers, 'anthropic-version': '2023-06-01' });
  else if (i % 6 === 2) await call('POST', '/v1/responses', { model, stream, input: text }, headers);
  else await call('POST', `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`, { contents: [{ role: 'user', parts: [{ text }] }], generationConfig: { topK: 3 } }, headers);
  done++;
}
for (let i = 0; i < total; i += 4) await Promise.all([0, 1, 2, 3].filter((n) => i + n < total).map((n) => one(i + n)));
console.log(`${done} requests, ${keys.length} keys`);
