import { useTexts } from '@/app/i18n';
import { Page } from '@/ui/page';

export default function Page_() {
  const t = useTexts('accounts');
  return <Page title={t('pages.accounts')}>{null}</Page>;
}
