/** A setting, described for a form. */
export interface SettingField {
  name: string;
  title: string;
  description: string;
  type: 'string' | 'secret' | 'integer' | 'number' | 'boolean' | 'enum' | 'address' | 'proxy' | 'time' | 'list' | 'map';
  /** Where its value stands in the body of an account. */
  place: 'account' | 'settings' | 'credential' | 'input';
  required: boolean;
  secret: boolean;
  default?: string | null;
  choices?: string[] | null;
  min?: number | null;
  max?: number | null;
  takes_bare_items?: boolean;
  items?: SettingField[] | null;
}

/** A row of a map: a name and its value. */
export interface Pair {
  name: string;
  value: string;
}

/** An item of a list of maps, such as a model: its keys as the API writes them. */
export type Item = Record<string, unknown>;

/** What stands in a form for one field; undefined for what nobody has touched, null for what goes back to its default. */
export type FieldValue = string | string[] | Pair[] | Item[] | null | undefined;

/** What stands in a form, by {@link keyOf}. */
export type FieldValues = Record<string, FieldValue>;

/** A field's key in a form: names of settings and of credentials may be the same. */
export const keyOf = (field: SettingField): string => `${field.place}:${field.name}`;

/** Whether a value says nothing. */
export const isBlank = (value: FieldValue): boolean => value === undefined || value === null || value.length === 0;

/** Members of an account itself have other names in the body than in the configuration. */
const members: Record<string, string> = { name: 'label', disabled: 'enabled' };

/** Whether a field is a list of maps. */
export const isItemList = (field: SettingField): boolean => field.type === 'list' && !!field.items?.length;

/** A value as the API takes it; undefined for nothing. */
export function toJson(field: SettingField, value: FieldValue): unknown {
  if (isBlank(value)) return undefined;
  if (typeof value === 'string') {
    const text = value.trim();
    if (text === '') return undefined;
    if (field.type === 'boolean') return text === 'true';
    if (field.type === 'integer' || field.type === 'number') return Number.isFinite(Number(text)) ? Number(text) : text;
    if (field.type === 'map' || field.type === 'list') return fromText(text);
    return text;
  }
  if (field.type === 'map') return Object.fromEntries((value as Pair[]).filter((p) => p.name.trim() !== '').map((p) => [p.name.trim(), p.value]));
  if (isItemList(field)) return (value as Item[]).map(tidy).filter((item) => Object.keys(item).length > 0);
  return value;
}

/** Maps and lists that have no editor of their own are written as JSON. */
function fromText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** An item without what is empty; an alias that is the name itself says nothing. */
function tidy(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([key, value]) => value !== '' && value !== null && value !== undefined && !(key === 'alias' && value === item.name)));
}

/** The body of an account made of what stands in a form: fields that are blank are left out. */
export function bodyOf(fields: readonly SettingField[], values: FieldValues): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  const settings: Record<string, unknown> = {};
  const credential: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values[keyOf(field)];
    const said = value === null ? null : toJson(field, value);
    if (said === undefined) continue;
    if (field.place === 'settings') settings[field.name] = said;
    else if (field.place === 'credential') credential[field.name.replaceAll('-', '_')] = said;
    else if (field.name === 'disabled') body.enabled = said === null ? true : !said;
    else if (said !== null) body[members[field.name] ?? field.name] = said;
  }
  if (Object.keys(settings).length > 0) body.settings = settings;
  if (Object.keys(credential).length > 0) body.credential = credential;
  return body;
}

/** The fields that have to be filled in and are not, by their keys. */
export function missing(fields: readonly SettingField[], values: FieldValues): string[] {
  return fields.filter((f) => f.required && toJson(f, values[keyOf(f)]) === undefined).map(keyOf);
}

/** What a number is wrong about; null where nothing is. */
export function numberFault(field: SettingField, value: FieldValue): 'number' | 'range' | null {
  if (typeof value !== 'string' || value.trim() === '' || (field.type !== 'integer' && field.type !== 'number')) return null;
  const number = Number(value);
  if (!Number.isFinite(number) || (field.type === 'integer' && !Number.isInteger(number))) return 'number';
  return (typeof field.min === 'number' && number < field.min) || (typeof field.max === 'number' && number > field.max) ? 'range' : null;
}

/**
 * The faults of an answer at their fields. The API says them in one text, one after the other, each as `path: words`; `param` names the first path.
 * What belongs to no field comes under the empty name.
 */
export function faultsByField(message: string, param: string | null, problems: readonly { path: string; message: string; remedy?: string | null }[], fields: readonly SettingField[]): Record<string, string> {
  const faults: Record<string, string> = {};
  const keyFor = (path: string): string => {
    const head = /^(?:settings\.|credential\.|inputs\.)?([^.[]*)/.exec(path)?.[1]?.replaceAll('_', '-') ?? '';
    const field = head && fields.find((f) => f.name === head || members[f.name] === head || (head === 'proxy' && f.name === 'proxy-url'));
    return field ? keyOf(field) : '';
  };
  const add = (path: string, words: string): void => {
    const key = keyFor(path);
    const rest = key && path !== key.split(':')[1] && /[.[]/.test(path) ? `${path}: ${words}` : words;
    const said = key ? rest : path ? `${path}: ${words}` : words;
    faults[key] = faults[key] ? `${faults[key]}\n${said}` : said;
  };
  if (problems.length > 0) {
    for (const problem of problems) add(problem.path, `${problem.message}${problem.remedy ? ` ${problem.remedy}` : ''}`);
    return faults;
  }
  const names = [...new Set(fields.flatMap((f) => [f.name, f.name.replaceAll('-', '_'), members[f.name] ?? f.name]))].map((n) => n.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const starts = names.length === 0 ? [] : [...message.matchAll(new RegExp(`(?:^|(?<=[.!?] ))((?:${names.join('|')})(?:[.[][^:]{0,200})?): `, 'g'))];
  if (starts.length === 0) {
    add(param ?? '', message);
    return faults;
  }
  const before = message.slice(0, starts[0]?.index).trim();
  if (before) add('', before);
  starts.forEach((start, i) => add(start[1] ?? '', message.slice(start.index + start[0].length, starts[i + 1]?.index).trim()));
  return faults;
}
