import type { QueryClient } from '@tanstack/react-query';
import { events } from './events';

/**
 * What is on the screen is read again when an event says that it has changed: at most once in a while for each part, however many events come.
 * The first word of a query's key is the resource it shows (`accounts`, `keys`, `flows`, `usage`, `settings`, `limits`, `health`, `models`, `routes`).
 */
const reads: Record<string, string[]> = {
  account: ['accounts', 'models', 'routes', 'limits', 'quotas', 'health', 'logins'],
  key: ['keys'],
  setting: ['settings', 'models', 'routes', 'accounts', 'listeners', 'sessions'],
  cooldown: ['accounts', 'limits', 'quotas', 'routes', 'health'],
};

/** Follows the event stream for a query cache. */
export function followEvents(client: QueryClient): () => void {
  const due = new Map<string, ReturnType<typeof setTimeout>>();
  const soon = (resource: string, wait: number): void => {
    if (due.has(resource)) return;
    due.set(
      resource,
      setTimeout(() => {
        due.delete(resource);
        void client.invalidateQueries({ queryKey: [resource] });
      }, wait),
    );
  };
  const ends = [
    events.on('change', (value) => {
      const kind = (value as { kind?: string; resource?: string }).kind ?? (value as { resource?: string }).resource ?? '';
      for (const resource of reads[kind] ?? Object.values(reads).flat()) soon(resource, 250);
    }),
    events.on('flow', () => {
      soon('usage', 5000);
      soon('accounts', 5000);
      soon('limits', 5000);
    }),
    events.on('health', () => soon('health', 250)),
    events.on('reset', () => void client.invalidateQueries()),
  ];
  return () => {
    for (const end of ends) end();
    for (const timer of due.values()) clearTimeout(timer);
  };
}
