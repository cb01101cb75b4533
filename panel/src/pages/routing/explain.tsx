import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api, data } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { useSettled } from '@/lib/hooks';
import { ErrorBox } from '@/ui/error';
import { Field, Input, SearchInput, Select } from '@/ui/field';
import { Badge } from '@/ui/figures';
import { Card, Empty, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { RoutePlan } from '@/ui/route-plan';
import { type Column, DataTable } from '@/ui/table';

const protocols = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
type Plan = View<'RoutePlanView'>;

/** Where would this request go, and why not elsewhere: for one model, and for all. */
export function Explain() {
  const t = useTexts('routing');
  const [address, setAddress] = useAddress();
  const models = useQuery({ queryKey: ['models', 'all'], queryFn: () => data(api.GET('/api/v1/models')) });
  const model = address.model ?? '';
  const settled = useSettled(model.trim());
  const protocol = address.protocol ?? '';
  return (
    <div className="grid gap-4 xl:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
      <div className="flex flex-col gap-4">
        <Card title={t('question')}>
          <div className="flex flex-col gap-3">
            <Field label={t('model')} hint={t('modelHint')}>
              {(wiring) => (
                <>
                  <Input {...wiring} list="models-known" value={model} onChange={(event) => setAddress({ model: event.target.value })} placeholder="gpt-5.2" className="font-mono" />
                  <datalist id="models-known">
                    {models.data?.models.map((m) => (
                      <option key={m.id} value={m.id} />
                    ))}
                  </datalist>
                </>
              )}
            </Field>
            <Field label={t('protocol')}>
              {(wiring) => <Select {...wiring} value={protocol || 'any'} onChange={(value) => setAddress({ protocol: value === 'any' ? undefined : value })} options={[{ value: 'any', label: t('anyProtocol') }, ...protocols.map((value) => ({ value: value as string, label: value }))]} />}
            </Field>
          </div>
        </Card>
        <Card title={t('answer')}>
          {settled === '' ? <p className="text-muted">{t('ask')}</p> : <RoutePlan model={settled} protocol={protocol || undefined} />}
          {settled !== '' ? (
            <p className="mt-3">
              <Link to="/playground" search={{ model: settled } as never} className="font-medium text-accent underline">
                {t('send')}
              </Link>
            </p>
          ) : null}
        </Card>
      </div>
      <AllRoutes onPick={(name) => setAddress({ model: name })} />
    </div>
  );
}

function AllRoutes({ onPick }: { onPick: (model: string) => void }) {
  const t = useTexts('routing');
  const [address, setAddress] = useAddress();
  const routes = useQuery({ queryKey: ['routes', 'all'], queryFn: () => data(api.GET('/api/v1/routes')) });
  const text = (address.q ?? '').toLowerCase();
  const rows = useMemo(() => (routes.data?.routes ?? []).filter((r) => text === '' || r.model.toLowerCase().includes(text) || r.candidates.some((c) => c.account.toLowerCase().includes(text))), [routes.data, text]);
  const columns = useMemo<Column<Plan>[]>(
    () => [
      { id: 'model', header: t('model'), accessorKey: 'model', meta: { width: 'minmax(12rem, 1fr)', least: 180 }, cell: ({ row }) => <Mono text={row.original.model} /> },
      {
        id: 'order',
        header: t('order'),
        accessorFn: (r) => r.candidates[0]?.account ?? '',
        meta: { width: 'minmax(14rem, 2fr)', least: 200 },
        cell: ({ row }) => (row.original.candidates.length > 0 ? <Plain text={row.original.candidates.map((c) => c.account).join(' → ')} /> : <span className="text-bad"><Plain text={row.original.error?.message ?? t('nobody')} /></span>),
      },
      {
        id: 'state',
        header: t('state'),
        accessorFn: (r) => (r.error ? 2 : r.excluded.length > 0 ? 1 : 0),
        meta: { width: '9rem' },
        cell: ({ row }) => (row.original.error ? <Badge tone="bad">{row.original.error.status}</Badge> : row.original.excluded.length > 0 ? <Badge tone="warn">{t('someExcluded', { count: row.original.excluded.length })}</Badge> : <Badge tone="ok">{t('ready')}</Badge>),
      },
    ],
    [t],
  );
  return (
    <Card title={t('allModels')} className="min-h-96">
      {routes.isPending ? (
        <Skeleton lines={8} />
      ) : routes.isError ? (
        <ErrorBox error={routes.error} onRetry={() => void routes.refetch()} />
      ) : (
        <DataTable
          name="routes"
          label={t('allModels')}
          rows={rows}
          columns={columns}
          keyOf={(r) => r.model}
          rowHeight={40}
          onOpen={(r) => onPick(r.model)}
          openKey={address.model ?? null}
          toolbar={<SearchInput label={t('search')} value={address.q ?? ''} onChange={(event) => setAddress({ q: event.target.value })} className="w-full sm:w-64" />}
          empty={<Empty title={t('nothing')} />}
        />
      )}
    </Card>
  );
}
