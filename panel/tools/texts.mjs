// Checks the texts of the panel: every key stands in every language with the same placeholders, every key that the code asks for exists,
// and no key is left that nobody asks for.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const src = path.resolve(import.meta.dirname, '../src');
const languages = ['en', 'zh-CN'];
const faults = [];

function flat(value, prefix = '', out = new Map()) {
  for (const [key, child] of Object.entries(value)) {
    if (typeof child === 'string') out.set(prefix + key, child);
    else flat(child, `${prefix}${key}.`, out);
  }
  return out;
}

const read = (folder, language) => {
  const file = path.join(folder, `${language}.json`);
  if (!existsSync(file)) return new Map();
  return flat(JSON.parse(readFileSync(file, 'utf8')));
};
const base = (key) => key.replace(/_(zero|one|two|few|many|other)$/, '');
const holders = (text) => [...text.matchAll(/\{\{\s*([\w.]+)/g)].map((m) => m[1]).sort().join(',');
const files = (folder) => readdirSync(folder, { recursive: true }).filter((f) => /\.tsx?$/.test(f) && !/\.test\./.test(f)).map((f) => path.join(folder, f));

const sets = { common: path.join(src, 'app/texts') };
for (const page of readdirSync(path.join(src, 'pages'), { withFileTypes: true })) if (page.isDirectory()) sets[page.name] = path.join(src, 'pages', page.name);

const texts = {};
for (const [name, folder] of Object.entries(sets)) {
  const [first, ...others] = languages.map((l) => read(folder, l));
  texts[name] = first;
  others.forEach((other, i) => {
    const bases = new Set([...other.keys()].map(base));
    for (const key of first.keys()) {
      if (!other.has(key) && !bases.has(base(key))) faults.push(`${name}: '${key}' is not in ${languages[i + 1]}`);
      // A plural's forms may leave the number out.
      else if (other.has(key) && key === base(key) && holders(first.get(key)) !== holders(other.get(key))) faults.push(`${name}: '${key}' has other placeholders in ${languages[i + 1]}`);
    }
    const known = new Set([...first.keys()].map(base));
    for (const key of other.keys()) if (!known.has(base(key))) faults.push(`${name}: '${key}' is only in ${languages[i + 1]}`);
  });
}

const common = new Set([...texts.common.keys()].map(base));
for (const [name, folder] of Object.entries(sets)) {
  const own = new Set([...texts[name].keys()].map(base));
  const code = name === 'common' ? [...files(path.join(src, 'app')), ...files(path.join(src, 'ui')), ...files(path.join(src, 'lib')), ...files(path.join(src, 'api'))] : files(folder);
  const source = code.map((f) => readFileSync(f, 'utf8')).join('\n');
  for (const [, key] of source.matchAll(/\bt\(\s*'([^'$]+)'/g)) {
    const bare = key.replace(/^common:/, '');
    const isGroup = (keys) => !keys.has(bare) && [...keys].some((one) => one.startsWith(`${bare}.`));
    // A group of texts in the page hides a text of the same name that all pages have.
    if (key.startsWith('common:') ? isGroup(common) : isGroup(own) || (!own.has(bare) && isGroup(common))) faults.push(`${name}: the code asks for '${key}', which is a group of texts`);
    if (key.startsWith('common:') ? !common.has(bare) : !own.has(bare) && !common.has(bare)) faults.push(`${name}: the code asks for '${key}'`);
  }
  if (name === 'common') continue;
  for (const key of own) {
    // Asked for whole, or made of a prefix and a value: t(`status.${x}`).
    const asked = source.includes(`'${key}'`) || key.split('.').some((_, i, parts) => i > 0 && source.includes(`\`${parts.slice(0, i).join('.')}.\${`)) || source.includes(`"${key}"`);
    if (!asked) faults.push(`${name}: nobody asks for '${key}'`);
  }
}

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
