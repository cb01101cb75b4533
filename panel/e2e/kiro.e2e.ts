import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Page } from 'playwright-core';
import { chromiumPath, endBrowser, openPage } from './browser';
import { approve, configuration, TestGateway } from './gateway';

describe.skipIf(!chromiumPath)('signing in to Kiro', () => {
  const gateway = new TestGateway();
  beforeAll(async () => {
    const at = inject('emulators');
    await gateway.start(
      configuration({
        accounts: false,
        more: `
  kiro:
    auth-url: ${at}/kiro/auth
    portal-url: ${at}/kiro/portal
    oidc-url: '${at}/kiro/oidc/{region}'
    service-url: ${at}/kiro/service
    management-url: ${at}/kiro/service
`,
      }),
    );
  });
  afterAll(async () => {
    await endBrowser();
    await gateway.end();
  });

  const begin = async (page: Page, way: string): Promise<void> => {
    await page.locator('[data-provider="kiro"]').click();
    await page.locator(`[data-way="${way}"]`).click();
    // The vendor does not allow it: nothing begins before that was read.
    const start = page.getByRole('button', { name: 'Sign in', exact: true });
    expect(await start.isDisabled()).toBe(true);
    await page.getByRole('checkbox').first().check();
    await start.click();
    await page.locator('[data-vendor-page]').waitFor();
  };
  const vendorPage = async (page: Page): Promise<string> => (await page.locator('[data-vendor-page]').getAttribute('href')) ?? '';
  const accounts = async (): Promise<string[]> => (await gateway.api<{ accounts: { label: string }[] }>('GET', '/api/v1/accounts?provider=kiro')).accounts.map((a) => a.label);
  const confirm = async (page: Page): Promise<void> => {
    await page.locator('[data-confirm-login]').click({ timeout: 60_000 });
    await page.getByText(/is saved/).first().waitFor();
  };

  it('goes on by what is chosen at the portal: a code of AWS in the same login', async () => {
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts/add`);
    await begin(page, 'portal');
    const portal = await vendorPage(page);
    const back = await fetch(`${portal}&emulated_option=builderid&emulated_user=bea`);
    expect(back.status).toBe(200);
    // The page that the browser came back to and the panel show the same code.
    const code = (await page.locator('output').first().innerText()).trim();
    expect(await back.text()).toContain(code);
    expect(await vendorPage(page)).not.toBe(portal);
    await approve(await vendorPage(page), code, 'bea');
    await confirm(page);
    expect((await accounts()).length).toBe(1);
    expect(faults).toEqual([]);
    await close();
  });

  it('goes on by what is chosen at the portal: a code in the address', async () => {
    const before = (await accounts()).length;
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts/add`);
    await begin(page, 'portal');
    const back = await fetch(`${await vendorPage(page)}&emulated_option=github&emulated_user=carl`);
    expect(await back.text()).toContain('Signed in');
    await confirm(page);
    expect((await accounts()).length).toBe(before + 1);
    expect(faults).toEqual([]);
    await close();
  });

  it('takes a code that is entered at AWS', async () => {
    const before = (await accounts()).length;
    const { page, faults, close } = await openPage(`${gateway.url}/panel/accounts/add`);
    await begin(page, 'builder-id');
    const code = (await page.locator('output').first().innerText()).trim();
    await approve(await vendorPage(page), code, 'dora');
    await confirm(page);
    expect((await accounts()).length).toBe(before + 1);
    expect(faults).toEqual([]);
    await close();
  });
});
