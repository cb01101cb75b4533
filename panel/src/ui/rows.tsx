import { type RefObject, useCallback, useLayoutEffect, useState } from 'react';

/** Which rows of equal height are in sight of a box that scrolls, with some more at both ends; `to` is the first that is not. */
export function rowsInSight(top: number, height: number, count: number, rowHeight: number, more: number): { from: number; to: number } {
  const from = Math.min(Math.max(0, Math.floor(top / rowHeight) - more), Math.max(0, count - 1));
  return { from, to: Math.min(count, Math.max(0, Math.ceil((top + height) / rowHeight)) + more) };
}

/**
 * The rows of equal height that are in sight: for lists of any length, at no cost by their length. What stands above the rows in the box (a header that sticks)
 * is `above` pixels high.
 */
export function useRows(box: RefObject<HTMLElement | null>, count: number, rowHeight: number, above = 0, more = 6): { from: number; to: number; show: (index: number) => void } {
  const [view, setView] = useState({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const read = (): void => {
      // Rounded to whole rows, so that most scroll events change nothing.
      const next = { top: Math.floor(element.scrollTop / rowHeight) * rowHeight, height: element.clientHeight };
      setView((now) => (now.top === next.top && now.height === next.height ? now : next));
    };
    read();
    element.addEventListener('scroll', read, { passive: true });
    const watch = new ResizeObserver(read);
    watch.observe(element);
    return () => {
      element.removeEventListener('scroll', read);
      watch.disconnect();
    };
  }, [box, rowHeight]);
  const show = useCallback(
    (index: number) => {
      const element = box.current;
      if (!element) return;
      const top = index * rowHeight;
      const room = element.clientHeight - above - rowHeight;
      if (top < element.scrollTop) element.scrollTo({ top });
      else if (top > element.scrollTop + room) element.scrollTo({ top: top - room });
    },
    [box, rowHeight, above],
  );
  return { ...rowsInSight(view.top, view.height, count, rowHeight, more), show };
}
