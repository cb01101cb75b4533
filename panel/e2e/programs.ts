import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const gateway = path.join(root, 'src/Dragoman.Cli/bin/Release/net10.0/dragoman.dll');

/** A program of the gateway that runs. */
export interface Running {
  /** What its output was searched for. */
  match: string;
  output: () => string;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Starts a command of the gateway and waits until its output has what says that it is ready. */
export function start(args: string[], ready: RegExp, environment: Record<string, string> = {}): Promise<Running> {
  if (!existsSync(gateway)) throw new Error('The gateway is not built: dotnet build src/Dragoman.Cli -c Release');
  const child: ChildProcess = spawn('dotnet', [gateway, ...args], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const match = ready.exec(output);
      if (match) resolve({ match: match[0], output: () => output, stop });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`dragoman ${args[0]} ended with ${code}:\n${output}`)));
  });
}
