import { useTexts } from '@/app/i18n';
import { clsx } from 'clsx';
import { MessagesSquare } from 'lucide-react';
import { count } from '@/lib/format';
import { clip, visible } from '@/lib/text';
import { Empty, Skeleton } from '@/ui/page';
import { ErrorBox } from '@/ui/error';
import type { BodyView } from './body-pane';
import { SaidParts } from './said-parts';
import { useAnswer, useBody } from './wire/body';

const addressOf = (flow: string, body: BodyView | undefined): string | null => (body ? `/api/v1/flows/${encodeURIComponent(flow)}/bodies/${body.kind}?attempt=${body.attempt}` : null);

/** The conversation that a request holds, and what was answered. */
export function Conversation({ flow, bodies }: { flow: string; bodies: readonly BodyView[] }) {
  const t = useTexts('request');
  const asked = bodies.find((b) => b.kind === 'client-request');
  const answered = bodies.findLast((b) => b.kind === 'client-answer');
  const request = useBody(addressOf(flow, asked), asked?.content_type ?? '');
  const answer = useBody(addressOf(flow, answered), answered?.content_type ?? '');
  const messages = useAnswer(request.loaded?.body, 'messages');
  const said = useAnswer(answer.loaded?.body, 'said');
  if (!asked) return <Empty icon={MessagesSquare} title={t('notRecorded')} />;
  if (request.error) return <ErrorBox error={request.error} onRetry={request.again} />;
  if (!messages) return <Skeleton lines={8} />;
  const all = [...messages.messages.map((m, i) => ({ ...m, key: String(i) })), ...(said && said.parts.length > 0 ? [{ role: 'answer', parts: said.parts, key: 'answer' }] : [])];
  if (all.length === 0) return <Empty icon={MessagesSquare} title={t('noMessages')} />;
  const known = ['system', 'developer', 'user', 'assistant', 'model', 'tool', 'answer'];
  return (
    <div className="mx-auto flex w-full max-w-4xl flex-col gap-3">
      {messages.left > 0 ? <p className="text-center text-[13px] text-muted">{t('earlier', { count: messages.left, shown: count(messages.left) })}</p> : null}
      {all.map((message) => (
        <article key={message.key} className={clsx('card p-4 [contain-intrinsic-size:auto_6rem] [content-visibility:auto]', message.role === 'user' && 'bg-accent-soft', message.key === 'answer' && 'border-accent')}>
          <h3 className="mb-1.5 text-[13px] font-medium text-muted">{known.includes(message.role) ? t(`role.${message.role}`) : visible(clip(message.role, 40))}</h3>
          <SaidParts parts={message.parts} />
        </article>
      ))}
    </div>
  );
}
