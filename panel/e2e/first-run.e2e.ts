import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, endBrowser, openPage } from './browser';
import { configuration, TestGateway } from './gateway';

const claude = path.resolve(import.meta.dirname, '../../tests/clients/node_modules/.bin/claude');

describe.skipIf(!chromiumPath)('the first run', () => {
  const gateway = new TestGateway();
  beforeAll(() => gateway.start(configuration({ accounts: false, more: 'flows:\n  mode: full\n' })));
  afterAll(async () => {
    await endBrowser();
    await gateway.end();
  });

  it('leads from an empty gateway to an account, a key, an answer, its request and a replay of it', async () => {
    const { page, faults, close } = await openPage(`${gateway.url}/`);
    await page.getByText('Welcome to Dragoman').waitFor();
    await page.getByRole('link', { name: 'Add an account' }).first().click();

    // An account, by a code that is entered at the vendor's.
    await page.locator('[data-provider="github-copilot"]').click();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    const code = (await page.getByLabel('Enter this code on the vendor’s page').or(page.locator('output')).first().innerText()).trim();
    const vendor = await page.locator('[data-vendor-page]').getAttribute('href');
    await fetch(`${(vendor ?? '').split('?')[0]}?user_code=${encodeURIComponent(code)}&emulated_user=ada`);
    await page.locator('[data-confirm-login]').click({ timeout: 60_000 });
    await page.getByText(/is saved/).first().waitFor();

    // A key for a client.
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Client keys' }).click();
    await page.getByRole('button', { name: 'New key' }).first().click();
    await page.getByLabel('Name').fill('Claude Code');
    await page.getByRole('button', { name: 'Make the key' }).click();
    const key = (await page.locator('[data-key]').innerText()).trim();
    await page.getByRole('button', { name: 'Done' }).click();
    expect(page.url()).not.toContain(key);

    // The client's answer: Claude Code itself where the tests' clients are set up, else the call that it makes.
    const model = 'claude-sonnet-4.5';
    if (existsSync(claude)) {
      const asked = promisify(execFile)(claude, ['-p', 'Say hello', '--model', model], {
        cwd: gateway.folder,
        timeout: 90_000,
        env: { ...process.env, HOME: gateway.folder, ANTHROPIC_BASE_URL: gateway.url, ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_SMALL_FAST_MODEL: model, DISABLE_TELEMETRY: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
      });
      asked.child.stdin?.end();
      expect((await asked).stdout.trim()).not.toBe('');
    } else {
      const answer = await fetch(`${gateway.url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: JSON.stringify({ model, max_tokens: 100, messages: [{ role: 'user', content: 'Say hello' }] }) });
      expect(answer.status).toBe(200);
    }

    // Its request is in the list.
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Requests', exact: true }).click();
    const row = page.locator('[data-row]', { hasText: model }).first();
    await row.waitFor();
    const id = (await row.getAttribute('data-row')) ?? '';
    await page.goto(`${gateway.url}/panel/requests/${id}`);
    await page.getByText('Timeline').waitFor();
    const before = (await gateway.api<{ flows: unknown[] }>('GET', '/api/v1/flows')).flows.length;
    await page.getByRole('button', { name: 'Replay' }).first().click();
    await page.locator('button[form="replay"]').click();
    await page.getByRole('dialog').getByRole('table').or(page.getByRole('dialog').getByText(/Status/)).first().waitFor({ timeout: 60_000 });
    await expect.poll(async () => (await gateway.api<{ flows: unknown[] }>('GET', '/api/v1/flows')).flows.length, { timeout: 20_000 }).toBeGreaterThan(before);
    expect(faults).toEqual([]);
    await close();
  });
});
