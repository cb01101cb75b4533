/** The part of JSON Schema (draft 2020-12) that the gateway's own schema of its configuration uses. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  title?: string;
  description?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  default?: unknown;
  examples?: unknown[];
  deprecated?: boolean;
  writeOnly?: boolean;
  /** Which part of the form a key belongs to. */
  'x-section'?: string;
  /** The parts of the form, in order. */
  'x-sections'?: string[];
}

/** Where something stands in the document: keys and indexes. */
export type Path = readonly (string | number)[];

/** The schema without its reference; what stands beside a reference comes before what it refers to. */
export function resolve(schema: Schema, root: Schema): Schema {
  let found = schema;
  for (let depth = 0; found.$ref && depth < 20; depth++) {
    const { $ref, ...beside } = found;
    const name = /^#\/\$defs\/(.+)$/.exec($ref)?.[1];
    const target = name === undefined ? undefined : root.$defs?.[name.replaceAll('~1', '/').replaceAll('~0', '~')];
    if (!target) return beside;
    found = { ...target, ...beside };
  }
  return found;
}

/** The types that a value may have, null left out. */
export function typesOf(schema: Schema): string[] {
  const types = schema.type === undefined ? (schema.anyOf ?? []).flatMap((one) => one.type ?? []) : Array.isArray(schema.type) ? schema.type : [schema.type];
  return [...new Set(types)].filter((t) => t !== 'null');
}

/** The schema of a key or an item of a value; undefined where the schema says nothing. */
export function childOf(schema: Schema, step: string | number, root: Schema): Schema | undefined {
  const here = resolve(schema, root);
  if (typeof step === 'number') return here.items ? resolve(here.items, root) : undefined;
  const own = here.properties?.[step];
  if (own) return resolve(own, root);
  return typeof here.additionalProperties === 'object' ? resolve(here.additionalProperties, root) : undefined;
}

/** The schema at a place of the document. */
export function schemaAt(root: Schema, path: Path): Schema | undefined {
  let here: Schema | undefined = root;
  for (const step of path) {
    if (!here) return undefined;
    here = childOf(here, step, root);
  }
  return here && resolve(here, root);
}

/** Whether a key is one that the schema names. */
export function isNamed(schema: Schema, key: string): boolean {
  return schema.properties !== undefined && Object.hasOwn(schema.properties, key);
}

/** Whether the keys of a map are the owner's own. */
export function isOpenMap(schema: Schema): boolean {
  return !schema.properties && typeof schema.additionalProperties === 'object';
}

/** How a value is asked for in a form. */
export type Kind = 'flag' | 'integer' | 'number' | 'choice' | 'text' | 'texts' | 'text-or-texts' | 'items' | 'map' | 'group';

/** How the value of a schema is asked for in a form. */
export function kindOf(schema: Schema, root: Schema): Kind {
  const here = resolve(schema, root);
  if (choicesOf(here).length > 0) return 'choice';
  const types = typesOf(here);
  if (types.includes('object') && !types.includes('array')) return here.properties ? 'group' : 'map';
  if (types.includes('array')) {
    if (types.length > 1) return 'text-or-texts';
    const item = here.items && resolve(here.items, root);
    return item && typesOf(item).includes('object') ? 'items' : 'texts';
  }
  if (types[0] === 'integer') return 'integer';
  if (types[0] === 'number') return 'number';
  if (types.includes('boolean') && !types.includes('number')) return 'flag';
  return 'text';
}

/** The words that a value is chosen from; none where it is free. */
export function choicesOf(schema: Schema): string[] {
  const words = schema.enum ?? schema.anyOf?.find((one) => one.enum)?.enum ?? [];
  return words.filter((w) => w !== null).map(String);
}

/** What is to be found under a search: the key, what it does, its default and its choices. */
export function matches(name: string, schema: Schema, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${name} ${name.replaceAll('-', ' ')} ${schema.description ?? ''} ${schema.default === undefined ? '' : String(schema.default)} ${choicesOf(schema).join(' ')}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** A place as people write it: `routing.routes[0].models`. */
export function pathText(path: Path): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${step}`)).join('');
}

/** A place from what the gateway writes: `routing.routes[0].models`. A key with a dot is taken whole where the schema knows it. */
export function pathFrom(text: string, root?: Schema): (string | number)[] {
  const steps: (string | number)[] = [];
  let here: Schema | undefined = root;
  let rest = text;
  while (rest !== '') {
    const index = /^\[(\d+)\]\.?/.exec(rest);
    if (index) {
      steps.push(Number(index[1]));
      here = here && root && childOf(here, Number(index[1]), root);
      rest = rest.slice(index[0].length);
      continue;
    }
    const known = here && root && Object.keys(resolve(here, root).properties ?? {}).filter((k) => rest === k || rest.startsWith(`${k}.`) || rest.startsWith(`${k}[`));
    const key = known?.sort((a, b) => b.length - a.length)[0] ?? /^[^.[]+/.exec(rest)?.[0];
    if (key === undefined) break;
    steps.push(key);
    here = here && root && childOf(here, key, root);
    rest = rest.slice(key.length).replace(/^\./, '');
  }
  return steps;
}
