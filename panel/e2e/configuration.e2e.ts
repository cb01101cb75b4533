import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, endBrowser, openPage } from './browser';
import { configuration, TestGateway } from './gateway';

const secret = 'sk-first-key-0123456789abcdef';
const extra = `
# Who may come in
api-keys:
  - ${secret}     # the laptop

routing:
    strategy: "sticky"   # conversations stay
`;

describe.skipIf(!chromiumPath)('the configuration', () => {
  const gateway = new TestGateway();
  beforeAll(() => gateway.start(configuration({ more: extra })));
  afterAll(async () => {
    await endBrowser();
    await gateway.end();
  });

  const address = (query: string): string => `${gateway.url}/panel/configuration?${query}`;
  const field = (page: Page, name: string) => page.locator(`[data-path="${name}"] input`).first();
  const save = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Review and save' }).click();
    await page.locator('[data-save]:enabled').click();
    await page.getByText(/The configuration is saved/).first().waitFor();
  };

  it('shows a mistake at its line, is not saved with it, is saved without it, and is rolled back', async () => {
    const { page, faults, close } = await openPage(address('tab=yaml'), { expected: /422/ });
    const before = gateway.readConfig();
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('request-retry: many');
    await page.getByRole('list', { name: 'Problems' }).getByRole('button', { name: /request-retry/ }).first().waitFor();
    await page.getByRole('button', { name: 'Review and save' }).click();
    await page.getByText('The gateway could not use this configuration:').waitFor();
    expect(await page.locator('[data-save]').isDisabled()).toBe(true);
    expect(gateway.readConfig()).toBe(before);
    await page.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('list', { name: 'Problems' }).getByRole('button', { name: /request-retry/ }).first().click();
    // The list leads to the line.
    await page.locator('.cm-activeLine', { hasText: 'request-retry' }).waitFor();
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    for (let i = 0; i < 'many'.length; i++) await page.keyboard.press('Backspace');
    await page.keyboard.type('7');
    await save(page);
    // What was there stays as it was, the secret behind its mark too.
    expect(gateway.readConfig()).toBe(`${before}request-retry: 7`);
    expect(await page.locator('.cm-content').innerText()).not.toContain(secret);

    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByRole('list', { name: 'Former versions' }).getByRole('button').nth(1).click();
    await page.getByRole('button', { name: 'Roll back to this' }).click();
    await page.locator('[data-confirm]').click();
    await page.getByText('Rolled back').waitFor();
    expect(gateway.readConfig()).toBe(before);
    expect(faults).toEqual([]);
    await close();
  });

  it('is never overwritten by another tab', async () => {
    const one = await openPage(address('section=routing'), { expected: /412/ });
    const two = await openPage(address('section=routing'), { expected: /412/ });
    await field(one.page, 'request-retry').fill('5');
    await field(two.page, 'max-retry-interval').fill('44');
    await save(one.page);
    // The second hears of it and has lost nothing.
    await two.page.getByText(/was changed elsewhere/).waitFor({ timeout: 60_000 });
    expect(await field(two.page, 'max-retry-interval').inputValue()).toBe('44');
    await two.page.getByRole('button', { name: 'Compare and merge' }).click();
    await two.page.locator('[data-merge]:enabled').click();
    await save(two.page);
    expect(gateway.readConfig()).toMatch(/request-retry: 5/);
    expect(gateway.readConfig()).toMatch(/max-retry-interval: 44/);

    // The same line in both, and the second has not heard of it: the gateway refuses it, and somebody decides.
    await two.page.context().setOffline(true);
    await field(two.page, 'request-retry').fill('9');
    await one.page.reload();
    await field(one.page, 'request-retry').fill('8');
    await save(one.page);
    await two.page.context().setOffline(false);
    await two.page.getByRole('button', { name: 'Review and save' }).click();
    const heard = two.page.locator('[data-merge]');
    const last = two.page.locator('[data-save]:enabled');
    await heard.or(last).first().waitFor();
    if (await last.isVisible()) await last.click();
    await heard.waitFor();
    expect(gateway.readConfig()).toMatch(/request-retry: 8/);
    await two.page.getByRole('group', { name: 'Which lines to take' }).getByRole('button', { name: 'Mine' }).click();
    await two.page.locator('[data-merge]:enabled').click();
    await save(two.page);
    const now = gateway.readConfig();
    expect(now).toMatch(/request-retry: 9/);
    for (const kept of ['# Who may come in', `  - ${secret}     # the laptop`, '    strategy: "sticky"   # conversations stay']) expect(now).toContain(kept);
    await one.close();
    await two.close();
  });

  it('asks before what is not saved is left', async () => {
    const { page, close } = await openPage(address('section=routing'));
    await field(page, 'max-retry-credentials').fill('3');
    await page.getByRole('link', { name: 'System' }).click();
    await page.getByText('Leave without saving?').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(page.url()).toContain('/configuration');
    await page.getByRole('tab', { name: 'YAML' }).click();
    expect(await page.locator('.cm-content').innerText()).toContain('max-retry-credentials: 3');
    await page.getByRole('link', { name: 'System' }).click();
    await page.locator('[data-confirm]').click();
    await page.waitForURL('**/system');
    await close();
  });
});
