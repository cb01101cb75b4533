// oxlint-disable-next-line no-control-regex
const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** JSON in which characters that a terminal would obey, or that nobody sees, are written as escapes. They stand in strings only; blanks between values stay. */
export function printable(json: string): string {
  let inside = false;
  let out = '';
  let from = 0;
  // Outside of strings only blanks are such characters: walk from quote to quote.
  for (let i = 0; i < json.length; i++) {
    const c = json[i];
    if (inside && c === '\\') i++;
    else if (c === '"') {
      const piece = json.slice(from, i);
      out += inside ? piece.replace(unseen, escape) : piece;
      from = i;
      inside = !inside;
    }
  }
  const rest = json.slice(from);
  return out + (inside ? rest.replace(unseen, escape) : rest);
}

const escape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** An argument for a POSIX shell: in single quotes nothing is special but the quote itself. */
export const quoteSh = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A string of PowerShell: it takes the typographic single quotes for quotes too. */
export const quotePowerShell = (text: string): string => `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;

/** Where a protocol's requests go, and the header that holds the client key. */
export function endpointOf(protocol: string, model: string, stream: boolean): { path: string; header: string; extra: readonly string[] } | null {
  switch (protocol) {
    case 'openai-chat':
      return { path: '/v1/chat/completions', header: 'Authorization: Bearer ', extra: [] };
    case 'openai-responses':
      return { path: '/v1/responses', header: 'Authorization: Bearer ', extra: [] };
    case 'openai-completions':
      return { path: '/v1/completions', header: 'Authorization: Bearer ', extra: [] };
    case 'anthropic-messages':
      return { path: '/v1/messages', header: 'x-api-key: ', extra: ['anthropic-version: 2023-06-01'] };
    case 'gemini':
      return { path: `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`, header: 'x-goog-api-key: ', extra: [] };
    default:
      return null;
  }
}

interface Call {
  base: string;
  protocol: string;
  model: string;
  stream: boolean;
  /** The request's body; a longer one than a command line takes stands in a file. */
  body: string | null;
}

/** The most that one argument of a command may hold on Linux is 128 kB. */
const longest = 100_000;
const file = 'request.json';

/** A command that sends a request again, with `$DRAGOMAN_KEY` in the place of the key; null for a protocol that has no address here. */
export function curl({ base, protocol, model, stream, body }: Call, shell: 'sh' | 'powershell'): string | null {
  const to = endpointOf(protocol, model, stream);
  if (!to) return null;
  const kept = body === null ? null : printable(body);
  const inFile = kept === null || kept.length > longest;
  const headers = ['Content-Type: application/json', ...to.extra];
  if (shell === 'sh') {
    const lines = [`curl ${stream ? '-N ' : ''}${quoteSh(base + to.path)}`, `-H "${to.header}$DRAGOMAN_KEY"`, ...headers.map((h) => `-H ${quoteSh(h)}`), `--data-binary ${inFile ? `@${file}` : quoteSh(kept)}`];
    return lines.join(' \\\n  ');
  }
  const name = to.header.slice(0, to.header.indexOf(':'));
  const value = to.header.slice(to.header.indexOf(':') + 2);
  const pairs = [`${quotePowerShell(name)} = "${value}$env:DRAGOMAN_KEY"`, ...to.extra.map((h) => `${quotePowerShell(h.slice(0, h.indexOf(':')))} = ${quotePowerShell(h.slice(h.indexOf(':') + 2))}`)];
  const content = inFile ? `[IO.File]::ReadAllBytes((Resolve-Path ${file}))` : `([Text.Encoding]::UTF8.GetBytes(${quotePowerShell(kept)}))`;
  return `Invoke-WebRequest -Method Post -Uri ${quotePowerShell(base + to.path)} -ContentType 'application/json' -Headers @{ ${pairs.join('; ')} } -Body ${content}`;
}
