import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';

/** The frame of a page: its title, what it does in one line, its actions. `fill` makes the content as high as the window (lists, editors). */
export function Page({ title, lead, actions, fill, children }: { title: string; lead?: ReactNode; actions?: ReactNode; fill?: boolean; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Dragoman`;
  }, [title]);
  return (
    <div className={clsx('mx-auto w-full max-w-[120rem] px-4 py-5 sm:px-6', fill && 'flex h-full min-h-0 flex-col')}>
      <header className="mb-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          {/* As wide as its words: actions that have no room beside it stand below. */}
          <h1 className="min-w-0 flex-auto text-xl font-semibold tracking-tight break-words" tabIndex={-1}>
            {title}
          </h1>
          {actions ? <div className="flex flex-wrap items-center gap-x-1.5 gap-y-2 sm:gap-x-2">{actions}</div> : null}
        </div>
        {lead ? <p className="mt-1 max-w-3xl text-muted">{lead}</p> : null}
      </header>
      {children}
    </div>
  );
}

/** A box with a heading. */
export function Card({ title, actions, children, className, flush }: { title?: ReactNode; actions?: ReactNode; children: ReactNode; className?: string; /** Without space around the content: tables and lists. */ flush?: boolean }) {
  return (
    <section className={clsx('card flex min-w-0 flex-col', className)}>
      {title || actions ? (
        <div className="flex flex-wrap items-center gap-2 px-4 pt-3 pb-2">
          <h2 className="min-w-0 flex-1 font-semibold">{title}</h2>
          {actions}
        </div>
      ) : null}
      <div className={clsx('min-h-0 min-w-0 flex-1', !flush && (title ? 'px-4 pb-4' : 'p-4'))}>{children}</div>
    </section>
  );
}

/** What stands where there is nothing yet: why, and what to do. */
export function Empty({ icon: Icon, title, children, action }: { icon?: LucideIcon; title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-12 text-center">
      {Icon ? <Icon aria-hidden className="size-8 text-muted" strokeWidth={1.5} /> : null}
      <div className="font-medium">{title}</div>
      {children ? <div className="max-w-md text-muted">{children}</div> : null}
      {action ? <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}

/** Grey bars in the place of what is loading. */
export function Skeleton({ lines = 3, className }: { lines?: number; className?: string }) {
  return (
    <div aria-hidden className={clsx('flex animate-pulse flex-col gap-2', className)}>
      {Array.from({ length: lines }, (_, i) => (
        // oxlint-disable-next-line react/no-array-index-key
        <div key={i} className={clsx('h-4 rounded bg-line', i % 3 === 2 ? 'w-2/3' : i % 3 === 1 ? 'w-5/6' : 'w-full')} />
      ))}
    </div>
  );
}

/** Names and values, as the detail of a thing. */
export function Facts({ facts, className }: { facts: readonly (readonly [ReactNode, ReactNode] | false | null | undefined)[]; className?: string }) {
  return (
    <dl className={clsx('grid grid-cols-[minmax(6rem,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1.5', className)}>
      {facts.map((fact, i) =>
        fact ? (
          // oxlint-disable-next-line react/no-array-index-key
          <div key={i} className="contents">
            <dt className="text-muted">{fact[0]}</dt>
            <dd className="min-w-0 break-words">{fact[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
