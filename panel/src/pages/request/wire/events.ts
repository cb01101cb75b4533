import type { StreamEvent } from '@/lib/sse';

/** The events of a binary stream, which are kept as lines of JSON. */
export const splitLines = (text: string, most = 200_000): StreamEvent[] =>
  text
    .split('\n', most)
    .filter((line) => line.trim() !== '')
    .map((data) => ({ name: '', id: '', data }));

/** How a body is written, by its media type and its beginning. */
export function formOf(contentType: string, text: string): 'json' | 'events' | 'lines' | 'text' {
  const start = text.slice(0, 4000).trimStart();
  if (/event-stream/i.test(contentType)) return /^(data|event|id|retry|:)/.test(start) || !start.startsWith('{') ? 'events' : 'lines';
  if (/eventstream|ndjson|jsonl/i.test(contentType)) return 'lines';
  if (/^(data|event):/.test(start)) return 'events';
  return start.startsWith('{') || start.startsWith('[') ? 'json' : /json/i.test(contentType) && start !== '' ? 'json' : 'text';
}
