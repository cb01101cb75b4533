import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { pages } from './pages';

/** Whether a key belongs to what is being written, not to the page. */
function isWriting(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0] as HTMLElement | undefined;
  return event.isComposing || !!target?.closest?.('input, textarea, select, [contenteditable="true"], [contenteditable=""], .cm-editor');
}

/**
 * The keys of the whole panel: Ctrl-K (or ⌘K) the palette, `?` the list of keys, `/` the search box of the page, `g` and a letter a page.
 * Lists have their own (see DataTable).
 */
export function useGlobalKeys(open: { palette: () => void; help: () => void }): void {
  const navigate = useNavigate();
  useEffect(() => {
    let leader = 0;
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        open.palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event) || document.querySelector('[role="dialog"]')) return;
      if (Date.now() - leader < 1200) {
        leader = 0;
        const page = pages.find((p) => p.key === event.key);
        if (page) {
          event.preventDefault();
          void navigate({ to: page.path });
        }
        return;
      }
      if (event.key === 'g') leader = Date.now();
      else if (event.key === '?') open.help();
      else if (event.key === '/') {
        const box = document.querySelector<HTMLInputElement>('#content [data-search]');
        if (box) {
          event.preventDefault();
          box.focus();
          box.select();
        }
      } else if (event.key === 'j' || event.key === 'k') document.querySelector<HTMLElement>('#content [data-list] [role="row"][tabindex="0"]')?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [navigate, open]);
}
