import { useTexts } from '@/app/i18n';
import { Page } from '@/ui/page';

export default function Page_() {
  const t = useTexts('routing');
  return <Page title={t('pages.routing')}>{null}</Page>;
}
