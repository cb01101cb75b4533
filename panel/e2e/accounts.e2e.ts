import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { chromiumPath, endBrowser, openPage } from './browser';
import { approve, configuration, TestGateway } from './gateway';

interface Listed {
  accounts: { id: string; label: string; enabled: boolean; priority: number; tags: string[]; version: number }[];
}

describe.skipIf(!chromiumPath)('accounts', () => {
  const gateway = new TestGateway();
  let copilot = '';
  beforeAll(async () => {
    await gateway.start(configuration());
    copilot = await gateway.signIn('github-copilot');
  });
  afterAll(async () => {
    await endBrowser();
    await gateway.end();
  });

  const listed = async (): Promise<Listed['accounts']> => (await gateway.api<Listed>('GET', '/api/v1/accounts')).accounts;
  const add = (name: string, more: object = {}): Promise<{ id: string }> => gateway.api('POST', '/api/v1/accounts', { provider: 'openai', label: name, credential: { api_key: `sk-${name}-0123456789` }, settings: { base_url: `${inject('emulators')}/v1` }, models: [{ name: 'gpt-5.2' }], ...more });
  const sheet = (page: Page) => page.getByRole('dialog');

  it('signs in again in place: the account stays, its login is new', async () => {
    const before = await listed();
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts?open=${copilot}`, { expected: /404.*\/logins\/[^/]+\/events/ });
    await sheet(page).getByRole('button', { name: 'Sign in again' }).click();
    await sheet(page).getByRole('button', { name: 'Sign in', exact: true }).click();
    const code = (await page.locator('output').first().innerText()).trim();
    await approve(await page.locator('[data-vendor-page]').getAttribute('href'), code);
    await page.locator('[data-confirm-login]').click({ timeout: 60_000 });
    await page.getByText(/is saved/).first().waitFor();
    expect((await listed()).map((a) => a.id).sort()).toEqual(before.map((a) => a.id).sort());
    expect(faults).toEqual([]);
    await close();
  });

  it("shows a vendor's action before it does it", async () => {
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts?open=${copilot}`);
    const actions = sheet(page).locator('section', { hasText: 'At the vendor' });
    await actions.getByRole('button', { name: 'Preview' }).first().click();
    const dialog = page.getByRole('dialog').last();
    for (const input of await dialog.getByRole('textbox').all()) await input.fill('claude-opus-4.5');
    await dialog.getByRole('button', { name: 'Show what would follow' }).click();
    await dialog.getByText('What would follow now').waitFor();
    await dialog.locator('[data-confirm]').click();
    await page.getByText('is allowed now').first().waitFor();
    await page.getByRole('dialog').nth(1).waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await close();
  });

  it('shows what somebody else changed in the meantime, and keeps both changes', async () => {
    const { id } = await add('edited');
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts?open=${id}&tab=edit`, { expected: /409|412/ });
    await sheet(page).getByLabel('Name', { exact: false }).first().fill('edited here');
    // The page hears of it, but what is being written stays.
    await gateway.api('PATCH', `/api/v1/accounts/${id}`, { priority: 7 });
    await sheet(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody else has changed this account').waitFor();
    await page.getByRole('alert').getByText('7').first().waitFor();
    await page.getByRole('button', { name: 'Keep my changes on top' }).click();
    await sheet(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('“edited here” is saved').waitFor();
    expect((await listed()).find((a) => a.id === id)).toMatchObject({ label: 'edited here', priority: 7 });
    expect(faults).toEqual([]);
    await close();
  });

  it('exports accounts under a passphrase and takes them back', async () => {
    const { id } = await add('travels', { tags: ['kept'] });
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts`, { expected: /400|422/ });
    await page.getByRole('button', { name: 'Import and export' }).click();
    await page.getByRole('menuitem', { name: 'Export accounts' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Passphrase', { exact: true }).fill('short');
    await dialog.getByText('At least 12 characters.', { exact: true }).waitFor();
    await dialog.getByLabel('Passphrase', { exact: true }).fill('a passphrase of a journey');
    await dialog.getByLabel('Passphrase once more').fill('another passphrase');
    await dialog.getByText('The two are not the same.').waitFor();
    await dialog.getByLabel('Passphrase once more').fill('a passphrase of a journey');
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: /^Export \d+/ }).click();
    const file = path.join(gateway.folder, 'accounts.bundle');
    await (await saved).saveAs(file);
    expect(readFileSync(file, 'utf8')).not.toContain('sk-travels');
    await dialog.getByRole('button', { name: 'Close' }).last().click();

    await gateway.api('DELETE', `/api/v1/accounts/${id}`);
    await page.getByRole('button', { name: 'Import and export' }).click();
    await page.getByRole('menuitem', { name: 'Import accounts' }).click();
    await page.locator('input[type=file]').first().setInputFiles(file);
    await dialog.getByLabel('Passphrase').fill('not the passphrase of it');
    await dialog.getByRole('button', { name: 'Show what would be done' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Passphrase').fill('a passphrase of a journey');
    await dialog.getByRole('button', { name: 'Show what would be done' }).click();
    await dialog.getByText('What would be done').last().waitFor();
    await dialog.getByRole('button', { name: /^Import \d+/ }).click();
    await dialog.getByText('What was done').waitFor();
    expect((await listed()).find((a) => a.label === 'travels')?.tags).toEqual(['kept']);
    expect(faults).toEqual([]);
    await close();
  });

  it('takes over what another system has, after its findings were shown', async () => {
    const file = path.join(gateway.folder, 'litellm_config.yaml');
    writeFileSync(file, `model_list:\n  - model_name: taken-over\n    litellm_params:\n      model: openai/gpt-5.2\n      api_key: sk-of-litellm-0123456789\n      api_base: ${inject('emulators')}/v1\n`);
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts`);
    await page.getByRole('button', { name: 'Import and export' }).click();
    await page.getByRole('menuitem', { name: 'Import accounts' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('tab', { name: 'Another system' }).click();
    await dialog.getByRole('combobox', { name: 'System' }).click();
    await page.getByRole('option', { name: /LiteLLM/i }).click();
    await dialog.locator('input[type=file]').first().setInputFiles(file);
    await dialog.getByRole('button', { name: 'Show what would be done' }).click();
    await dialog.getByText('What would be done').last().waitFor();
    expect(await dialog.innerText()).not.toContain('sk-of-litellm-0123456789');
    const before = gateway.readConfig() + JSON.stringify(await listed());
    await dialog.getByRole('button', { name: /^Take \d+ thing/ }).click();
    await dialog.getByText('What was done').waitFor();
    expect(gateway.readConfig() + JSON.stringify(await listed())).not.toBe(before);
    expect(faults).toEqual([]);
    await close();
  });

  it('signs out at the vendor, which is told before', async () => {
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts?open=${copilot}`);
    await sheet(page).getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Sign out…' }).click();
    await page.getByText('is told to end this login').waitFor();
    await page.locator('[data-confirm]').click();
    await page.getByText(/is signed out at the vendor and deleted|has not ended the login/).first().waitFor();
    expect((await listed()).some((a) => a.id === copilot)).toBe(false);
    expect(faults).toEqual([]);
    await close();
  });

  it('offers every provider: each card leads to a way of adding an account', async () => {
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts/add`);
    await page.locator('[data-provider]').first().waitFor();
    const providers = await page.locator('[data-provider]').evaluateAll((cards) => cards.map((c) => c.getAttribute('data-provider') ?? ''));
    expect(providers.length).toBeGreaterThan(15);
    for (const provider of providers) {
      await page.locator(`[data-provider="${provider}"]`).click();
      // A form, a sign-in, or why there is none.
      await page.locator('#content form, #content textarea, #content [data-way]').or(page.getByRole('button', { name: 'Sign in', exact: true })).or(page.getByText('no way of adding', { exact: false })).first().waitFor();
      expect(faults, provider).toEqual([]);
      await page.goBack();
      await page.locator('[data-provider]').first().waitFor();
    }
    await close();
  });

  it('are handled by the hundred: found, changed together with what came of each, and taken back', async () => {
    for (let i = 0; i < 200; i += 20) await Promise.all(Array.from({ length: 20 }, (_, n) => add(`team-${String(i + n).padStart(3, '0')}`)));
    const { key } = await gateway.api<{ key: string }>('POST', '/api/v1/keys', { name: 'journey' });
    expect((await gateway.ask('claude-sonnet-5', 'fault:status=429;retry-after=900', { key })).status).toBe(429);
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts`);
    await page.getByText(/^2\d\d accounts$/).waitFor();
    // Only what is seen is in the document.
    expect(await page.locator('[data-row]').count()).toBeLessThan(60);
    await page.getByRole('grid').getByRole('row').nth(1).focus();
    await page.keyboard.press('End');
    await page.locator('[data-row]', { hasText: 'team-199' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search accounts' }).fill('team-11');
    await page.getByText('10 of 2', { exact: false }).waitFor();
    expect(page.url()).toContain('q=team-11');
    await page.getByRole('checkbox', { name: 'Choose all' }).click();
    const bar = page.getByRole('toolbar');
    await bar.getByText('10', { exact: false }).first().waitFor();
    await bar.getByRole('button', { name: 'Disable' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('10 of 10 done').waitFor();
    expect((await listed()).filter((a) => !a.enabled)).toHaveLength(10);
    await dialog.getByRole('button', { name: 'Undo' }).click();
    await dialog.getByText('As it was before.').nth(9).waitFor();
    expect((await listed()).filter((a) => !a.enabled)).toHaveLength(0);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await bar.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Set tags…' }).click();
    await dialog.getByLabel('Tags').fill('blue,');
    await dialog.getByRole('button', { name: 'Set tags of 10' }).click();
    await dialog.getByText('10 of 10 done').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    expect((await listed()).filter((a) => a.tags.includes('blue'))).toHaveLength(10);
    await page.getByRole('link', { name: 'Quota', exact: true }).click();
    await page.getByRole('heading', { name: 'Quota', exact: true, level: 1 }).waitFor();
    await page.locator('[data-row]').filter({ hasText: 'Cooling down' }).waitFor();
    await page.getByText(/2\d\d \/ 2\d\d/).first().waitFor();
    expect(faults).toEqual([]);
    await close();
  });
});
