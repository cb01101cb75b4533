import { useTexts } from '@/app/i18n';
import { Page } from '@/ui/page';

export default function Page_() {
  const t = useTexts('playground');
  return <Page title={t('pages.playground')}>{null}</Page>;
}
