import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** What stands behind the question mark of the address, as text. */
export type Address = Record<string, string | undefined>;

/**
 * The state of a view in the address, so that a link and the back button keep it: filters, sorting, columns, tabs. An empty value takes a name away.
 * With `push` it is a step of the history (another tab, another item), else it replaces the present one (typing in a filter).
 */
export function useAddress(): [Address, (change: Address, push?: boolean) => void] {
  const search = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  const set = useCallback(
    (change: Address, push = false) => {
      void navigate({
        to: '.',
        search: (before: Address) => Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined && value !== '')) as never,
        replace: !push,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [search, set];
}

/** Reads the query of an address as text, and writes it so that people can read it. */
export const parseSearch = (text: string): Address => Object.fromEntries(new URLSearchParams(text));
export const stringifySearch = (values: Record<string, unknown>): string => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  const text = search.toString();
  return text ? `?${text}` : '';
};
