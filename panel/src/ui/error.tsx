import type { TFunction } from 'i18next';
import { CircleAlert } from 'lucide-react';
import { ApiError } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { visible } from '@/lib/text';
import { Button } from './button';

/** What went wrong, in words: a headline, and what the gateway says. */
export function describe(error: unknown, t: TFunction): { title: string; detail?: string } {
  if (!(error instanceof ApiError)) return { title: t('error.unknown'), detail: visible(error instanceof Error ? error.message : String(error)) };
  if (error.status === 0) return { title: t('error.offline'), detail: t('error.offlineHint') };
  const problems = error.problems.filter((p) => p.line > 0 || !error.message.includes(p.message)).map((p) => `${p.line > 0 ? `${t('error.line', { line: p.line })} ` : ''}${p.path ? `${p.path}: ` : ''}${p.message}${p.remedy ? ` ${p.remedy}` : ''}`);
  const said = visible([error.message, ...problems].join('\n'));
  // Other conflicts (a name that is taken, an account that cannot be used) are said by the gateway.
  if (error.status === 412 || error.code === 'version_conflict' || error.code === 'version_changed') return { title: t('error.changed'), detail: said };
  return { title: said.split('\n')[0] ?? '', detail: said.split('\n').slice(1).join('\n') || undefined };
}

/** An error in the place of what could not be shown, with a way to try again. */
export function ErrorBox({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useTexts();
  const { title, detail } = describe(error, t);
  return (
    <div role="alert" className="flex items-start gap-3 rounded-xl border border-bad/40 bg-bad-soft p-4">
      <CircleAlert aria-hidden className="mt-0.5 size-5 shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <div className="font-medium break-words">{title}</div>
        {detail ? <div className="mt-1 break-words whitespace-pre-line text-muted">{detail}</div> : null}
      </div>
      {onRetry ? (
        <Button small onClick={onRetry}>
          {t('retry')}
        </Button>
      ) : null}
    </div>
  );
}
