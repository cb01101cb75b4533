// The budget of the built files, gzipped: what the first page loads, and what any other page adds. The editor and the charts have their own.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = path.resolve(import.meta.dirname, '../dist');
const manifest = JSON.parse(readFileSync(path.join(dist, '.vite/manifest.json'), 'utf8'));
const budgets = { first: 240, page: 40, editor: 180, charts: 140 };
const sizes = new Map();
const size = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(path.join(dist, file)), { level: 9 }).length / 1000);
  return sizes.get(file);
};
// The chunks that a chunk needs before it runs, itself among them.
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const other of manifest[key]?.imports ?? []) closure(other, seen);
  return seen;
}
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const overview = Object.keys(manifest).find((key) => key.endsWith('pages/overview/index.tsx'));
const first = new Set([...closure(entry), ...(overview ? closure(overview) : [])]);
const total = (keys) => [...keys].reduce((sum, key) => sum + (manifest[key] ? size(manifest[key].file) : 0), 0);
const faults = [];
const line = (name, kb, budget) => {
  console.log(`${kb.toFixed(1).padStart(8)} kB of ${String(budget).padStart(3)}  ${name}`);
  if (kb > budget) faults.push(name);
};

line('first load (scripts)', total(first), budgets.first);
const isBig = (key) => /(^|[/_])(editor|charts)[-.]/.test(manifest[key]?.file ?? '') || /\/(editor|charts)\/index\.tsx$/.test(key);
for (const key of Object.keys(manifest).filter((k) => /pages\/[^/]+\/index\.tsx$/.test(k))) {
  const own = [...closure(key)].filter((k) => !first.has(k) && !isBig(k));
  if (key !== overview) line(key.replace(/^src\//, ''), total(own), budgets.page);
}
for (const key of Object.keys(manifest).filter((k) => /ui\/(editor|charts)\/index\.tsx$/.test(k))) {
  const kind = key.includes('/editor/') ? 'editor' : 'charts';
  line(key.replace(/^src\//, ''), total([...closure(key)].filter((k) => !first.has(k))), budgets[kind]);
}
if (faults.length > 0) {
  console.error(`Over budget: ${faults.join(', ')}`);
  process.exit(1);
}
