interface Policy {
  createScriptURL: (address: string) => string;
}
interface Factory {
  createPolicy: (name: string, rules: Policy) => Policy;
}

let policy: Policy | undefined;

/** Only files of this panel: no other script runs in a worker. */
const own = (address: string): string => {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(import.meta.env.BASE_URL)) throw new TypeError('not a file of the panel');
  return url.href;
};

/**
 * Starts a worker from a file of the panel: `import address from './x.worker.ts?worker&url'`. With Trusted Types a worker's address has to come from a policy;
 * `dragoman-worker` is the one that the gateway's content security policy allows.
 */
export function startWorker(address: string): Worker {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  policy ??= factory ? factory.createPolicy('dragoman-worker', { createScriptURL: own }) : { createScriptURL: own };
  return new Worker(policy.createScriptURL(address), { type: 'module' });
}
