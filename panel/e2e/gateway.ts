import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { type Running, start } from './programs';

/** The emulated vendors as providers of a configuration. `accounts` are those that need no signing in. */
export function configuration({ accounts = true, more = '' } = {}): string {
  const at = inject('emulators');
  const keys = `
openai-compatibility:
  - name: emulated-openai
    base-url: ${at}/v1
    wire-api: responses
    api-key-entries:
      - api-key: demo
    models: [ { name: gpt-5.2 }, { name: gpt-5.4-mini } ]
claude-api-key:
  - api-key: demo
    base-url: ${at}
    models: [ { name: claude-sonnet-5 }, { name: claude-haiku-4-5 } ]
`;
  return `# Written for a journey of the panel.
providers:
  openrouter:
    authorize-url: ${at}/openrouter/auth
    base-url: ${at}/openrouter/api/v1
  github-copilot:
    login-url: ${at}/copilot/github
    api-url: ${at}/copilot/api
  chatgpt:
    auth-url: ${at}/chatgpt/auth
    base-url: ${at}/chatgpt/backend-api/codex
${accounts ? keys : ''}${more}
`;
}

/** A gateway with a configuration file and a data folder of its own. */
export class TestGateway {
  url = '';
  readonly folder = mkdtempSync(path.join(tmpdir(), 'dragoman-panel-'));
  readonly file = path.join(this.folder, 'config.yaml');
  private running: Running | null = null;
  private port = '0';

  /** Starts it, at the same address when it ran before. */
  async start(text?: string): Promise<this> {
    if (text !== undefined) writeFileSync(this.file, text);
    this.running = await start(['serve', '--data', this.folder, '--config', this.file, '--port', this.port], /listens on (http:\/\/[\d.]+:\d+)/, { HOME: this.folder, DRAGOMAN_HOME: this.folder });
    this.url = this.running.match.replace('listens on ', '');
    this.port = new URL(this.url).port;
    return this;
  }

  /** Stops it as a crash does, or by a signal. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.running?.stop(signal);
    this.running = null;
  }

  /** The configuration as it stands in the file. */
  readConfig(): string {
    return readFileSync(this.file, 'utf8');
  }

  /** Asks the management API. */
  async api<T = unknown>(method: string, route: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${this.url}${route}`, { method, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Asks a model, as a client does. */
  async ask(model: string, text: string, { key = 'any', session, agent = 'journey/1.0' }: { key?: string; session?: string; agent?: string } = {}): Promise<Response> {
    return fetch(`${this.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'user-agent': agent, ...(session ? { 'x-session-id': session } : {}) },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: text }] }),
    });
  }

  /** Waits until so many requests are recorded; they come a moment after their answers. */
  async recorded(least: number): Promise<{ id: string; status: number }[]> {
    for (let i = 0; i < 300; i++) {
      const { flows } = await this.api<{ flows: { id: string; status: number }[] }>('GET', '/api/v1/flows');
      if (flows.length >= least) return flows;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`There are not ${least} recorded requests.`);
  }

  /** Signs in to an emulated vendor as `user` and saves the account; its id. */
  async signIn(provider: string, user = 'ada'): Promise<string> {
    type Login = { id: string; status: string; method: string; address?: string; user_code?: string; account_id?: string; error?: string };
    let login = await this.api<Login>('POST', '/api/v1/logins', { provider, acknowledged: true, save: true });
    if (login.user_code) await approve(login.address, login.user_code, user);
    else await fetch(login.address ?? '');
    for (let i = 0; i < 200; i++) {
      login = await this.api<Login>('GET', `/api/v1/logins/${login.id}`);
      if (login.status === 'awaiting-confirmation') await this.api('POST', `/api/v1/logins/${login.id}/confirm`, {});
      if (login.status === 'saved') return login.account_id ?? '';
      if (['failed', 'cancelled', 'expired'].includes(login.status)) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`Signing in to ${provider} ended with ${login.status}: ${login.error}`);
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Says yes on an emulated vendor's page for device codes. */
export async function approve(page: string | null | undefined, code: string, user = 'ada'): Promise<void> {
  await fetch(`${(page ?? '').split('?')[0]}?user_code=${encodeURIComponent(code)}&emulated_user=${user}`);
}
