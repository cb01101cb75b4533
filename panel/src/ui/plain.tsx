import { visible } from '@/lib/text';

/** Text that strangers wrote, as text: nothing of it turns, hides or commands, and its direction stays its own. */
export function Plain({ text, className }: { text: string | null | undefined; className?: string }) {
  return (
    <bdi className={className} title={undefined}>
      {visible(text ?? '')}
    </bdi>
  );
}

/** The same in the fixed-width face: ids, models, addresses. */
export function Mono({ text, className }: { text: string | null | undefined; className?: string }) {
  return (
    <bdi className={`font-mono text-[0.93em] ${className ?? ''}`} translate="no">
      {visible(text ?? '')}
    </bdi>
  );
}
