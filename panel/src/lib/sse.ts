/** An event of a stream of server-sent events. */
export interface StreamEvent {
  name: string;
  id: string;
  data: string;
}

/**
 * Splits a stream of server-sent events, in whatever pieces it comes: any line ends, comments left out, data of several lines joined. The last event also without its blank
 * line ({@link end}), because streams break off.
 */
export class EventSplitter {
  private rest = '';
  private name = '';
  private id = '';
  private data: string[] = [];
  private begun = false;
  private readonly most: number;
  private given = 0;

  constructor(most = Infinity) {
    this.most = most;
  }

  /** The events that are whole with this piece. */
  push(piece: string): StreamEvent[] {
    return this.take(this.rest + piece, false);
  }

  /** What is left at the end of the stream. */
  end(): StreamEvent[] {
    const events = this.take(this.rest, true);
    this.flush(events);
    return events;
  }

  private take(text: string, isLast: boolean): StreamEvent[] {
    const events: StreamEvent[] = [];
    let at = 0;
    if (!this.begun && text !== '') {
      this.begun = true;
      if (text.charCodeAt(0) === 0xfeff) at = 1;
    }
    // \r ends a line too, alone or before \n: the next one is looked for only when it was passed.
    let back = -2;
    while (at < text.length && this.given < this.most) {
      if (back !== -1 && back < at) back = text.indexOf('\r', at);
      let end = text.indexOf('\n', at);
      let next = end + 1;
      if (back >= 0 && (end < 0 || back < end)) {
        // Whether \n follows is not known yet.
        if (back === text.length - 1 && !isLast) break;
        end = back;
        next = text[back + 1] === '\n' ? back + 2 : back + 1;
      } else if (end < 0) {
        if (!isLast) break;
        end = text.length;
        next = end;
      }
      if (end === at) this.flush(events);
      else this.line(text, at, end);
      at = next;
    }
    this.rest = this.given < this.most ? text.slice(at) : '';
    return events;
  }

  private line(text: string, at: number, end: number): void {
    if (text[at] === ':') return;
    const colon = text.indexOf(':', at);
    const isBare = colon < 0 || colon > end;
    const field = text.slice(at, isBare ? end : colon);
    const value = isBare ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1, end);
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.name = value;
    else if (field === 'id') this.id = value;
  }

  private flush(events: StreamEvent[]): void {
    if (this.data.length > 0 && this.given < this.most) {
      events.push({ name: this.name, id: this.id, data: this.data.join('\n') });
      this.given++;
    }
    this.name = '';
    this.data = [];
  }
}

/** The events of a stream that is whole. */
export function splitEvents(text: string, most = 200_000): StreamEvent[] {
  const splitter = new EventSplitter(most);
  return [...splitter.push(text), ...splitter.end()];
}
