import { clsx } from 'clsx';
import { SearchX } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { SearchInput, Select } from '@/ui/field';
import { Badge } from '@/ui/figures';
import { Empty, Skeleton } from '@/ui/page';
import { useToast } from '@/ui/toast';
import { isFound, SettingField } from './fields';
import { useDescriptions } from './descriptions';
import { counts, type Form, FormProvider } from './form-context';
import { moveItem, removeIn, setIn } from './model/edit';
import { kindOf, matches, resolve, schemaAt } from './model/schema';
import { sectionsOf } from './model/sections';
import type { Workbench } from './use-draft';

/** The document as a form, made of its schema. What is changed here changes the text in place. */
export default function ConfigurationForm({ bench, onYaml }: { bench: Workbench; onYaml: () => void }) {
  const t = useTexts('configuration');
  const toast = useToast();
  const [address, setAddress] = useAddress();
  const { schema, data, saved, faults } = bench;
  const search = address.find ?? '';
  const words = useMemo(() => search.toLowerCase().split(/\s+/).filter(Boolean), [search]);
  const sections = useMemo(() => (schema ? sectionsOf(schema) : []), [schema]);
  const describe = useDescriptions();
  const form: Form | null = useMemo(() => {
    if (!schema) return null;
    const text = bench.draft.text;
    const change = (make: () => string): void => {
      try {
        bench.write(make());
      } catch (error) {
        toast.error(error);
      }
    };
    return {
      root: schema,
      data,
      saved,
      faults,
      words,
      describe,
      set: (path, value) => change(() => setIn(text, path, value)),
      remove: (path) => change(() => removeIn(text, path)),
      move: (path, index, to) => change(() => moveItem(text, path, index, to)),
    };
  }, [schema, data, saved, faults, words, describe, bench, toast]);

  const section = sections.find((s) => s.id === address.section) ?? sections[0];
  const at = address.at;
  useEffect(() => {
    if (at) document.querySelector(`[data-path="${CSS.escape(at)}"]`)?.scrollIntoView({ block: 'center' });
  }, [at, section?.id]);

  if (schema === undefined) return <Skeleton lines={8} />;
  if (!form || !schema || !section) {
    return (
      <Empty title={t('noSchema')} action={<button type="button" className="font-medium text-accent underline" onClick={onYaml}>{t('toYaml')}</button>}>
        {t('noSchemaText')}
      </Empty>
    );
  }
  if (data === null) {
    return (
      <Empty title={t('unreadable')} action={<button type="button" className="font-medium text-accent underline" onClick={onYaml}>{t('toYaml')}</button>}>
        {t('unreadableText')}
      </Empty>
    );
  }

  const shownKeys = (keys: readonly string[]): string[] =>
    keys.filter((key) => {
      const here = schemaAt(schema, [key]) ?? {};
      return (!here.deprecated || (data as Record<string, unknown>)[key] !== undefined) && isFound(key, here, schema, words);
    });
  const used = sections.filter((s) => s.id !== 'old' || shownKeys(s.keys).length > 0);
  const shown = (words.length > 0 ? used : [section]).map((s) => ({ ...s, keys: shownKeys(s.keys) })).filter((s) => s.keys.length > 0);
  const marks = (keys: readonly string[]) => {
    const { errors, warnings, changed } = counts(form, keys);
    return (
      <>
        {changed > 0 ? <Badge tone="accent" title={t('form.changedCount', { count: changed })}>{changed}</Badge> : null}
        {errors + warnings > 0 ? <Badge tone={errors > 0 ? 'bad' : 'warn'} title={t('faults', { count: errors + warnings })} dot>{errors + warnings}</Badge> : null}
      </>
    );
  };
  const go = (id: string): void => setAddress({ section: id, find: undefined, at: undefined }, true);

  return (
    <FormProvider value={form}>
      <div className="grid items-start gap-x-6 gap-y-4 lg:grid-cols-[13rem_minmax(0,1fr)]">
        <div className="flex flex-col gap-3 lg:sticky lg:top-0">
          <SearchInput label={t('form.search')} value={search} onChange={(event) => setAddress({ find: event.target.value || undefined })} />
          <Select className="lg:hidden" label={t('form.sections')} value={section.id} onChange={go} options={used.map((s) => ({ value: s.id, label: t(`section.${s.id}`) }))} />
          <nav aria-label={t('form.sections')} className="hidden flex-col gap-0.5 lg:flex">
            {used.map((s) => (
              <button key={s.id} type="button" aria-current={words.length === 0 && s.id === section.id ? 'page' : undefined} onClick={() => go(s.id)} className={clsx('flex items-center gap-1.5 rounded-lg px-2.5 py-1.5 text-left text-muted hover:bg-sunken hover:text-text', 'aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent')}>
                <span className="min-w-0 flex-1">{t(`section.${s.id}`)}</span>
                {marks(s.keys)}
              </button>
            ))}
          </nav>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {shown.length === 0 ? <Empty icon={SearchX} title={t('form.nothing')} /> : null}
          {shown.map((s) => {
            const scalars = s.keys.filter((key) => kindOf(schemaAt(schema, [key]) ?? {}, schema) !== 'group');
            const groups = s.keys.filter((key) => !scalars.includes(key));
            return (
              <section key={s.id} aria-labelledby={`section-${s.id}`}>
                <h2 id={`section-${s.id}`} className="mb-2 text-base font-semibold">
                  {t(`section.${s.id}`)}
                </h2>
                <div className="flex flex-col gap-4">
                  {[scalars, ...groups.map((key) => [key])]
                    .filter((keys) => keys.length > 0)
                    .map((keys) => (
                      <div key={keys.join()} className="card px-4 py-1">
                        {keys.map((key) => {
                          const here = resolve(schema.properties?.[key] ?? {}, schema);
                          return <SettingField key={key} path={[key]} schema={here} all={words.length === 0 || matches(key, here, words)} />;
                        })}
                      </div>
                    ))}
                </div>
              </section>
            );
          })}
        </div>
      </div>
    </FormProvider>
  );
}
