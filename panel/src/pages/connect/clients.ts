/** How client programs are pointed at the gateway (`GET /api/v1/clients`). */
export interface ClientList {
  base_url: string;
  key_placeholder: string;
  can_write: boolean;
  reason?: string;
  user?: string;
  clients: Client[];
}

/** A client program or library. */
export interface Client {
  id: string;
  name: string;
  homepage: string;
  protocol: string;
  kind: 'program' | 'library';
  writes_files: boolean;
  connected: 'yes' | 'other' | 'no';
  files: string[];
  blocks: { title: string; kind: string; language: string; path?: string; text: string }[];
  notes: string[];
}

/** What connecting does to files. */
export interface ClientChange {
  id: string;
  files: { path: string; diff: string; exists: boolean }[];
  applied: boolean;
  digest: string;
  warnings: string[];
}

/** A text with the key in the place of what stands for it: `$DRAGOMAN_KEY`, `${DRAGOMAN_KEY}` or the bare words. */
export function withKey(text: string, placeholder: string, key: string): string {
  if (key === '' || placeholder === '') return text;
  const bare = placeholder.replace(/^\$\{?|\}$/g, '');
  return [`\${${bare}}`, `$${bare}`, placeholder].filter((p) => p !== bare || placeholder === bare).reduce((all, one) => all.split(one).join(key), text);
}
