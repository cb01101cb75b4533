import { clsx } from 'clsx';
import { RotateCcw } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { useTexts } from '@/app/i18n';
import { visible } from '@/lib/text';
import { IconButton } from '@/ui/button';
import { Badge } from '@/ui/figures';
import { useField, useForm } from './form-context';
import { type Path, pathText, type Schema } from './model/schema';
import { titleOf, wordsOf } from './words';

/** The ids that tie a control to its name, its description and its fault. */
export interface Wiring {
  id: string;
  'aria-describedby': string;
  'aria-invalid': boolean | undefined;
}

/** One setting: its name, what it does, its control, and the way back to its default. `below` is for controls that need the whole width. */
export function FieldRow({ path, schema, below, children }: { path: Path; schema: Schema; below?: boolean; children: (wiring: Wiring) => ReactNode }) {
  const t = useTexts('configuration');
  const form = useForm();
  const id = useId();
  const { isSet, changed, fault } = useField(path);
  const key = String(path.at(-1));
  const about = form.describe(path, schema);
  const usual = schema.default === undefined || schema.default === '' ? undefined : typeof schema.default === 'boolean' ? t(schema.default ? 'form.on' : 'form.off') : String(schema.default);
  return (
    <div className={clsx('grid gap-x-6 gap-y-2 border-b border-line py-3 last:border-b-0', !below && 'md:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]')} data-path={pathText(path)}>
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <label htmlFor={id} className="font-medium">
            {titleOf(key)}
          </label>
          <code className="text-xs text-muted" translate="no">
            {key}
          </code>
          {changed ? <Badge tone="accent">{t('form.changed')}</Badge> : null}
          {schema.deprecated ? <Badge>{t('form.old')}</Badge> : null}
        </div>
        {about ? (
          <p id={`${id}-about`} className="mt-0.5 max-w-2xl text-[13px] text-muted">
            {about}
          </p>
        ) : null}
      </div>
      <div className="min-w-0">
        <div className="flex items-start gap-1">
          <div className="min-w-0 flex-1">{children({ id, 'aria-describedby': `${id}-about ${id}-note`, 'aria-invalid': fault?.severity === 'error' ? true : undefined })}</div>
          {isSet ? <IconButton label={t('form.reset', { key })} icon={RotateCcw} onClick={() => form.remove(path)} /> : <span className="w-8 shrink-0" />}
        </div>
        <div id={`${id}-note`} className="text-[13px]">
          {fault ? (
            <p role="alert" className={clsx('mt-1 break-words', fault.severity === 'error' ? 'text-bad' : 'text-warn')}>
              {wordsOf(fault, t)}
            </p>
          ) : usual !== undefined && isSet ? (
            <p className="mt-1 text-muted">{t('form.usual', { value: visible(usual) })}</p>
          ) : null}
        </div>
      </div>
    </div>
  );
}
