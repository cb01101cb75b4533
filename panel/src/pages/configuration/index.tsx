import { lazy, Suspense } from 'react';
import { useTexts } from '@/app/i18n';
import { Page, Skeleton } from '@/ui/page';

// The parser of YAML comes with the workbench, as the editor does: when it is needed.
const Workbench = lazy(() => import('./workbench'));

/** The configuration. */
export default function ConfigurationPage() {
  const t = useTexts('configuration');
  return (
    <Suspense
      fallback={
        <Page title={t('pages.configuration')} lead={t('lead')}>
          <Skeleton lines={8} />
        </Page>
      }
    >
      <Workbench />
    </Suspense>
  );
}
