import { Popover as Base } from '@base-ui/react/popover';
import type { ComponentProps, ReactNode } from 'react';

/** A button that opens a small box beside it. */
export function Popover({ label, title, trigger, className, children, open, onOpenChange }: { label: string; /** Stands in the box; the label when it does not say. */ title?: ReactNode; trigger: ReactNode; className?: string; children: ReactNode; open?: boolean; onOpenChange?: (open: boolean) => void } & Omit<ComponentProps<'button'>, 'title' | 'children'>) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Trigger aria-label={label} title={label} className={className}>
        {trigger}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={6} align="start" className="z-50">
          <Base.Popup className="max-h-(--available-height) w-72 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-lg bg-raised p-3 shadow-pop outline-none">
            <Base.Title className="mb-2 font-medium">{title ?? label}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
