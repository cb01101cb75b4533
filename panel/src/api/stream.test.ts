import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveEvents } from './events';
import { EventStream, type Opening } from './stream';

/** A browser's EventSource whose fate a test decides. */
class FakeSource {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = FakeSource.CONNECTING;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  private readonly listeners = new Map<string, (event: MessageEvent<string>) => void>();
  readonly url: string;
  constructor(url: string) {
    this.url = url;
    FakeSource.all.push(this);
  }
  addEventListener(kind: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(kind, listener);
  }
  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
  accept(): void {
    this.readyState = FakeSource.OPEN;
    this.onopen?.();
  }
  say(kind: string, value: unknown, lastEventId = ''): void {
    this.listeners.get(kind)?.({ data: JSON.stringify(value), lastEventId } as MessageEvent<string>);
  }
  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.();
  }
}

const last = (): FakeSource => FakeSource.all.at(-1) as FakeSource;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.all = [];
  vi.stubGlobal('EventSource', FakeSource);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('EventStream', () => {
  const opened = (kinds = ['flow']): { stream: EventStream; how: Opening[]; got: unknown[] } => {
    const how: Opening[] = [];
    const got: unknown[] = [];
    return { stream: new EventStream('/live', { kinds, onEvent: (_, value) => got.push(value), onOpen: (h) => how.push(h), isLast: (_, value) => value === 'end' }), how, got };
  };

  it('goes on after a break where events have ids, and is anew where they have none', () => {
    const { how } = opened();
    last().accept();
    last().say('flow', 1, 'p-1');
    last().fail(FakeSource.CONNECTING);
    last().accept();
    expect(how).toEqual(['first', 'resumed']);
    const without = opened();
    last().accept();
    last().say('flow', 1);
    last().fail(FakeSource.CONNECTING);
    last().accept();
    expect(without.how).toEqual(['first', 'anew']);
  });

  it('is opened anew after a refusal, at an address that says nothing of what came before', () => {
    const { how, got } = opened();
    last().accept();
    last().say('flow', 1, 'p-1');
    last().fail(FakeSource.CLOSED);
    expect(FakeSource.all.length).toBe(1);
    vi.advanceTimersByTime(3000);
    expect(FakeSource.all.map((s) => s.url)).toEqual(['/live', '/live']);
    last().accept();
    last().say('flow', 2);
    expect(how).toEqual(['first', 'anew']);
    expect(got).toEqual([1, 2]);
  });

  it('is closed by its last event before it is told, and does not come back', () => {
    const { got } = opened();
    const source = last();
    source.accept();
    source.say('flow', 'end');
    expect(source.readyState).toBe(FakeSource.CLOSED);
    expect(got).toEqual(['end']);
    source.fail(FakeSource.CONNECTING);
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.all.length).toBe(1);
  });
});

describe('LiveEvents', () => {
  it('has all read anew when it was opened after a refusal, and not when it went on', () => {
    const live = new LiveEvents();
    const reset = vi.fn();
    const off = live.on('reset', reset);
    last().accept();
    last().say('health', {}, 'p-1');
    last().fail(FakeSource.CONNECTING);
    last().accept();
    expect(reset).not.toHaveBeenCalled();
    last().fail(FakeSource.CLOSED);
    expect(live.current()).toBe('reconnecting');
    live.again();
    last().accept();
    expect(reset).toHaveBeenCalledTimes(1);
    expect(live.current()).toBe('live');
    off();
    expect(last().readyState).toBe(FakeSource.CLOSED);
    expect(live.current()).toBe('idle');
  });
});
