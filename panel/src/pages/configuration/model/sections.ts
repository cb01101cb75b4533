import { resolve, type Schema } from './schema';

/** A part of the form. */
export interface Section {
  id: string;
  keys: string[];
}

/** Where keys go that are read for compatibility, and keys that say no part. */
const old = 'old';
const other = 'other';

/** The sections of a schema that have keys: each key says its own, and the schema their order. */
export function sectionsOf(root: Schema): Section[] {
  const keys = new Map<string, string[]>((root['x-sections'] ?? []).map((id) => [id, []]));
  for (const [name, schema] of Object.entries(root.properties ?? {})) {
    const here = resolve(schema, root);
    const id = here.deprecated ? old : (here['x-section'] ?? other);
    const there = keys.get(id);
    if (there) there.push(name);
    else keys.set(id, [name]);
  }
  return [...keys].map(([id, names]) => ({ id, keys: names })).filter((section) => section.keys.length > 0);
}

/** Which section a key of the file stands in. */
export const sectionOf = (sections: readonly Section[], key: string | number | undefined): string | undefined => sections.find((s) => s.keys.includes(String(key)))?.id;
