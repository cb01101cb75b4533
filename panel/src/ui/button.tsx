import { clsx } from 'clsx';
import { LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

const looks = {
  plain: 'border border-line-strong/50 bg-surface hover:bg-sunken text-text',
  primary: 'bg-accent-solid text-white hover:brightness-110 border border-transparent',
  danger: 'bg-bad-solid text-white hover:brightness-110 border border-transparent',
  quiet: 'border border-transparent text-muted hover:bg-sunken hover:text-text',
};

interface Props extends ComponentProps<'button'> {
  look?: keyof typeof looks;
  icon?: LucideIcon;
  /** Whether what it began is still going on: it is disabled and says so. */
  busy?: boolean;
  small?: boolean;
}

/** A button. */
export function Button({ look = 'plain', icon: Icon, busy, small, className, children, disabled, type = 'button', ...rest }: Props) {
  return (
    <button
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-lg font-medium whitespace-nowrap transition-colors disabled:opacity-50',
        small ? 'min-h-7 px-2 py-0.5 text-[13px]' : 'min-h-8.5 px-3 py-1',
        looks[look],
        className,
      )}
      {...rest}
    >
      {busy ? <LoaderCircle aria-hidden className="size-4 animate-spin" /> : Icon ? <Icon aria-hidden className="size-4" /> : null}
      {children}
    </button>
  );
}

/** A button that is only a picture; its label is read out and shown when it is pointed at. */
export function IconButton({ label, icon: Icon, className, look = 'quiet', ...rest }: ComponentProps<'button'> & { label: string; icon: LucideIcon; look?: keyof typeof looks }) {
  return (
    <button type="button" aria-label={label} title={label} className={clsx('inline-flex size-8 shrink-0 items-center justify-center rounded-lg transition-colors disabled:opacity-50', looks[look], className)} {...rest}>
      <Icon aria-hidden className="size-4" />
    </button>
  );
}
