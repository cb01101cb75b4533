import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, endBrowser, openPage } from './browser';
import { configuration, TestGateway } from './gateway';

describe.skipIf(!chromiumPath)('a quota that runs out', () => {
  const gateway = new TestGateway();
  let key = '';
  beforeAll(async () => {
    await gateway.start(configuration());
    key = (await gateway.api<{ key: string }>('POST', '/api/v1/keys', { name: 'journey' })).key;
  });
  afterAll(async () => {
    await endBrowser();
    await gateway.end();
  });

  const cooling = async (): Promise<number> => (await gateway.api<{ limits: { cooling_down: boolean }[] }>('GET', '/api/v1/limits')).limits.filter((l) => l.cooling_down).length;

  it('is told on the overview, stands on the quota page, and is reset there', async () => {
    // The emulated vendor refuses for a quarter of an hour.
    expect((await gateway.ask('claude-sonnet-5', 'fault:status=429;retry-after=900', { key })).status).toBe(429);
    expect(await cooling()).toBe(1);

    const { page, faults, close } = await openPage(`${gateway.url}/panel/`);
    const attention = page.locator('section', { hasText: 'Needs attention' });
    await attention.getByText(/cooling down/).first().waitFor();
    await page.locator('section', { hasText: 'Last failed requests' }).getByText('429').first().waitFor();

    await page.getByRole('link', { name: 'Quota', exact: true }).click();
    await page.getByRole('heading', { name: 'Quota', exact: true }).waitFor();
    const row = page.locator('[data-row]').filter({ hasText: 'Cooling down' });
    await row.waitFor();
    await page.getByRole('button', { name: 'Ready now' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Not ready' }).click();
    await row.waitFor();
    expect(page.url()).toContain('show=waiting');

    await row.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Reset cooldown' }).click();
    // It is not done before it is confirmed.
    await page.getByRole('dialog').getByText('gets requests again at once').waitFor();
    expect(await cooling()).toBe(1);
    await page.getByRole('dialog').getByRole('button', { name: 'Reset cooldown' }).click();
    await page.getByText('takes requests again').waitFor();
    await row.waitFor({ state: 'detached' });
    expect(await cooling()).toBe(0);
    expect((await gateway.ask('claude-sonnet-5', 'Hello', { key })).status).toBe(200);
    expect(faults).toEqual([]);
    await close();
  });
});
