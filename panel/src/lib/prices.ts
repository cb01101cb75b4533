/** Names of models as prices name them: vendors write `5.2` and `5-2` alike. */
const plain = (name: string): string => name.toLowerCase().replaceAll('.', '-');

/** Whether a model's name fits that of a price, in which `*` stands for any run of characters. */
export function fits(pattern: string, name: string): boolean {
  const parts = plain(pattern).split('*');
  const text = plain(name);
  if (parts.length === 1) return text === parts[0];
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
