import { Link } from '@tanstack/react-router';
import { FileText } from 'lucide-react';
import { useTexts } from '@/app/i18n';
import { Empty } from '@/ui/page';

/** What stands where a request's bodies are needed and were not recorded, and what records the next one's. */
export function NotRecorded() {
  const t = useTexts('request');
  return (
    <Empty
      icon={FileText}
      title={t('notRecorded')}
      action={
        <Link to="/configuration" className="font-medium text-accent underline">
          {t('pages.configuration')}
        </Link>
      }
    >
      {t('notRecordedText')}
    </Empty>
  );
}
