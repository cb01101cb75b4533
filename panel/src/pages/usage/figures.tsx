import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { noUsage, tokensOf, type UsageRow } from '@/api/usage';
import { useTexts } from '@/app/i18n';
import { amount, change, count, milliseconds, money, percent, short } from '@/lib/format';
import { Stat } from '@/ui/figures';
import { Card } from '@/ui/page';
import { changeOf, parts, type Part, tokenParts } from './series';

const dash = '—';

/** What all came to, with what it was before where that is compared. */
export function Totals({ total = noUsage, before, sampled, refused }: { total?: UsageRow; before?: UsageRow; sampled: boolean; refused?: ReactNode }) {
  const t = useTexts('usage');
  const was = (value: number | undefined, earlier: number | undefined, write: (v: number) => string, isShare = false) => {
    if (!before) return null;
    const moved = isShare ? undefined : changeOf(value, earlier);
    return (
      <span className="block truncate">
        {moved === undefined ? null : <span className="font-medium">{change(moved)} </span>}
        {earlier === undefined ? t('total.nothingBefore') : t('total.before', { value: write(earlier) })}
      </span>
    );
  };
  const failed = (row: UsageRow | undefined): number | undefined => (row && row.requests > 0 ? row.errors / row.requests : undefined);
  const cached = (row: UsageRow | undefined): number | undefined => (row && row.input_tokens > 0 ? row.cached_tokens / row.input_tokens : undefined);
  const pair = (low: number | undefined, high: number | undefined): string => (low === undefined && high === undefined ? dash : `${low === undefined ? dash : milliseconds(low)} / ${high === undefined ? dash : milliseconds(high)}`);
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-4">
      <Stat
        label={t('measure.cost')}
        value={total.cost === undefined ? (total.requests > 0 ? dash : money(0)) : money(total.cost)}
        note={
          <>
            {was(total.cost, before?.cost, money) ?? (total.unpriced > 0 ? t('total.unpriced', { count: total.unpriced, number: count(total.unpriced) }) : t('total.allPriced'))}
            {total.credits === undefined ? null : <span className="block truncate">{t('total.credits', { count: total.credits, number: amount(total.credits) })}</span>}
          </>
        }
      />
      <Stat label={t('measure.tokens')} value={short(tokensOf(total))} note={was(tokensOf(total), before && tokensOf(before), short) ?? t('total.tokens', { input: short(total.input_tokens), output: short(total.output_tokens) })} />
      <Stat
        label={t('total.forwarded')}
        value={count(total.requests)}
        note={
          <>
            {was(total.requests, before?.requests, count) ?? (total.estimated > 0 ? t('total.estimated', { count: total.estimated, number: count(total.estimated) }) : t('total.allReported'))}
            {refused}
          </>
        }
      />
      <Stat label={t('total.failed')} value={failed(total) === undefined ? dash : percent(failed(total) ?? 0)} tone={(failed(total) ?? 0) >= 0.1 ? 'bad' : undefined} note={was(failed(total), failed(before), percent, true) ?? t('total.errors', { count: total.errors, number: count(total.errors) })} />
      <Stat label={t('measure.cached')} value={cached(total) === undefined ? dash : percent(cached(total) ?? 0)} note={was(cached(total), cached(before), percent, true) ?? t('total.cachedTokens', { number: short(total.cached_tokens) })} />
      <Stat label={t('total.firstByte')} value={<Small>{pair(total.p50_first_byte_ms, total.p95_first_byte_ms)}</Small>} note={was(total.p95_first_byte_ms, before?.p95_first_byte_ms, milliseconds) ?? t(sampled ? 'total.sampled' : 'total.percentiles')} />
      <Stat label={t('total.duration')} value={<Small>{pair(total.p50_duration_ms, total.p95_duration_ms)}</Small>} note={was(total.p95_duration_ms, before?.p95_duration_ms, milliseconds) ?? t(sampled ? 'total.sampled' : 'total.percentiles')} />
      <Stat label={t('total.reasoning')} value={short(total.reasoning_tokens)} note={was(total.reasoning_tokens, before?.reasoning_tokens, short) ?? t('total.reasoningShare', { share: percent(total.output_tokens > 0 ? total.reasoning_tokens / total.output_tokens : 0) })} />
    </div>
  );
}

const Small = ({ children }: { children: string }) => <span className="text-lg">{children}</span>;

/** The colours of the parts of a cost. */
const colors: Record<Part, string> = { input: 'bg-series-1', cached: 'bg-series-2', cache_write: 'bg-series-6', output: 'bg-series-3', reasoning: 'bg-series-4' };

/** What cost and tokens are made of. */
export function Parts({ total }: { total: UsageRow }) {
  const t = useTexts('usage');
  const tokens = tokenParts(total);
  const costs = total.cost_parts;
  const sum = (values: Record<Part, number>): number => parts.reduce((all, part) => all + values[part], 0);
  const allTokens = sum(tokens);
  const allCosts = costs ? sum(costs) : 0;
  const bar = (values: Record<Part, number>, all: number) => (
    <div aria-hidden className="flex h-2.5 gap-px overflow-hidden rounded-full bg-line">
      {parts.map((part) => (values[part] > 0 ? <span key={part} className={colors[part]} style={{ width: `${(values[part] / all) * 100}%` }} /> : null))}
    </div>
  );
  return (
    <Card title={t('parts.title')}>
      <div className="mb-1 text-[13px] text-muted">{t('measure.cost')}</div>
      {costs && allCosts > 0 ? bar(costs, allCosts) : <div className="text-[13px] text-muted">{t('parts.noCost')}</div>}
      <div className="mt-3 mb-1 text-[13px] text-muted">{t('measure.tokens')}</div>
      {allTokens > 0 ? bar(tokens, allTokens) : null}
      <table className="nums mt-4 w-full text-[13px]">
        <thead>
          <tr className="border-b border-line text-muted">
            <th className="py-1 text-left font-medium">{t('parts.part')}</th>
            <th className="py-1 pl-3 text-right font-medium">{t('measure.tokens')}</th>
            <th className="py-1 pl-3 text-right font-medium">{t('measure.cost')}</th>
            <th className="py-1 pl-3 text-right font-medium">{t('parts.share')}</th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <tr key={part} className="border-b border-line last:border-0">
              <td className="py-1.5">
                <span className="flex items-center gap-2">
                  <span aria-hidden className={clsx('size-2 shrink-0 rounded-[2px]', colors[part])} />
                  {t(`parts.${part}`)}
                </span>
              </td>
              <td className="py-1.5 pl-3 text-right">{short(tokens[part])}</td>
              <td className="py-1.5 pl-3 text-right">{costs ? money(costs[part]) : dash}</td>
              <td className="py-1.5 pl-3 text-right text-muted">{costs && allCosts > 0 ? percent(costs[part] / allCosts) : dash}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
