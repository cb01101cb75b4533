import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, endBrowser, openPage } from './browser';
import { configuration, TestGateway } from './gateway';

const secret = 'a secret of a journey, long enough';

/** What has the focus, and whether it can be seen that it has it. */
const focused = (page: Page): Promise<{ name: string; row: string | null; seen: boolean }> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const marked = (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none' || (element.matches(':focus-visible') && style.backgroundColor !== 'rgba(0, 0, 0, 0)');
    return { name: (element.getAttribute('aria-label') ?? element.innerText ?? '').trim(), row: element.getAttribute('data-row'), seen: marked && box.width > 0 && box.bottom > 0 && box.top < innerHeight };
  });

/** Goes on with Tab until what has the focus fits. */
async function tabTo(page: Page, fits: RegExp, most = 60): Promise<void> {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (fits.test(now.name)) {
      expect(now.seen, `the focus on "${now.name}" is seen`).toBe(true);
      return;
    }
  }
  throw new Error(`Tab does not come to ${fits}`);
}

describe.skipIf(!chromiumPath)('the keyboard alone', () => {
  const gateway = new TestGateway();
  beforeAll(async () => {
    await gateway.start(configuration({ more: `flows:\n  mode: full\nremote-management:\n  require-secret-on-loopback: true\n  allow-remote: true\n  secret-key: "${secret}"\n` }));
    const { key } = await gateway.api<{ key: string }>('POST', '/api/v1/keys', { name: 'journey' }, { authorization: `Bearer ${secret}` });
    for (const model of ['gpt-5.2', 'claude-sonnet-5', 'gpt-5.4-mini']) expect((await gateway.ask(model, 'Hello', { key })).status).toBe(200);
  });
  afterAll(async () => {
    await endBrowser();
    await gateway.end();
  });

  it('leads from signing in to the replay of a request', async () => {
    const { page, faults, close } = await openPage(`${gateway.url}/panel/`, { expected: /401/ });
    await page.getByLabel('Management secret').waitFor();
    // The field has the focus already.
    await page.keyboard.type(secret);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();

    // The list of keys, and back to where the focus was.
    await page.keyboard.press('Tab');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    // The palette finds a page.
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.type('Client ke');
    await page.getByRole('option', { name: 'Client keys' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Client keys', level: 1 }).waitFor();

    // A page by two keys, its list by one, the request by Enter.
    await page.locator('#content').press('g');
    await page.keyboard.press('r');
    await page.getByRole('heading', { name: 'Requests', level: 1 }).waitFor();
    await page.locator('[data-row]').nth(2).waitFor();
    await page.keyboard.press('j');
    await expect.poll(async () => (await focused(page)).row).not.toBeNull();
    const first = (await focused(page)).row;
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect.poll(async () => (await focused(page)).row).not.toBe(first);
    const second = await focused(page);
    expect(second.seen).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // Where it was.
    await expect.poll(async () => (await focused(page)).row).toBe(second.row);

    // Its own page, by the link in the sheet; then the replay.
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, /^Open/);
    await page.keyboard.press('Enter');
    await page.getByText('Timeline').waitFor();
    await page.waitForURL(/requests\/[^?]+/);
    await tabTo(page, /^Replay$/);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await tabTo(page, /^Send again/);
    await page.keyboard.press('Enter');
    await dialog.getByText('200').first().waitFor({ timeout: 60_000 });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect((await focused(page)).name).toBe('Replay');
    expect(faults).toEqual([]);
    await close();
  });
});
