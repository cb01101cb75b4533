import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

/** Tabs: one part of a page at a time. Which one is on belongs into the address (see useAddress). */
export function Tabs<T extends string>({ value, onChange, tabs, label, children }: { value: T; onChange: (value: T) => void; tabs: readonly { value: T; label: ReactNode }[]; label: string; children?: ReactNode }) {
  return (
    <Base.Root value={value} onValueChange={(next) => onChange(next as T)}>
      <Base.List aria-label={label} className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
        {tabs.map((tab) => (
          <Base.Tab key={tab.value} value={tab.value} className="-mb-px border-b-2 border-transparent px-3 py-2 font-medium whitespace-nowrap text-muted hover:text-text data-[active]:border-accent data-[active]:text-text">
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      <Base.Panel value={value}>{children}</Base.Panel>
    </Base.Root>
  );
}

export { Segmented } from './segmented';
