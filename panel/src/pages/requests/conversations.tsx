import { useInfiniteQuery } from '@tanstack/react-query';
import { MessagesSquare } from 'lucide-react';
import { useMemo } from 'react';
import { ApiError, json } from '@/api/client';
import { useTexts } from '@/app/i18n';
import * as format from '@/lib/format';
import { clip, visible } from '@/lib/text';
import { ErrorBox } from '@/ui/error';
import { Badge, When } from '@/ui/figures';
import { Empty, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { type Column, DataTable } from '@/ui/table';
import { type FlowQuery, queryText } from './filters';

/** Requests of one session. */
interface Conversation {
  session: string;
  first_at: string;
  last_at: string;
  requests: number;
  failures: number;
  models: string[];
  accounts: string[];
  clients: string[];
  input_tokens: number;
  output_tokens: number;
  cached_tokens: number;
  cached_share?: number;
  cost?: number;
  preview: string;
}

/** The requests that fit, by the conversation they belong to. */
export default function Conversations({ query, onOpen }: { query: FlowQuery; onOpen: (session: string) => void }) {
  const t = useTexts('requests');
  const pages = useInfiniteQuery({
    queryKey: ['conversations', query],
    queryFn: ({ pageParam }) => json<{ conversations: Conversation[]; next?: string }>('GET', `/api/v1/flows/conversations${queryText(query, { limit: '100', ...(pageParam ? { after: pageParam } : {}) })}`),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    maxPages: 50,
  });
  const rows = useMemo(() => pages.data?.pages.flatMap((p) => p.conversations) ?? [], [pages.data]);
  const columns = useMemo<Column<Conversation>[]>(() => {
    const list = (values: string[], mono?: boolean) => {
      const all = visible(values.slice(0, 30).join(', '));
      return <span title={all}>{values.length === 0 ? <span className="text-muted">–</span> : mono ? <Mono text={clip(values[0] ?? '', 80)} /> : <Plain text={clip(values[0] ?? '', 80)} />}{values.length > 1 ? <span className="nums text-muted"> +{values.length - 1}</span> : null}</span>;
    };
    return [
      { id: 'last', header: t('conv.last'), meta: { width: '7.5rem', least: 120 }, cell: ({ row }) => <When at={row.original.last_at} /> },
      {
        id: 'preview',
        header: t('conv.preview'),
        meta: { width: 'minmax(14rem, 3fr)', least: 220 },
        cell: ({ row }) => <span title={visible(clip(row.original.preview, 400))}>{row.original.preview ? <Plain text={clip(row.original.preview, 160)} /> : <Mono text={clip(row.original.session, 80)} className="text-muted" />}</span>,
      },
      { id: 'requests', header: t('conv.requests'), meta: { width: '5rem', least: 80, right: true }, cell: ({ row }) => format.count(row.original.requests) },
      { id: 'failures', header: t('conv.failures'), meta: { width: '5rem', least: 80, right: true }, cell: ({ row }) => (row.original.failures > 0 ? <Badge tone="bad">{format.count(row.original.failures)}</Badge> : <span className="text-muted">–</span>) },
      { id: 'models', header: t('col.model'), meta: { width: 'minmax(8rem, 1.2fr)', least: 130 }, cell: ({ row }) => list(row.original.models) },
      { id: 'accounts', header: t('col.account'), meta: { width: 'minmax(8rem, 1.2fr)', least: 130 }, cell: ({ row }) => list(row.original.accounts) },
      { id: 'clients', header: t('col.client'), meta: { width: 'minmax(6rem, 1fr)', least: 100 }, cell: ({ row }) => list(row.original.clients) },
      { id: 'input', header: t('col.input'), meta: { width: '5rem', least: 80, right: true }, cell: ({ row }) => format.short(row.original.input_tokens) },
      { id: 'output', header: t('col.output'), meta: { width: '5rem', least: 80, right: true }, cell: ({ row }) => format.short(row.original.output_tokens) },
      { id: 'cached', header: t('conv.cached'), meta: { width: '5.5rem', least: 88, right: true }, cell: ({ row }) => (row.original.cached_share === undefined ? <span className="text-muted">–</span> : format.percent(row.original.cached_share)) },
      { id: 'cost', header: t('col.cost'), meta: { width: '5.5rem', least: 88, right: true }, cell: ({ row }) => (row.original.cost === undefined ? <span className="text-muted">–</span> : format.money(row.original.cost)) },
      { id: 'span', header: t('conv.span'), meta: { width: '6rem', least: 96, right: true, off: true }, cell: ({ row }) => format.duration((new Date(row.original.last_at).getTime() - new Date(row.original.first_at).getTime()) / 1000) },
      { id: 'session', header: t('col.session'), meta: { width: 'minmax(8rem, 1fr)', least: 130, off: true }, cell: ({ row }) => <Mono text={clip(row.original.session, 120)} /> },
    ];
  }, [t]);

  if (pages.error instanceof ApiError && pages.error.status === 404) return <Empty icon={MessagesSquare} title={t('conv.missing')} />;
  if (pages.error) return <ErrorBox error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.isPending) return <Skeleton lines={8} />;
  return (
    <DataTable
      name="conversations"
      label={t('tab.conversations')}
      fill
      sorted
      rows={rows}
      columns={columns}
      keyOf={(row) => row.session}
      onOpen={(row) => onOpen(row.session)}
      onNearEnd={() => {
        if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
      }}
      empty={
        <Empty icon={MessagesSquare} title={t('conv.empty')}>
          {t('conv.emptyText')}
        </Empty>
      }
      toolbar={<p className="text-muted">{t('conv.lead')}</p>}
    />
  );
}
