import { useTexts } from '@/app/i18n';
import { Page } from '@/ui/page';

export default function Page_() {
  const t = useTexts('requests');
  return <Page title={t('pages.requests')}>{null}</Page>;
}
