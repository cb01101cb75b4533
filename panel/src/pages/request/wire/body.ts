import { useEffect, useState } from 'react';
import { startWorker } from '@/lib/worker';
import type { BodyInfo, BodyMethods } from './body.worker';
import address from './body.worker.ts?worker&url';

type Result<T> = T extends (...args: never[]) => infer R ? Awaited<R> : never;

/** A recorded body in a worker: it is fetched, read and searched there, and the page asks for what it shows. */
export class Body {
  private readonly worker = startWorker(address);
  private calls = 0;
  private readonly waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();

  constructor() {
    this.worker.onmessage = (event: MessageEvent<{ call: number; result?: never; error?: string }>) => {
      const wait = this.waiting.get(event.data.call);
      this.waiting.delete(event.data.call);
      if (event.data.error === undefined) wait?.resolve(event.data.result as never);
      else wait?.reject(new Error(event.data.error));
    };
    this.worker.onerror = (event) => {
      for (const wait of this.waiting.values()) wait.reject(new Error(event.message || 'worker'));
      this.waiting.clear();
    };
  }

  ask<Name extends keyof BodyMethods>(method: Name, ...args: Parameters<BodyMethods[Name]>): Promise<Result<BodyMethods[Name]>> {
    const call = ++this.calls;
    return new Promise((resolve, reject) => {
      this.waiting.set(call, { resolve, reject } as never);
      this.worker.postMessage({ call, method, args });
    });
  }

  end(): void {
    this.worker.terminate();
  }
}

/** A body that has been loaded; null while it loads. */
export interface Loaded {
  body: Body;
  info: BodyInfo;
}

/** Loads a body into a worker of its own while the component is shown. */
export function useBody(address: string | null, contentType: string): { loaded: Loaded | null; error: unknown; again: () => void } {
  const [state, setState] = useState<{ address: string; loaded: Loaded | null; error: unknown } | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!address) return;
    const body = new Body();
    let gone = false;
    body.ask('load', address, contentType).then(
      (info) => !gone && setState({ address, loaded: { body, info }, error: null }),
      (error: unknown) => !gone && setState({ address, loaded: null, error }),
    );
    return () => {
      gone = true;
      body.end();
      setState(null);
    };
  }, [address, contentType, turn]);
  const mine = state?.address === address ? state : null;
  return { loaded: mine?.loaded ?? null, error: mine?.error ?? null, again: () => setTurn((n) => n + 1) };
}

/** The answer of a loaded body to one question; undefined until it is there. */
export function useAnswer<Name extends keyof BodyMethods>(body: Body | undefined, method: Name, ...args: Parameters<BodyMethods[Name]>): Result<BodyMethods[Name]> | undefined {
  const key = JSON.stringify(args);
  const [answer, setAnswer] = useState<{ body: Body; key: string; value: Result<BodyMethods[Name]> } | null>(null);
  useEffect(() => {
    if (!body) return;
    let gone = false;
    body.ask(method, ...(JSON.parse(key) as Parameters<BodyMethods[Name]>)).then(
      (value) => !gone && setAnswer({ body, key, value }),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [body, method, key]);
  return answer && answer.body === body && answer.key === key ? answer.value : undefined;
}
