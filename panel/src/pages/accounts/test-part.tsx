import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FlaskConical } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Account } from '@/api/accounts';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { count, milliseconds } from '@/lib/format';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { ErrorBox } from '@/ui/error';
import { Field, Input } from '@/ui/field';
import { Badge, toneOfStatus } from '@/ui/figures';
import { Facts } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { testAccount } from './calls';
import { modelsQuery, servedBy } from './models-served';

/** Asks the account one short question, and shows what was asked and what came back. */
export function TestPart({ account }: { account: Account }) {
  const t = useTexts('accounts');
  const client = useQueryClient();
  const [address, setAddress] = useAddress();
  const models = useQuery(modelsQuery);
  const [model, setModel] = useState('');
  const test = useMutation({ mutationFn: () => testAccount(account.id, model.trim()), onSettled: () => void client.invalidateQueries({ queryKey: ['accounts'] }) });
  const { mutate } = test;
  const asked = useRef(false);
  useEffect(() => {
    // A link such as "test it" of a new account begins it.
    if (address.run !== '1' || asked.current) return;
    asked.current = true;
    setAddress({ run: undefined });
    mutate();
  }, [address.run, mutate, setAddress]);
  const result = test.data;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{t('test.lead')}</p>
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          test.mutate();
        }}
      >
        <Field label={t('test.model')} className="min-w-0 flex-1 basis-60">
          {(wiring) => (
            <>
              <Input {...wiring} className="font-mono" list={`${wiring.id}-models`} placeholder={t('test.cheapest')} value={model} onChange={(e) => setModel(e.target.value)} />
              <datalist id={`${wiring.id}-models`}>
                {servedBy(account, models.data?.models ?? []).map((m) => (
                  <option key={m.id} value={m.id}>
                    {m.display_name ?? m.id}
                  </option>
                ))}
              </datalist>
            </>
          )}
        </Field>
        <Button type="submit" look="primary" icon={FlaskConical} busy={test.isPending}>
          {t('act.test')}
        </Button>
      </form>
      <div aria-live="polite">
        {test.error ? <ErrorBox error={test.error} /> : null}
        {result ? (
          <div className={`rounded-lg border p-4 ${result.ok ? 'border-ok-bar/50' : 'border-bad/40'}`}>
            <div className="mb-3 flex flex-wrap items-center gap-2">
              <Badge tone={result.ok ? 'ok' : 'bad'} dot>
                {t(result.ok ? 'test.ok' : 'test.failed')}
              </Badge>
              <Badge tone={toneOfStatus(result.status)}>HTTP {result.status}</Badge>
              <span className="nums text-muted">{milliseconds(result.duration_ms)}</span>
            </div>
            <Facts
              facts={[
                [t('test.asked'), <span key="q"><Mono text={result.model} />{result.upstream_model && result.upstream_model !== result.model ? <span className="text-muted"> → <Mono text={result.upstream_model} /></span> : null}</span>],
                result.reply ? [t('test.reply'), <span key="r" className="whitespace-pre-wrap"><Plain text={result.reply} /></span>] : null,
                result.error ? [t('test.error'), <span key="e" className="whitespace-pre-wrap text-bad"><Plain text={result.error} /></span>] : null,
                typeof result.input_tokens === 'number' ? [t('test.tokens'), <span key="t" className="nums">{t('test.tokensOf', { input: count(result.input_tokens), output: count(result.output_tokens ?? 0) })}</span>] : null,
              ]}
            />
            <Link to="/requests/$id" params={{ id: result.flow } as never} className="mt-3 inline-block font-medium text-accent hover:underline" aria-label={t('test.flow', { id: visible(result.flow) })}>
              {t('test.toFlow')}
            </Link>
          </div>
        ) : null}
      </div>
    </div>
  );
}
