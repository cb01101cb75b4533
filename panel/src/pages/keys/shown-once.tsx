import { Link } from '@tanstack/react-router';
import { useTexts } from '@/app/i18n';
import { CopyButton } from '@/ui/copy';

/** A key in the clear: the only time that it is seen. */
export function ShownOnce({ secret }: { secret: string }) {
  const t = useTexts('keys');
  return (
    <div className="flex flex-col gap-3">
      <p>{t('shownOnce')}</p>
      <div className="flex items-center gap-2 rounded-lg border border-line bg-sunken p-3">
        <code data-key className="min-w-0 flex-1 break-all select-all">
          {secret}
        </code>
        <CopyButton text={secret} label={t('copyKey')} />
      </div>
      <p className="text-muted">
        {t('nextStep')}{' '}
        <Link to="/connect" className="font-medium text-accent underline">
          {t('pages.connect')}
        </Link>
      </p>
    </div>
  );
}
