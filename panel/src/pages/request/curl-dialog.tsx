import { useEffect, useState } from 'react';
import { send } from '@/api/client';
import { useTexts } from '@/app/i18n';
import type { Flow } from '@/lib/flows';
import { CodeBlock } from '@/ui/copy';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Skeleton } from '@/ui/page';
import { Segmented } from '@/ui/tabs';
import type { BodyView } from './body-pane';
import { curl } from './wire/curl';

/** The request as a command, with a placeholder for the key. */
export function CurlDialog({ flow, bodies, open, onClose }: { flow: Flow; bodies: readonly BodyView[]; open: boolean; onClose: () => void }) {
  const t = useTexts('request');
  const [shell, setShell] = useState<'sh' | 'powershell'>('sh');
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const asked = bodies.find((b) => b.kind === 'client-request');
  const large = (asked?.kept ?? 0) > 400_000;
  useEffect(() => {
    if (!open || !asked || large) return;
    let gone = false;
    send(`/api/v1/flows/${encodeURIComponent(flow.id)}/bodies/client-request?attempt=${asked.attempt}`)
      .then((response) => response.text())
      .then(
        (body) => !gone && setText(body),
        (ex: unknown) => !gone && setError(ex),
      );
    return () => {
      gone = true;
    };
  }, [open, asked, large, flow.id]);
  const waits = !!asked && !large && text === null && !error;
  const command = waits ? null : curl({ base: location.origin, protocol: flow.client_protocol, model: flow.requested_model, stream: flow.stream, body: asked && !large ? text : null }, shell);
  return (
    <Dialog open={open} onClose={onClose} title={t('asCommand')} description={t('asCommandText')} wide>
      <div className="flex flex-col gap-3">
        <Segmented
          label={t('shell')}
          value={shell}
          onChange={setShell}
          options={[
            { value: 'sh', label: 'curl (sh, zsh, bash)' },
            { value: 'powershell', label: 'PowerShell' },
          ]}
        />
        {error ? <ErrorBox error={error} /> : waits ? <Skeleton lines={6} /> : command === null ? <p className="text-muted">{t('noCommand')}</p> : <CodeBlock text={command} label={t('asCommand')} wrap />}
        {!asked ? <p className="text-muted">{t('commandWithout')}</p> : large || (command?.includes('request.json') ?? false) ? <p className="text-muted">{t('commandFile')}</p> : null}
        {asked && (asked.cut || asked.redacted || asked.media_left_out) ? <p className="text-warn">{t('commandChanged')}</p> : null}
      </div>
    </Dialog>
  );
}
