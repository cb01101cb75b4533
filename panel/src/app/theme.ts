import { useSyncExternalStore } from 'react';

/** Light, dark, or as the system has it. */
export type Theme = 'light' | 'dark' | 'system';

const stored = 'dragoman.theme';
const watchers = new Set<() => void>();
let current: Theme = read();

function read(): Theme {
  try {
    const value = localStorage.getItem(stored);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

/** Puts the theme on the document: before anything is drawn, and whenever it changes. */
export function applyTheme(theme: Theme = current): void {
  current = theme;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem(stored);
    else localStorage.setItem(stored, theme);
  } catch {
    // Kept for this page only.
  }
  for (const tell of watchers) tell();
}

/** The theme that was chosen. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    (tell) => {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
    () => current,
  );
}
