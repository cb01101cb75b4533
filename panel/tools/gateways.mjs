// Gateways for the tools that look at the panel: each in a folder of its own below one that is gone afterwards.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** The folder of a run with what runs in it. */
export class Gateways {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-pictures-'));
  #running = [];

  /** Starts a gateway and says where it listens. */
  async serve(...args) {
    return (await this.start(/listens on (http:\/\/127\.0\.0\.1:\d+)/, 'serve', '--port', '0', ...args)).replace('listens on ', '');
  }

  /** Starts a command of the gateway, and gives what its output has that fits. */
  start(ready, ...args) {
    const program = path.join(root, 'src/Dragoman.Cli/bin/Release/net10.0/dragoman.dll');
    const gateway = spawn('dotnet', [program, ...args], { env: { ...process.env, HOME: this.folder, DRAGOMAN_HOME: this.folder }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running.push(gateway);
    return new Promise((resolve, reject) => {
      let text = '';
      const read = (chunk) => {
        text += chunk;
        const found = ready.exec(text);
        if (found) resolve(found[0]);
      };
      gateway.stdout.on('data', read);
      gateway.stderr.on('data', read);
      gateway.once('exit', (code) => reject(new Error(`the gateway ended with ${code}:\n${text}`)));
    });
  }

  /** Ends all of them and removes the folder. */
  end() {
    for (const gateway of this.#running) gateway.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
