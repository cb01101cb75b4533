import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, endBrowser, openPage } from './browser';
import { configuration, TestGateway } from './gateway';

const secret = 'a secret of a journey, long enough';
const own = { authorization: `Bearer ${secret}` };

describe.skipIf(!chromiumPath)('the system', () => {
  const gateway = new TestGateway();
  beforeAll(async () => {
    await gateway.start(configuration({ more: `remote-management:\n  require-secret-on-loopback: true\n  allow-remote: true\n  secret-key: "${secret}"\n` }));
  });
  afterAll(async () => {
    await endBrowser();
    await gateway.end();
  });

  const signedIn = async (query: string) => {
    const watched = await openPage(`${gateway.url}/panel/${query}`, { expected: /401/ });
    await watched.page.getByLabel('Management secret').fill(secret);
    await watched.page.getByRole('button', { name: 'Sign in' }).click();
    await watched.page.locator('#content h1').waitFor();
    return watched;
  };

  it('wraps its secrets with a new key, when that was confirmed', async () => {
    await gateway.api('POST', '/api/v1/keys', { name: 'kept over the rotation' }, own);
    const { page, faults, close } = await signedIn('system?tab=safety');
    await page.getByRole('button', { name: 'Rotate the key' }).click();
    await page.getByText('every stored secret is wrapped with it').waitFor();
    await page.getByRole('checkbox', { name: /Keep the old key/ }).click();
    await page.getByText('cannot be opened with the new key alone').waitFor();
    await page.getByRole('checkbox', { name: /Keep the old key/ }).click();
    await page.locator('[data-confirm]').click();
    await page.getByText(/wrapped with the new key/).waitFor();
    // Only the way in itself was refused, before it was gone.
    expect(faults).toEqual([]);
    await close();
  });

  it('turns emulated upstreams on, which answer, and off', async () => {
    const { page, faults, close } = await signedIn('system');
    const card = page.locator('section.card', { hasText: 'Emulated upstreams' });
    await card.getByRole('button', { name: 'Turn on' }).click();
    await card.getByText('emulated-claude-sonnet-5').waitFor();
    const { key } = await gateway.api<{ key: string }>('POST', '/api/v1/keys', { name: 'for the emulators' }, own);
    expect((await gateway.ask('emulated-claude-sonnet-5', 'Hello', { key })).status).toBe(200);
    await card.getByRole('button', { name: 'Turn off' }).click();
    await card.getByRole('button', { name: 'Turn on' }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it('takes a backup in, restarts, and has what it held', async () => {
    await gateway.api('POST', '/api/v1/keys', { name: 'kept in the backup' }, own);
    const made = await fetch(`${gateway.url}/api/v1/backup`, { method: 'POST', headers: own });
    const backup = Buffer.from(await made.arrayBuffer());
    await gateway.api('POST', '/api/v1/keys', { name: 'made after it' }, own);
    // The gateway is away for a moment, which is what the page waits out.
    const { page, close } = await signedIn('system?tab=safety');
    const choose = page.getByLabel('Choose a backup');
    await choose.setInputFiles({ name: 'odd.backup', mimeType: 'application/gzip', buffer: Buffer.from('no backup') });
    await page.getByText('not a whole backup').waitFor();
    await choose.setInputFiles({ name: 'monday.backup', mimeType: 'application/gzip', buffer: backup });
    await page.getByText('monday.backup').waitFor();
    await page.getByRole('button', { name: 'Restart and restore' }).click();
    await page.locator('[data-confirm]').click();
    await page.getByText(/was restored at this start/).waitFor({ timeout: 60_000 });
    const { keys } = await gateway.api<{ keys: { name: string }[] }>('GET', '/api/v1/keys', undefined, own);
    expect(keys.map((key) => key.name)).toContain('kept in the backup');
    expect(keys.map((key) => key.name)).not.toContain('made after it');
    await close();
  });

  it('lists who is signed in and ends the others', async () => {
    const other = await signedIn('keys');
    const { page, close } = await signedIn('system?tab=sessions');
    await page.getByText('this browser').waitFor();
    await page.getByRole('button', { name: 'End all others' }).click();
    await page.locator('[data-confirm]').click();
    await page.getByText('All other sessions have ended').waitFor();
    expect((await gateway.api<{ sessions: unknown[] }>('GET', '/api/v1/sessions', undefined, own)).sessions).toHaveLength(1);
    await other.page.getByLabel('Management secret').waitFor();
    await other.close();
    // Its own last.
    await page.getByRole('button', { name: 'End the session' }).click();
    await page.getByText('This is your own session').waitFor();
    await page.locator('[data-confirm]').click();
    await page.getByLabel('Management secret').waitFor();
    await close();
  });

  it('turns on a surface: its listener is in the configuration, and open after the next start', async () => {
    const { page, faults, close } = await signedIn('surfaces');
    const card = page.locator('section.card', { hasText: 'Bedrock gateway' });
    await card.getByRole('button', { name: 'Turn on' }).click();
    await page.getByText('is added to the configuration').waitFor();
    await page.locator('[data-confirm]').click();
    await page.getByText('The listener is in the configuration').waitFor();
    await card.getByText('opens with the next start').waitFor();
    expect(gateway.readConfig()).toMatch(/listeners:[\s\S]*surface: "?bedrock/);
    expect(faults).toEqual([]);
    await close();
  });
});
