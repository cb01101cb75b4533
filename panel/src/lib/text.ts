/**
 * Text that strangers wrote (models, vendors, clients), made safe to look at: React shows it as text, and this shows what would hide or turn it.
 * Bidirectional controls, escapes of terminals and other invisible characters become visible marks.
 */
// oxlint-disable-next-line no-control-regex
const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffc]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** A zero-width joiner between two pictures makes one emoji of them: the only one that stays. */
const joined = /(\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})/gu;
const placeholder = '\u0001joiner\u0001';

/** The text with every invisible or turning character shown as its code: `⟨202E⟩`. Line breaks and tabs stay. */
export function visible(text: string): string {
  hidden.lastIndex = 0;
  if (!hidden.test(text)) return text;
  return text
    .split('\u0001')
    .map((part) =>
      part
        .replace(joined, `$1${placeholder}`)
        .split(placeholder)
        .map((piece) => piece.replace(hidden, mark))
        .join('\u200d'),
    )
    .join(mark('\u0001'));
}

function mark(char: string): string {
  return `⟨${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** The text cut to a length, with an ellipsis where something was cut. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** The address when it is one that a page may link to (https, or http of this machine), else null. Addresses come from vendors. */
export function safeLink(address: string | null | undefined): string | null {
  if (!address) return null;
  try {
    const url = new URL(address);
    const local = url.hostname === 'localhost' || url.hostname === '127.0.0.1' || url.hostname === '[::1]';
    return url.protocol === 'https:' || (url.protocol === 'http:' && local) ? url.href : null;
  } catch {
    return null;
  }
}
