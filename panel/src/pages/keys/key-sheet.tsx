import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Ban, Pencil, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, data, json } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import * as format from '@/lib/format';
import { Button } from '@/ui/button';
import { Dialog, useConfirm } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Field, Select } from '@/ui/field';
import { Badge, Countdown, When } from '@/ui/figures';
import { Gauges } from '@/ui/gauges';
import { Facts, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { useToast } from '@/ui/toast';
import { KeyForm } from './key-form';
import { changesOf, faultsOf, fieldsOf, toneOf } from './settings';
import { ShownOnce } from './shown-once';

type Key = View<'KeyView'>;

/** Everything about one key, and what can be done with it. */
export function KeySheet({ view, onClose }: { view: Key; onClose: () => void }) {
  const t = useTexts('keys');
  const client = useQueryClient();
  const confirm = useConfirm();
  const toast = useToast();
  const [editing, setEditing] = useState(false);
  const [rotating, setRotating] = useState(false);
  const [before, setBefore] = useState(() => fieldsOf(view));
  const [fields, setFields] = useState(before);
  const [tried, setTried] = useState(false);
  const faults = faultsOf(fields);
  const inFile = view.origin !== 'store';
  const path = { path: { id: view.id } };
  const refresh = (): void => void client.invalidateQueries({ queryKey: ['keys'] });

  const save = useMutation({
    mutationFn: ({ changes }: { changes: Record<string, unknown>; old: Record<string, unknown> }) => data(api.PATCH('/api/v1/keys/{id}', { params: path, body: changes as never })),
    onSuccess: (_, { old }) => {
      refresh();
      setEditing(false);
      toast.success(t('saved', { name: view.name }), { run: () => void data(api.PATCH('/api/v1/keys/{id}', { params: path, body: old as never })).then(refresh, toast.error) });
    },
  });
  const act = useMutation({ mutationFn: (run: () => Promise<unknown>) => run(), onSuccess: refresh, onError: toast.error });
  const revoke = async (): Promise<void> => {
    if (await confirm({ title: t('revokeTitle', { name: view.name }), effect: t('revokeEffect'), action: t('revoke'), danger: true })) act.mutate(() => data(api.POST('/api/v1/keys/{id}/revoke', { params: path })));
  };
  const remove = async (): Promise<void> => {
    if (!(await confirm({ title: t('removeTitle', { name: view.name }), effect: t('removeEffect'), action: t('delete'), danger: true }))) return;
    act.mutate(async () => {
      await data(api.DELETE('/api/v1/keys/{id}', { params: path }));
      onClose();
      toast.success(t('removed', { name: view.name }), { run: () => void json('POST', `/api/v1/keys/${encodeURIComponent(view.id)}/restore`).then(refresh, toast.error) });
    });
  };
  const edit = (): void => {
    const now = fieldsOf(view);
    setBefore(now);
    setFields(now);
    setTried(false);
    save.reset();
    setEditing(true);
  };

  return (
    <Dialog
      open
      side
      onClose={onClose}
      title={<Plain text={view.name} />}
      description={inFile ? t('inFile') : <Mono text={`${view.prefix ?? view.id}…`} />}
      footer={
        editing ? (
          <>
            <Button onClick={() => setEditing(false)}>{t('cancel')}</Button>
            <Button
              look="primary"
              busy={save.isPending}
              onClick={() => {
                setTried(true);
                if (Object.keys(faults).length > 0) return;
                const changes = changesOf(before, fields);
                if (Object.keys(changes).length === 0) setEditing(false);
                else save.mutate({ changes, old: changesOf(fields, before) });
              }}
            >
              {t('save')}
            </Button>
          </>
        ) : inFile ? (
          <Link to="/configuration" className="font-medium text-accent underline">
            {t('pages.configuration')}
          </Link>
        ) : (
          <>
            <Button icon={Trash2} onClick={() => void remove()} disabled={act.isPending}>
              {t('delete')}
            </Button>
            {view.status !== 'revoked' ? (
              <>
                <Button icon={Ban} onClick={() => void revoke()} disabled={act.isPending}>
                  {t('revoke')}
                </Button>
                <Button icon={RotateCw} onClick={() => setRotating(true)}>
                  {t('rotate')}
                </Button>
                <Button look="primary" icon={Pencil} onClick={edit}>
                  {t('edit')}
                </Button>
              </>
            ) : null}
          </>
        )
      }
    >
      {editing ? (
        <div className="flex flex-col gap-4">
          {save.isError ? <ErrorBox error={save.error} /> : null}
          <KeyForm fields={fields} onChange={setFields} faults={tried ? faults : {}} />
        </div>
      ) : (
        <Detail view={view} />
      )}
      {rotating ? <Rotate view={view} onClose={() => setRotating(false)} /> : null}
    </Dialog>
  );
}

function Detail({ view }: { view: Key }) {
  const t = useTexts('keys');
  const status = useQuery({ queryKey: ['keys', 'status', view.id], queryFn: () => data(api.GET('/api/v1/keys/{id}/status', { params: { path: { id: view.id } } })), refetchInterval: 5000 });
  const list = (values: readonly string[] | undefined, empty: string) => (values && values.length > 0 ? <Mono text={values.join(', ')} /> : <span className="text-muted">{empty}</span>);
  return (
    <div className="flex flex-col gap-5">
      <Facts
        facts={[
          [t('state'), <Badge key="s" dot tone={toneOf(view.status)}>{t(`status.${view.status}`, { defaultValue: view.status })}</Badge>],
          !!view.previous_until && [t('previousUntil'), <Countdown key="p" to={view.previous_until} />],
          [t('lastUsed'), <When key="l" at={view.last_used_at} />],
          [t('expires'), <When key="e" at={view.expires_at} />],
          !!view.created_at && [t('created'), format.dateTime(view.created_at)],
          !!view.revoked_at && [t('revokedAt'), format.dateTime(view.revoked_at)],
          [t('tags'), <Plain key="t" text={(view.tags ?? []).join(', ')} />],
          !!view.note && [t('note'), <Plain key="n" text={view.note} />],
          [t('models'), list(view.models, t('everything'))],
          [t('providers'), list(view.providers, t('everything'))],
          [t('surfaces'), list(view.surfaces, t('everything'))],
        ]}
      />
      <section>
        <h3 className="mb-2 font-semibold">{t('limits')}</h3>
        {status.isPending ? <Skeleton lines={3} /> : status.isError ? <ErrorBox error={status.error} onRetry={() => void status.refetch()} /> : <Gauges status={status.data} />}
      </section>
      <p className="flex flex-wrap gap-4">
        <Link to="/requests" search={{ key: view.id } as never} className="font-medium text-accent underline">
          {t('itsRequests')}
        </Link>
        <Link to="/usage" search={{ key: view.id } as never} className="font-medium text-accent underline">
          {t('itsUsage')}
        </Link>
        <Link to="/my-key" className="font-medium text-accent underline">
          {t('holderPage')}
        </Link>
      </p>
    </div>
  );
}

const graces = ['0', '3600', '86400', '604800'] as const;

function Rotate({ view, onClose }: { view: Key; onClose: () => void }) {
  const t = useTexts('keys');
  const client = useQueryClient();
  const [grace, setGrace] = useState<(typeof graces)[number]>('86400');
  const rotate = useMutation({
    mutationFn: () => data(api.POST('/api/v1/keys/{id}/rotate', { params: { path: { id: view.id } }, body: { grace_seconds: Number(grace) } as never })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['keys'] }),
    gcTime: 0,
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('rotateTitle', { name: view.name })}
      footer={
        rotate.data ? (
          <Button look="primary" onClick={onClose}>
            {t('done')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button look="primary" busy={rotate.isPending} onClick={() => rotate.mutate()}>
              {t('rotate')}
            </Button>
          </>
        )
      }
    >
      {rotate.data?.key ? (
        <ShownOnce secret={rotate.data.key} />
      ) : (
        <div className="flex flex-col gap-4">
          {rotate.isError ? <ErrorBox error={rotate.error} /> : null}
          <p>{t('rotateText')}</p>
          <Field label={t('grace')}>{(wiring) => <Select {...wiring} value={grace} onChange={setGrace} options={graces.map((value) => ({ value, label: value === '0' ? t('graceNone') : format.duration(Number(value)) }))} />}</Field>
        </div>
      )}
    </Dialog>
  );
}
