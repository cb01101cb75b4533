/** The bytes of a text in Base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/** Bytes as Base64, in pieces that a call can take. */
export function toBase64(bytes: Uint8Array): string {
  let raw = '';
  for (let i = 0; i < bytes.length; i += 0x8000) raw += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(raw);
}

/** Files that were chosen, as the import takes them: the name with its folders below the one that was chosen. */
export async function readFiles(files: readonly File[], mostBytes = 24_000_000): Promise<{ files: { name: string; text: string }[]; left: string[] }> {
  const taken: { name: string; text: string }[] = [];
  const left: string[] = [];
  let total = 0;
  for (const file of files) {
    const path = file.webkitRelativePath ? file.webkitRelativePath.split('/').slice(1).join('/') : file.name;
    total += file.size;
    const text = total > mostBytes ? null : await file.text();
    // A database or a picture is no text, and no system's file.
    if (text === null || text.includes('\u0000')) left.push(path);
    else taken.push({ name: path, text });
  }
  return { files: taken, left };
}

/** Whether a name fits a pattern of an import: `*` stands for any run of characters. */
export function fits(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?:^|/)${parts.join('[^/]*')}$`, 'i').test(name);
}
