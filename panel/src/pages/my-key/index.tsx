import { useTexts } from '@/app/i18n';
import { Page } from '@/ui/page';

export default function Page_() {
  const t = useTexts('my-key');
  return <Page title={t('pages.my-key')}>{null}</Page>;
}
