import type { ThirdPartyUse } from '@/api/accounts';
import { useTexts } from '@/app/i18n';
import { day } from '@/lib/format';
import { Badge, type Tone } from './figures';
import { Plain } from './plain';

const tones: Record<ThirdPartyUse['position'], Tone> = { allowed: 'ok', tolerated: 'warn', forbidden: 'bad', ended: 'muted' };

/** The first letters of a provider on a tile, so that the eye finds it in a list. */
export function VendorMark({ name, large }: { name: string; large?: boolean }) {
  const words = name.replace(/\(.*\)/, '').split(/[\s-]+/).filter(Boolean);
  const letters = words.length > 1 ? `${words[0]?.[0] ?? ''}${words[1]?.[0] ?? ''}` : (words[0] ?? '?').slice(0, 2);
  return (
    <span aria-hidden className={`inline-flex shrink-0 items-center justify-center rounded-lg border border-line bg-sunken font-semibold text-muted uppercase ${large ? 'size-10 text-sm' : 'size-8 text-xs'}`}>
      {letters}
    </span>
  );
}

/** What the vendor says about use by other programs, in one word. */
export function PositionBadge({ use }: { use: ThirdPartyUse }) {
  const t = useTexts();
  return (
    <Badge tone={tones[use.position]} dot>
      {t(`position.${use.position}`)}
    </Badge>
  );
}

/** The same with the vendor's statement and the day it was read. */
export function PositionNote({ use }: { use: ThirdPartyUse }) {
  const t = useTexts();
  const ground: Record<ThirdPartyUse['position'], string> = { allowed: 'border-line', tolerated: 'border-warn-bar/50 bg-warn-soft/50', forbidden: 'border-bad-bar/50 bg-bad-soft/50', ended: 'border-line bg-sunken' };
  return (
    <div className={`rounded-lg border p-3 ${ground[use.position]}`}>
      <div className="flex flex-wrap items-center gap-2">
        <PositionBadge use={use} />
        <span className="text-[13px] text-muted">{t('position.asOf', { day: day(`${use.as_of}T12:00:00`) })}</span>
      </div>
      <p className="mt-1.5">
        <Plain text={use.statement} />
      </p>
    </div>
  );
}
