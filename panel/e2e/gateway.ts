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

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
