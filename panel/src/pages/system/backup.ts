import { send } from '@/api/client';
import { saveParts } from '@/lib/download';

/** The name that an answer gives to the file in it; only its last part, whatever it says. */
export function nameFrom(disposition: string | null, otherwise: string): string {
  if (!disposition) return otherwise;
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1];
  let name = plain;
  try {
    if (encoded) name = decodeURIComponent(encoded);
  } catch {
    // The plain one holds.
  }
  return name?.split(/[/\\]/).at(-1)?.trim() || otherwise;
}

/** Makes a backup and saves it as a file; says how much of it has come, as a share of one where the size is known. */
export async function saveBackup(withFlows: boolean, tell: (share: number | null, bytes: number) => void, signal: AbortSignal): Promise<{ name: string; bytes: number }> {
  const response = await send(`/api/v1/backup${withFlows ? '' : '?withoutFlows=true'}`, { method: 'POST', signal });
  const name = nameFrom(response.headers.get('content-disposition'), 'dragoman.backup');
  const whole = Number(response.headers.get('content-length') ?? 0);
  const parts: BlobPart[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) {
    parts.push(step.value);
    bytes += step.value.byteLength;
    tell(whole > 0 ? bytes / whole : null, bytes);
  }
  saveParts(name, parts, 'application/gzip');
  return { name, bytes };
}

/** A secret that is fit for the gateway: 32 letters and digits, from the browser's own source of chance. */
export function randomSecret(length = 32): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
  let made = '';
  while (made.length < length) {
    // Values above the largest multiple would make some letters likelier.
    for (const value of crypto.getRandomValues(new Uint8Array(64))) if (value < 228 && made.length < length) made += letters[value % 57];
  }
  return made;
}

/** What is wrong with a new management secret: the gateway's own rule, that headers must carry it. */
export function faultOfSecret(secret: string): 'short' | 'letters' | null {
  if (/[^!-~]/.test(secret)) return 'letters';
  return secret.length < 12 ? 'short' : null;
}
