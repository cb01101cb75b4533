import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { CircleCheck, FileWarning, GitMerge, Save, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { useBeforeUnload } from '@/lib/hooks';
import { Button } from '@/ui/button';
import { useConfirm } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Badge } from '@/ui/figures';
import { Page, Skeleton } from '@/ui/page';
import { Mono } from '@/ui/plain';
import { Tabs } from '@/ui/tabs';
import { useToast } from '@/ui/toast';
import { fileQuery, readRaw, settingsQuery } from './api';
import { ConflictDialog } from './conflict-dialog';
import ConfigurationForm from './form';
import HistoryTab from './history-tab';
import { SaveDialog } from './save-dialog';
import { useWorkbench, type Workbench } from './use-draft';
import YamlTab from './yaml-tab';

type Tab = 'form' | 'yaml' | 'history';

/** The configuration's file: as a form, as its text, and as it was. */
export default function ConfigurationWorkbench() {
  const t = useTexts('configuration');
  const { bench, error, retry } = useWorkbench();
  if (bench) return <Bench bench={bench} />;
  return (
    <Page title={t('pages.configuration')} lead={t('lead')}>
      {error ? <Unreadable error={error} onRetry={retry} /> : <Skeleton lines={8} />}
    </Page>
  );
}

function Unreadable({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useTexts('configuration');
  const client = useQueryClient();
  const toast = useToast();
  const confirm = useConfirm();
  const raw = useMutation({ mutationFn: readRaw, onSuccess: (file) => client.setQueryData(fileQuery.queryKey, file), onError: (ex) => toast.error(ex) });
  if (!(error instanceof ApiError && error.code === 'configuration_unreadable')) return <ErrorBox error={error} onRetry={onRetry} />;
  return (
    <div className="flex flex-col items-start gap-3">
      <ErrorBox error={error} onRetry={onRetry} />
      <Button
        icon={FileWarning}
        busy={raw.isPending}
        onClick={() => void confirm({ title: t('raw.title'), effect: t('raw.effect'), action: t('raw.show') }).then((yes) => yes && raw.mutate())}
      >
        {t('raw.show')}
      </Button>
    </div>
  );
}

function Bench({ bench }: { bench: Workbench }) {
  const t = useTexts('configuration');
  const confirm = useConfirm();
  const [address, setAddress] = useAddress();
  const settings = useQuery(settingsQuery);
  const [saving, setSaving] = useState(false);
  const [merging, setMerging] = useState(false);
  const tab: Tab = address.line || address.tab === 'yaml' ? 'yaml' : address.tab === 'history' ? 'history' : 'form';
  const { dirty, faults, draft } = bench;
  const errors = faults.filter((f) => f.severity === 'error').length;
  const warnings = faults.filter((f) => f.severity === 'warning').length;

  useBeforeUnload(dirty);
  useBlocker({
    enableBeforeUnload: false,
    disabled: !dirty,
    shouldBlockFn: async ({ current, next }) => current.pathname !== next.pathname && !(await confirm({ title: t('leave.title'), effect: t('leave.effect'), action: t('leave.action'), danger: true })),
  });

  const yaml = (): void => setAddress({ tab: 'yaml', find: undefined, at: undefined }, true);
  const discard = async (): Promise<void> => {
    if (await confirm({ title: t('discard.title'), effect: t('discard.effect'), action: t('discard.action'), danger: true })) bench.write(draft.base.text);
  };
  return (
    <Page
      title={t('pages.configuration')}
      fill={tab !== 'form'}
      lead={settings.data?.file ? <Mono text={settings.data.file} /> : t('lead')}
      actions={
        <>
          <span role="status" className="mr-1 text-[13px] text-muted">
            {draft.theirs ? null : dirty ? (
              <Badge tone="accent" dot>
                {t('unsaved')}
              </Badge>
            ) : errors + warnings === 0 && bench.checked ? (
              <span className="inline-flex items-center gap-1">
                <CircleCheck aria-hidden className="size-4 text-ok" />
                {t('fine')}
              </span>
            ) : null}
          </span>
          {errors + warnings > 0 ? (
            <button type="button" onClick={yaml}>
              <Badge tone={errors > 0 ? 'bad' : 'warn'} dot>
                {t('faults', { count: errors + warnings })}
              </Badge>
            </button>
          ) : null}
          {dirty ? (
            <Button icon={Undo2} onClick={() => void discard()}>
              {t('discard.action')}
            </Button>
          ) : null}
          <Button look="primary" icon={Save} disabled={!dirty} onClick={() => (draft.theirs ? setMerging(true) : setSaving(true))} data-review>
            {t('review')}
          </Button>
        </>
      }
    >
      {draft.theirs ? (
        <div role="alert" className="mb-4 flex flex-wrap items-center gap-3 rounded-xl border border-warn/40 bg-warn-soft p-3">
          <GitMerge aria-hidden className="size-5 shrink-0 text-warn" />
          <p className="min-w-0 flex-1">{t('conflict.notice')}</p>
          <Button small onClick={() => setMerging(true)}>
            {t('conflict.look')}
          </Button>
        </div>
      ) : null}
      {draft.base.raw ? <p className="mb-4 rounded-xl border border-warn/40 bg-warn-soft p-3">{t('raw.notice')}</p> : null}
      {!draft.base.exists && !dirty ? <p className="mb-4 rounded-xl border border-line bg-sunken p-3 text-muted">{settings.data && !settings.data.file ? t('noFile') : t('noFileYet')}</p> : null}
      <div className={tab === 'form' ? '' : 'flex min-h-0 flex-1 flex-col'}>
        <Tabs<Tab>
          label={t('tabs.label')}
          value={tab}
          onChange={(next) => setAddress({ tab: next === 'form' ? undefined : next, line: undefined, version: undefined }, true)}
          tabs={[
            { value: 'form', label: t('tabs.form') },
            { value: 'yaml', label: 'YAML' },
            { value: 'history', label: t('tabs.history') },
          ]}
        />
        {tab === 'form' ? <ConfigurationForm bench={bench} onYaml={yaml} /> : tab === 'yaml' ? <YamlTab bench={bench} /> : <HistoryTab bench={bench} />}
      </div>
      <SaveDialog bench={bench} open={saving} onClose={() => setSaving(false)} onConflict={() => setMerging(true)} />
      <ConflictDialog bench={bench} open={merging} onClose={() => setMerging(false)} />
    </Page>
  );
}
