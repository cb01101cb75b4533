import { useMutation, useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useState } from 'react';
import { json } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { Button } from '@/ui/button';
import { ErrorBox } from '@/ui/error';
import { Field, Input, Switch } from '@/ui/field';
import { Card } from '@/ui/page';
import { useToast } from '@/ui/toast';

/** The strategies, in the words of the configuration. */
export const strategies = ['round-robin', 'fill-first', 'sticky', 'least-used', 'hybrid'] as const;

const paths = ['routing.strategy', 'routing.session-affinity', 'routing.session-affinity-ttl', 'routing.warm-cache-wait'] as const;
type Values = Record<(typeof paths)[number], unknown>;

/** How the accounts of one priority take turns. */
export function Strategy({ settings, version }: { settings: View<'SettingsView'>; version: string }) {
  const t = useTexts('routing');
  const client = useQueryClient();
  const toast = useToast();
  const now = Object.fromEntries(paths.map((path) => [path, settings.settings.find((s) => s.path === path)?.value])) as Values;
  const [values, setValues] = useState(now);
  const changes = Object.fromEntries(paths.filter((path) => values[path] !== now[path]).map((path) => [path, values[path] === '' ? null : values[path]]));
  const patch = (body: Record<string, unknown>, match: string) => json<View<'SettingsChangedView'>>('PATCH', '/api/v1/settings', body, { 'if-match': match });
  const save = useMutation({
    mutationFn: () => patch(changes, version),
    onSuccess: (done) => {
      const before = Object.fromEntries(Object.keys(changes).map((path) => [path, settings.settings.find((s) => s.path === path)?.origin === 'default' ? null : now[path as keyof Values]]));
      void client.invalidateQueries({ queryKey: ['settings'] });
      void client.invalidateQueries({ queryKey: ['routes'] });
      toast.success(t('saved'), { run: () => void patch(before, done.version).then(() => client.invalidateQueries({ queryKey: ['settings'] }), toast.error) });
    },
  });
  const set = (path: keyof Values, value: unknown): void => setValues({ ...values, [path]: value });
  return (
    <div className="flex max-w-4xl flex-col gap-4">
      {save.isError ? <ErrorBox error={save.error} /> : null}
      <fieldset>
        <legend className="mb-2 font-semibold">{t('strategy')}</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {strategies.map((one) => (
            <label key={one} className={clsx('card flex cursor-pointer items-start gap-3 p-3', values['routing.strategy'] === one && 'border-accent! bg-accent-soft')}>
              <input type="radio" name="strategy" className="mt-1 accent-accent-solid" checked={values['routing.strategy'] === one} onChange={() => set('routing.strategy', one)} />
              <span>
                <span className="font-mono font-medium">{one}</span>
                <span className="block text-muted">{t(`strategies.${one}`)}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <Card title={t('conversations')}>
        <div className="flex flex-col gap-4">
          <Switch label={t('affinity')} checked={values['routing.session-affinity'] === true} onChange={(on) => set('routing.session-affinity', on)} />
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label={t('affinityTtl')} hint={t('durationHint')}>
              {(wiring) => <Input {...wiring} value={String(values['routing.session-affinity-ttl'] ?? '')} onChange={(event) => set('routing.session-affinity-ttl', event.target.value)} />}
            </Field>
            <Field label={t('warmWait')} hint={t('warmWaitHint')}>
              {(wiring) => <Input {...wiring} value={String(values['routing.warm-cache-wait'] ?? '')} onChange={(event) => set('routing.warm-cache-wait', event.target.value)} />}
            </Field>
          </div>
        </div>
      </Card>
      <div className="flex gap-2">
        <Button look="primary" busy={save.isPending} disabled={Object.keys(changes).length === 0} onClick={() => save.mutate()}>
          {t('save')}
        </Button>
        <Button disabled={Object.keys(changes).length === 0} onClick={() => setValues(now)}>
          {t('discard')}
        </Button>
      </div>
    </div>
  );
}
