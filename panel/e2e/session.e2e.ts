import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, endBrowser, openPage } from './browser';
import { configuration, TestGateway } from './gateway';

const secret = 'a secret of a journey, long enough';
const own = { authorization: `Bearer ${secret}` };

describe.skipIf(!chromiumPath)('signing in', () => {
  const gateway = new TestGateway();
  beforeAll(() => gateway.start(configuration({ more: `remote-management:\n  require-secret-on-loopback: true\n  allow-remote: true\n  secret-key: "${secret}"\n` })));
  afterAll(async () => {
    await endBrowser();
    await gateway.end();
  });

  it('refuses a wrong secret, takes the right one, and keeps nothing of it where scripts can read', async () => {
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts`, { expected: /401/ });
    await page.getByLabel('Management secret').fill('not it');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That is not the management secret.').waitFor();
    await page.getByLabel('Management secret').fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
    expect(page.url()).toBe(`${gateway.url}/panel/accounts`);
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }) + document.cookie)).not.toContain(secret);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    await page.reload();
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it('shows the way in as soon as the session is revoked, and goes on where it was', async () => {
    const { page, close } = await openPage(`${gateway.url}/panel/keys`, { expected: /401/ });
    await page.getByLabel('Management secret').fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Client keys' }).waitFor();
    const { sessions } = await gateway.api<{ sessions: { id: string }[] }>('GET', '/api/v1/sessions', undefined, own);
    expect(sessions.length).toBeGreaterThan(0);
    for (const session of sessions) await gateway.api('DELETE', `/api/v1/sessions/${session.id}`, undefined, own);
    await page.getByRole('button', { name: 'New key' }).first().click();
    await page.getByLabel('Name').fill('after the end');
    await page.getByRole('button', { name: 'Make the key' }).click();
    await page.getByLabel('Management secret').fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Client keys' }).waitFor();
    expect((await gateway.api<{ keys: unknown[] }>('GET', '/api/v1/keys', undefined, own)).keys).toEqual([]);
    await close();
  });

  it('goes on by itself when the gateway is restarted under it', async () => {
    const { page, close } = await openPage(`${gateway.url}/panel/keys`, { expected: /401|ERR_CONNECTION|Failed to load|ERR_INCOMPLETE/ });
    await page.getByLabel('Management secret').fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Client keys' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await gateway.stop();
    await page.getByText('Reconnecting…').waitFor();
    await gateway.start();
    await page.getByText('Live', { exact: true }).waitFor();
    await gateway.api('POST', '/api/v1/keys', { name: 'made after the restart' }, own);
    await page.getByText('made after the restart').waitFor();
    await close();
  });
});

describe.skipIf(!chromiumPath)('signing in where other machines may not come', () => {
  const gateway = new TestGateway();
  beforeAll(() => gateway.start(configuration({ more: `remote-management:\n  require-secret-on-loopback: true\n  secret-key: "${secret}"\n` })));
  afterAll(async () => {
    await endBrowser();
    await gateway.end();
  });

  it('is possible on the gateway’s own machine, and pages that do not exist keep their frame', async () => {
    const { page, close } = await openPage(`${gateway.url}/panel/no-such-page`, { expected: /401/ });
    await page.getByLabel('Management secret').fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    await page.getByRole('link', { name: 'Accounts' }).click();
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
    await close();
  });
});
