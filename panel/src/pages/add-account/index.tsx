import { useTexts } from '@/app/i18n';
import { Page } from '@/ui/page';

export default function Page_() {
  const t = useTexts('add-account');
  return <Page title={t('pages.add-account')}>{null}</Page>;
}
