import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { api, data } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import * as format from '@/lib/format';
import { safeLink } from '@/lib/text';
import { Button } from '@/ui/button';
import { CopyButton } from '@/ui/copy';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Badge } from '@/ui/figures';
import { Facts } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { RoutePlan } from '@/ui/route-plan';

/** Everything about one model: what it can, what it costs, who serves it and in which order. */
export function ModelSheet({ model, price, sources, onClose }: { model: View<'ModelView'>; price: View<'PriceView'> | undefined; sources: Record<string, View<'PriceSourceView'>>; onClose: () => void }) {
  const t = useTexts('models');
  const source = price ? sources[price.source] : undefined;
  const link = safeLink(source?.page);
  const rates = (of: View<'PriceRates'>): string =>
    [
      t('rate.input', { amount: format.money(of.input) }),
      t('rate.output', { amount: format.money(of.output) }),
      of.cached !== null && of.cached !== undefined && t('rate.cached', { amount: format.money(of.cached) }),
      of.cache_write !== null && of.cache_write !== undefined && t('rate.written', { amount: format.money(of.cache_write) }),
    ]
      .filter(Boolean)
      .join(' · ');
  return (
    <Dialog open side onClose={onClose} title={<Mono text={model.id} />} description={model.display_name ? <Plain text={model.display_name} /> : undefined}>
      <div className="flex flex-col gap-6">
        <Facts
          facts={[
            [t('name'), <span key="n" className="inline-flex items-center gap-1"><Mono text={model.id} /><CopyButton text={model.id} /></span>],
            [t('vendor'), <Plain key="v" text={model.vendor ?? '–'} />],
            [t('context'), model.context_window ? t('tokens', { count: model.context_window, amount: format.count(model.context_window) }) : '–'],
            [t('maxOutput'), model.max_output_tokens ? t('tokens', { count: model.max_output_tokens, amount: format.count(model.max_output_tokens) }) : '–'],
            [t('tools'), known(model.tools, t)],
            [t('images'), known(model.images, t)],
            [t('reasoning'), `${t(`reasoningStyle.${model.reasoning}`)}${model.efforts.length > 0 ? `: ${model.efforts.join(', ')}` : ''}`],
            [
              t('price'),
              price ? (
                <div key="p">
                  <div className="nums">{rates(price.rates)}</div>
                  {price.above?.map((tier) => (
                    <div key={tier.tokens} className="nums text-muted">
                      {t('above', { amount: format.count(tier.tokens) })} {rates(tier.rates)}
                    </div>
                  ))}
                  <div className="text-[13px] text-muted">
                    {t('perMillion')} <Plain text={price.source} />
                    {source ? <> · {source.seen}</> : null}
                    {link ? (
                      <>
                        {' · '}
                        <a href={link} target="_blank" rel="noopener noreferrer" className="underline">
                          {new URL(link).host}
                        </a>
                      </>
                    ) : null}
                  </div>
                </div>
              ) : (
                <span key="u" className="text-muted">{t('unpriced')}</span>
              ),
            ],
          ]}
        />
        <section>
          <h3 className="mb-2 font-semibold">{t('route')}</h3>
          <RoutePlan model={model.id} />
        </section>
        <section>
          <h3 className="mb-2 font-semibold">{t('try')}</h3>
          <ul className="flex flex-col gap-2">
            {model.servers.map((server) => (
              <Server key={server.account_id} server={server} model={model.id} />
            ))}
          </ul>
        </section>
        <p className="flex flex-wrap gap-4">
          <Link to="/playground" search={{ model: model.id } as never} className="font-medium text-accent underline">
            {t('pages.playground')}
          </Link>
          <Link to="/requests" search={{ model: model.id } as never} className="font-medium text-accent underline">
            {t('itsRequests')}
          </Link>
          <Link to="/routing" search={{ model: model.id } as never} className="font-medium text-accent underline">
            {t('pages.routing')}
          </Link>
        </p>
      </div>
    </Dialog>
  );
}

const known = (value: boolean | null | undefined, t: ReturnType<typeof useTexts>): string => (value === null || value === undefined ? t('unknown') : t(value ? 'yes' : 'no'));

function Server({ server, model }: { server: View<'ModelServerView'>; model: string }) {
  const t = useTexts('models');
  const [asked, setAsked] = useState(false);
  const test = useMutation({ mutationFn: () => data(api.POST('/api/v1/accounts/{id}/test', { params: { path: { id: server.account_id }, query: { model } } })) });
  return (
    <li className="rounded-lg border border-line p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Link to="/accounts" search={{ open: server.account_id } as never} className="min-w-0 flex-1 font-medium hover:underline">
          <Plain text={server.account} /> <span className="font-normal text-muted">{server.provider}</span>
        </Link>
        <Button
          small
          icon={FlaskConical}
          busy={test.isPending}
          onClick={() => {
            setAsked(true);
            test.mutate();
          }}
        >
          {t('test')}
        </Button>
      </div>
      {asked && test.isError ? <div className="mt-2"><ErrorBox error={test.error} /></div> : null}
      {test.data ? (
        <div className="mt-2 flex flex-wrap items-baseline gap-2">
          <Badge tone={test.data.ok ? 'ok' : 'bad'}>{test.data.ok ? t('answered') : t('failed', { status: test.data.status })}</Badge>
          <span className="nums text-muted">{format.milliseconds(test.data.duration_ms)}</span>
          <Plain text={test.data.error ?? test.data.reply} className="min-w-0 break-words" />
          <Link to="/requests/$id" params={{ id: test.data.flow } as never} className="text-accent underline">
            {t('pages.request')}
          </Link>
        </div>
      ) : null}
    </li>
  );
}
