// Makes src/api/schema.d.ts from openapi.json (the gateway's own document, written by its tests). With --check: fails when the file is stale.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const panel = path.resolve(import.meta.dirname, '..');
const openapi = path.join(panel, 'tools/openapi');
const cli = path.join(openapi, 'node_modules/openapi-typescript/bin/cli.js');
const file = path.join(panel, 'src/api/schema.d.ts');
const check = process.argv.includes('--check');

if (!existsSync(cli)) {
  const installed = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: openapi, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
  if (installed.status !== 0) process.exit(1);
}

const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-api-'));
try {
  const made = check ? path.join(folder, 'schema.d.ts') : file;
  const run = spawnSync(process.execPath, [cli, path.join(panel, 'openapi.json'), '-o', made], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (run.status !== 0) process.exit(1);
  if (check && readFileSync(made, 'utf8') !== readFileSync(file, 'utf8')) {
    console.error('src/api/schema.d.ts is older than openapi.json: npm run api');
    process.exit(1);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
