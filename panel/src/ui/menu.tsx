import { Menu as Base } from '@base-ui/react/menu';
import { clsx } from 'clsx';
import { Ellipsis, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export interface MenuItem {
  label: ReactNode;
  icon?: LucideIcon;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
  /** A line above it. */
  separated?: boolean;
  checked?: boolean;
}

/** A button that opens a list of actions. */
export function Menu({ label, items, children, small, quiet }: { label: string; items: readonly (MenuItem | false | null | undefined)[]; /** What the button shows; three dots when nothing. */ children?: ReactNode; small?: boolean; /** Whether it is only a picture, as an icon button is. */ quiet?: boolean }) {
  return (
    <Base.Root>
      <Base.Trigger
        aria-label={label}
        title={children && !quiet ? undefined : label}
        onClick={(event) => event.stopPropagation()}
        className={clsx(
          'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-lg transition-colors',
          children && !quiet ? 'min-h-8.5 border border-line-strong/50 bg-surface px-3 py-1 font-medium hover:bg-sunken' : clsx('text-muted hover:bg-sunken hover:text-text', small ? 'size-7' : 'size-8'),
        )}
      >
        {children ?? <Ellipsis aria-hidden className="size-4" />}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-50">
          <Base.Popup className="max-h-(--available-height) min-w-44 overflow-y-auto rounded-lg bg-raised p-1 shadow-pop outline-none" onClick={(event) => event.stopPropagation()}>
            {items.map((item, i) =>
              item ? (
                // oxlint-disable-next-line react/no-array-index-key
                <div key={i}>
                  {item.separated ? <Base.Separator className="my-1 h-px bg-line" /> : null}
                  <Base.Item
                    disabled={item.disabled}
                    onClick={item.onSelect}
                    className={clsx('flex cursor-default items-center gap-2 rounded-md px-2 py-1.5 outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken', item.danger && 'text-bad')}
                  >
                    {item.icon ? <item.icon aria-hidden className="size-4 shrink-0" /> : null}
                    <span className="flex-1">{item.label}</span>
                    {item.checked ? <span aria-hidden>✓</span> : null}
                  </Base.Item>
                </div>
              ) : null,
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
