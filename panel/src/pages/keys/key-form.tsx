import { Plus, Trash2 } from 'lucide-react';
import { useTexts } from '@/app/i18n';
import { Button, IconButton } from '@/ui/button';
import { Field, Input, Select, Switch, Textarea } from '@/ui/field';
import type { BudgetFields, KeyFields } from './settings';

/** The fields of a key: new or changed. */
export function KeyForm({ fields, onChange, faults }: { fields: KeyFields; onChange: (fields: KeyFields) => void; faults: Partial<Record<string, string>> }) {
  const t = useTexts('keys');
  const set = <K extends keyof KeyFields>(name: K, value: KeyFields[K]): void => onChange({ ...fields, [name]: value });
  const fault = (name: string): string | undefined => (faults[name] ? t(faults[name]) : undefined);
  const setBudget = (i: number, change: Partial<BudgetFields>): void =>
    set(
      'budgets',
      fields.budgets.map((b, n) => (n === i ? { ...b, ...change } : b)),
    );
  return (
    <div className="flex flex-col gap-4">
      <Field label={t('name')} hint={t('nameHint')} error={fault('name')}>
        {(wiring) => <Input {...wiring} value={fields.name} maxLength={200} onChange={(event) => set('name', event.target.value)} />}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('tags')} hint={t('tagsHint')}>
          {(wiring) => <Input {...wiring} value={fields.tags} onChange={(event) => set('tags', event.target.value)} />}
        </Field>
        <Field label={t('expires')} hint={t('expiresHint')} error={fault('expires')}>
          {(wiring) => <Input {...wiring} type="datetime-local" value={fields.expires} onChange={(event) => set('expires', event.target.value)} />}
        </Field>
      </div>
      <Field label={t('note')}>{(wiring) => <Input {...wiring} value={fields.note} onChange={(event) => set('note', event.target.value)} />}</Field>
      <fieldset className="flex flex-col gap-4 border-t border-line pt-3">
        <legend className="float-left mb-1 w-full font-semibold">{t('scope')}</legend>
        <Field label={t('models')} hint={t('modelsHint')}>
          {(wiring) => <Textarea {...wiring} rows={2} className="font-mono text-[13px]" value={fields.models} onChange={(event) => set('models', event.target.value)} />}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t('providers')} hint={t('listHint')}>
            {(wiring) => <Input {...wiring} value={fields.providers} onChange={(event) => set('providers', event.target.value)} />}
          </Field>
          <Field label={t('surfaces')} hint={t('listHint')}>
            {(wiring) => <Input {...wiring} value={fields.surfaces} onChange={(event) => set('surfaces', event.target.value)} />}
          </Field>
        </div>
      </fieldset>
      <fieldset className="flex flex-col gap-4 border-t border-line pt-3">
        <legend className="float-left mb-1 w-full font-semibold">{t('limits')}</legend>
        <div className="grid gap-4 sm:grid-cols-3">
          {(['requests_per_minute', 'tokens_per_minute', 'concurrency'] as const).map((name) => (
            <Field key={name} label={t(`limit.${name}`)} error={fault(name)}>
              {(wiring) => <Input {...wiring} inputMode="numeric" placeholder={t('noLimit')} value={fields[name]} onChange={(event) => set(name, event.target.value)} />}
            </Field>
          ))}
        </div>
        {fields.budgets.map((budget, i) => (
          // Budgets have no id of their own, and their order stays.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={i} className="grid grid-cols-2 items-end gap-2 sm:grid-cols-[1fr_1fr_1fr_1fr_auto]">
            <Field label={t('budgetLimit')} error={fault(`budgets.${i}`)}>
              {(wiring) => <Input {...wiring} inputMode="decimal" value={budget.limit} onChange={(event) => setBudget(i, { limit: event.target.value })} />}
            </Field>
            <Field label={t('unit')}>
              {(wiring) => <Select {...wiring} value={budget.unit} onChange={(unit) => setBudget(i, { unit })} options={[{ value: 'money', label: t('units.money') }, { value: 'tokens', label: t('units.tokens') }]} />}
            </Field>
            <Field label={t('per')}>
              {(wiring) => <Select {...wiring} value={budget.period} onChange={(period) => setBudget(i, { period })} options={(['day', 'month', 'total'] as const).map((value) => ({ value, label: t(`period.${value}`) }))} />}
            </Field>
            <Field label={t('timeZone')}>{(wiring) => <Input {...wiring} placeholder="UTC" value={budget.time_zone} onChange={(event) => setBudget(i, { time_zone: event.target.value })} />}</Field>
            <IconButton
              label={t('removeBudget')}
              icon={Trash2}
              onClick={() =>
                set(
                  'budgets',
                  fields.budgets.filter((_, n) => n !== i),
                )
              }
            />
          </div>
        ))}
        <div>
          <Button small icon={Plus} onClick={() => set('budgets', [...fields.budgets, { unit: 'money', period: 'month', limit: '', time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }])}>
            {t('addBudget')}
          </Button>
        </div>
      </fieldset>
      <div className="border-t border-line pt-3">
        <Switch label={t('enabled')} checked={fields.enabled} onChange={(on) => set('enabled', on)} />
      </div>
    </div>
  );
}
