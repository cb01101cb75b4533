/** An event of a recorded stream. */
export interface StreamEvent {
  name: string;
  id: string;
  data: string;
}

/**
 * The events of a recorded stream, in their order: server-sent events with any line ends, comments left out, data of several lines joined; the last one also
 * without its blank line, because streams break off.
 */
export function splitEvents(text: string, most = 200_000): StreamEvent[] {
  const out: StreamEvent[] = [];
  let name = '';
  let id = '';
  let data: string[] = [];
  const flush = (): void => {
    if (data.length > 0) out.push({ name, id, data: data.join('\n') });
    name = '';
    data = [];
  };
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  // \r stands at the end of a line, alone or before \n: where there is none, lines are found by \n alone, which is faster.
  const hasReturns = text.includes('\r');
  while (at < text.length && out.length < most) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    let next = end + 1;
    if (hasReturns) {
      const back = text.indexOf('\r', at);
      if (back >= 0 && back < end) {
        next = text[back + 1] === '\n' ? back + 2 : back + 1;
        end = back;
      }
    }
    if (end === at) flush();
    else if (text[at] !== ':') {
      const colon = text.indexOf(':', at);
      const field = text.slice(at, colon < 0 || colon > end ? end : colon);
      const value = colon < 0 || colon > end ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1, end);
      if (field === 'data') data.push(value);
      else if (field === 'event') name = value;
      else if (field === 'id') id = value;
    }
    at = next;
  }
  flush();
  return out;
}

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
