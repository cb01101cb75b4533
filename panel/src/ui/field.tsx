import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox';
import { Select as BaseSelect } from '@base-ui/react/select';
import { Switch as BaseSwitch } from '@base-ui/react/switch';
import { clsx } from 'clsx';
import { Check, ChevronDown, Search } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId } from 'react';

/** A labelled control with a hint and its fault. The control is made by a function that gets the ids to wire. */
export function Field({ label, hint, error, className, children }: { label: ReactNode; hint?: ReactNode; error?: string | undefined; className?: string; children: (wiring: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean | undefined }) => ReactNode }) {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
  return (
    <div className={clsx('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': described, 'aria-invalid': error ? true : undefined })}
      {hint ? (
        <div id={`${id}-hint`} className="text-[13px] text-muted">
          {hint}
        </div>
      ) : null}
      {error ? (
        <div id={`${id}-error`} role="alert" className="text-[13px] text-bad">
          {error}
        </div>
      ) : null}
    </div>
  );
}

/** A line of text. */
export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input autoComplete="off" spellCheck={false} {...rest} className={clsx('input', className)} />;
}

/** Several lines of text. */
export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea spellCheck={false} {...rest} className={clsx('input', className)} />;
}

/** A search box. */
export function SearchInput({ label, className, ...rest }: ComponentProps<'input'> & { label: string }) {
  return (
    <div className={clsx('relative', className)}>
      <Search aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted" />
      <input type="search" aria-label={label} placeholder={label} autoComplete="off" spellCheck={false} data-search {...rest} className="input pl-8" />
    </div>
  );
}

/** One choice out of a few. */
export function Select<T extends string>({ value, onChange, options, label, id, className, placeholder, disabled, ...wiring }: { value: T | ''; onChange: (value: T) => void; options: readonly { value: T; label: ReactNode; hint?: ReactNode; disabled?: boolean }[]; label?: string; id?: string; className?: string; placeholder?: string; disabled?: boolean; 'aria-describedby'?: string; 'aria-invalid'?: boolean }) {
  return (
    <BaseSelect.Root<string> value={value} onValueChange={(next) => onChange(next as T)} items={options.map((o) => ({ value: o.value, label: o.label }))} disabled={disabled}>
      <BaseSelect.Trigger id={id} aria-label={label} {...wiring} className={clsx('input inline-flex items-center justify-between gap-2 text-left', className)}>
        <span className="truncate">
          <BaseSelect.Value>{(now: string | null) => options.find((o) => o.value === now)?.label ?? <span className="text-muted">{placeholder ?? label}</span>}</BaseSelect.Value>
        </span>
        <ChevronDown aria-hidden className="size-4 shrink-0 text-muted" />
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <BaseSelect.Popup className="max-h-[min(24rem,var(--available-height))] min-w-[var(--anchor-width)] overflow-y-auto rounded-lg bg-raised p-1 shadow-pop outline-none">
            {options.map((option) => (
              <BaseSelect.Item key={option.value} value={option.value} disabled={option.disabled} className="flex cursor-default items-start gap-2 rounded-md px-2 py-1.5 outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken">
                <span className="flex size-5 shrink-0 items-center">
                  <BaseSelect.ItemIndicator>
                    <Check aria-hidden className="size-4" />
                  </BaseSelect.ItemIndicator>
                </span>
                <span>
                  <BaseSelect.ItemText>{option.label}</BaseSelect.ItemText>
                  {option.hint ? <span className="block text-[13px] text-muted">{option.hint}</span> : null}
                </span>
              </BaseSelect.Item>
            ))}
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}

/** On or off, at once. */
export function Switch({ checked, onChange, label, hidden, disabled }: { checked: boolean; onChange: (on: boolean) => void; label: string; /** Whether the label is only read out. */ hidden?: boolean; disabled?: boolean }) {
  const control = (
    <BaseSwitch.Root checked={checked} onCheckedChange={onChange} disabled={disabled} aria-label={hidden ? label : undefined} className="relative inline-flex h-5 w-9 shrink-0 items-center rounded-full bg-line-strong transition-colors data-[checked]:bg-accent-solid data-[disabled]:opacity-50">
      <BaseSwitch.Thumb className="size-4 translate-x-0.5 rounded-full bg-white shadow transition-transform data-[checked]:translate-x-4.5" />
    </BaseSwitch.Root>
  );
  return hidden ? (
    control
  ) : (
    <label className="inline-flex items-center gap-2">
      {control}
      {label}
    </label>
  );
}

/** A tick. */
export function Checkbox({ checked, onChange, label, hidden, mixed, disabled }: { checked: boolean; onChange: (on: boolean) => void; label: ReactNode; hidden?: boolean; mixed?: boolean; disabled?: boolean }) {
  const box = (
    <BaseCheckbox.Root checked={checked} indeterminate={mixed} onCheckedChange={onChange} disabled={disabled} aria-label={hidden && typeof label === 'string' ? label : undefined} className="flex size-4.5 shrink-0 items-center justify-center rounded border border-line-strong bg-surface data-[checked]:border-accent-solid data-[checked]:bg-accent-solid data-[indeterminate]:bg-accent-solid data-[disabled]:opacity-50">
      <BaseCheckbox.Indicator className="text-white">{mixed ? <span className="block h-0.5 w-2.5 bg-white" /> : <Check aria-hidden className="size-3.5" strokeWidth={3} />}</BaseCheckbox.Indicator>
    </BaseCheckbox.Root>
  );
  return hidden ? (
    box
  ) : (
    <label className="inline-flex items-start gap-2">
      <span className="mt-0.5">{box}</span>
      <span>{label}</span>
    </label>
  );
}
