import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { Empty, Page, Skeleton } from '@/ui/page';
import { ErrorBox } from '@/ui/error';
import { useTexts } from './i18n';

/** What stands while a page comes. */
export function PagePending() {
  return (
    <div className="px-6 py-6">
      <Skeleton lines={6} />
    </div>
  );
}

/** A page that could not be shown: why, and a way to try again. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  const t = useTexts();
  const router = useRouter();
  // A gateway that was updated has other files than the page that is open: reading it anew mends that.
  const stale = /dynamically imported module|Importing a module|module script/i.test(error instanceof Error ? error.message : '');
  return (
    <Page title={t(stale ? 'pageOutdated' : 'pageFailed')}>
      <ErrorBox
        error={error}
        onRetry={() => {
          if (stale) location.reload();
          else {
            reset();
            void router.invalidate();
          }
        }}
      />
    </Page>
  );
}

/** There is no such page. */
export function NotFound() {
  const t = useTexts();
  return (
    <Page title={t('notFound')}>
      <Empty
        icon={Compass}
        title={t('notFoundText')}
        action={
          <Link to="/" className="font-medium text-accent underline">
            {t('pages.overview')}
          </Link>
        }
      />
    </Page>
  );
}
