import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, endBrowser, openPage, seriousFindings } from './browser';
import { approve, configuration, TestGateway } from './gateway';

describe.skipIf(!chromiumPath)('a narrow screen', () => {
  const gateway = new TestGateway();
  beforeAll(() => gateway.start(configuration({ accounts: false, more: 'flows:\n  mode: full\n' })).then(() => undefined));
  afterAll(async () => {
    await endBrowser();
    await gateway.end();
  });

  it('has the way from nothing to a request and its detail: menu, cards, sheets', async () => {
    const { page, faults, close } = await openPage(`${gateway.url}/`, { width: 360, height: 740, hasTouch: true, isMobile: true, expected: /404.*\/logins\/[^/]+\/events/ });
    const fits = async (): Promise<void> => expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    const go = async (name: string): Promise<void> => {
      await page.getByRole('banner').getByRole('button', { name: 'Navigation' }).tap();
      await page.getByRole('dialog', { name: 'Navigation' }).getByRole('link', { name, exact: true }).tap();
      await page.getByRole('dialog', { name: 'Navigation' }).waitFor({ state: 'detached' });
      await page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
      await fits();
    };
    await page.getByText('Welcome to Dragoman').waitFor();
    await page.getByRole('link', { name: 'Add an account' }).first().tap();
    await page.locator('[data-provider="github-copilot"]').tap();
    await page.getByRole('button', { name: 'Sign in', exact: true }).tap();
    const code = (await page.locator('output').first().innerText()).trim();
    await fits();
    await approve(await page.locator('[data-vendor-page]').getAttribute('href'), code);
    await page.locator('[data-confirm-login]').tap({ timeout: 60_000 });
    await page.getByText(/is saved/).first().waitFor();

    await go('Accounts');
    // Cards, not a table that is cut.
    expect(await page.getByRole('grid').count()).toBe(0);
    await page.getByText('GitHub Copilot').first().waitFor();

    await go('Client keys');
    await page.getByRole('button', { name: 'New key' }).first().tap();
    const dialog = page.getByRole('dialog');
    await page.getByLabel('Name').fill('phone');
    const box = await dialog.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
    await page.getByRole('button', { name: 'Make the key' }).tap();
    const key = (await page.locator('[data-key]').innerText()).trim();
    await page.getByRole('button', { name: 'Done' }).tap();

    expect((await gateway.ask('gpt-5.2', 'Hello', { key })).status).toBe(200);
    await page.keyboard.press('Escape');
    await go('Requests');
    await page.locator('[data-row]').first().tap();
    // The request beside the list is a sheet over it here.
    const sheet = page.getByRole('dialog');
    await sheet.waitFor();
    await fits();
    await sheet.getByRole('link').or(sheet.getByRole('button')).first().waitFor();
    await page.goto(`${gateway.url}/panel/requests/${await page.locator('[data-row]').first().getAttribute('data-row')}`);
    await page.getByText('Timeline').waitFor();
    await page.getByRole('tab', { name: 'Wire' }).tap();
    await page.getByText('messages').first().waitFor();
    await fits();
    await page.getByRole('button', { name: 'Replay' }).first().tap();
    await page.locator('button[form="replay"]').tap();
    await page.getByRole('dialog').getByText('200').first().waitFor({ timeout: 60_000 });
    await fits();
    expect(await seriousFindings(page)).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });
});
