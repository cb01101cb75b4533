import { send } from '@/api/client';
import { EventSplitter } from '@/lib/sse';
import { type Answer, addressOf, bodyOf, noAnswer, type Protocol, type Question, read } from './protocols';

/** An answer on its way: what has come, when, and the request's id. */
export interface Run {
  answer: Answer;
  raw: string;
  started: number;
  first: number | null;
  ended: number | null;
  flow: string;
  account: string;
}

const mostRaw = 400_000;

/** Asks, and tells each time something has come. */
export async function ask(protocol: Protocol, question: Question, tell: (run: Run) => void, signal: AbortSignal): Promise<void> {
  let run: Run = { answer: noAnswer, raw: '', started: performance.now(), first: null, ended: null, flow: '', account: '' };
  const change = (next: Partial<Run>): void => {
    run = { ...run, ...next };
    tell(run);
  };
  change({});
  try {
    const response = await send(`/api/v1/playground/${addressOf(protocol, question)}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(bodyOf(protocol, question)), signal });
    change({ flow: response.headers.get('x-dragoman-flow') ?? '', account: response.headers.get('x-dragoman-account') ?? '' });
    if (!response.headers.get('content-type')?.includes('event-stream')) {
      const text = await response.text();
      change({ first: performance.now(), raw: text.slice(0, mostRaw), answer: read(protocol, run.answer, JSON.parse(text)) });
      return;
    }
    const reader = response.body?.pipeThrough(new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>).getReader();
    const splitter = new EventSplitter();
    while (reader) {
      const { done, value } = await reader.read();
      if (done) break;
      let answer = run.answer;
      for (const event of splitter.push(value)) {
        if (event.data === '[DONE]') continue;
        try {
          answer = read(protocol, answer, JSON.parse(event.data));
        } catch {
          // Not JSON: it stands among the raw events.
        }
      }
      change({ answer, first: run.first ?? performance.now(), raw: run.raw.length < mostRaw ? run.raw + value : run.raw });
    }
  } catch (error) {
    if (!signal.aborted) change({ answer: { ...run.answer, error: error instanceof Error ? error.message : String(error) } });
  } finally {
    change({ ended: performance.now() });
  }
}
