import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Account } from '@/api/accounts';
import { api, data } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Field, Input } from '@/ui/field';
import { Countdown } from '@/ui/figures';
import { Plain } from '@/ui/plain';
import { useToast } from '@/ui/toast';

/** What the vendor can be told to do with an account; each is shown before it is done. */
export function VendorActions({ account }: { account: Account }) {
  const t = useTexts('accounts');
  const actions = useQuery({ queryKey: ['account-actions', account.id], queryFn: () => data(api.GET('/api/v1/accounts/{id}/actions', { params: { path: { id: account.id } } })), staleTime: 300_000, retry: false });
  const [open, setOpen] = useState<View<'AccountActionView'> | null>(null);
  if (!actions.data || actions.data.actions.length === 0) return null;
  return (
    <section>
      <h3 className="mb-2 font-semibold">{t('vendor.title')}</h3>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {actions.data.actions.map((action) => (
          <li key={action.id} className="flex flex-wrap items-start gap-x-4 gap-y-2 px-3 py-2.5">
            <div className="min-w-0 flex-1 basis-64">
              <div className="font-medium">
                <Plain text={action.title} />
              </div>
              <div className="text-[13px] text-muted">
                <Plain text={action.effect} />
              </div>
            </div>
            <Button small onClick={() => setOpen(action)}>
              {t('vendor.preview')}
            </Button>
          </li>
        ))}
      </ul>
      {open ? <ActionDialog key={open.id} account={account} action={open} onClose={() => setOpen(null)} /> : null}
    </section>
  );
}

function ActionDialog({ account, action, onClose }: { account: Account; action: View<'AccountActionView'>; onClose: () => void }) {
  const t = useTexts('accounts');
  const client = useQueryClient();
  const toast = useToast();
  const [inputs, setInputs] = useState<Record<string, string>>({});
  const call = (confirmation?: string) => data(api.POST('/api/v1/accounts/{id}/actions/{action}', { params: { path: { id: account.id, action: action.id } }, body: { inputs, confirmation } }));
  const preview = useMutation({ mutationFn: () => call() });
  const perform = useMutation({
    mutationFn: (confirmation: string) => call(confirmation),
    onSuccess: (result) => {
      toast.success(visible(result.message));
      for (const key of ['accounts', 'quotas']) void client.invalidateQueries({ queryKey: [key] });
      onClose();
    },
  });
  const shown = preview.data;
  const ready = action.inputs.every((i) => !i.is_required || inputs[i.name]?.trim());
  return (
    <Dialog
      open
      onClose={onClose}
      title={visible(action.title)}
      description={visible(account.label)}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          {shown?.confirmation ? (
            <Button look="danger" busy={perform.isPending} onClick={() => perform.mutate(shown.confirmation as string)} data-confirm>
              {t('vendor.do')}
            </Button>
          ) : (
            <Button look="primary" busy={preview.isPending} disabled={!ready} onClick={() => preview.mutate()}>
              {t('vendor.show')}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p>
          <Plain text={action.effect} />
        </p>
        {action.inputs.map((input) => (
          <Field key={input.name} label={`${visible(input.name)}${input.is_required ? ' *' : ''}`} hint={<Plain text={input.description} />}>
            {(wiring) => (
              <Input
                {...wiring}
                value={inputs[input.name] ?? ''}
                onChange={(e) => {
                  setInputs({ ...inputs, [input.name]: e.target.value });
                  preview.reset();
                }}
              />
            )}
          </Field>
        ))}
        {shown?.confirmation ? (
          <div className="rounded-lg border border-warn-bar/40 bg-warn-soft p-3">
            <div className="font-medium">{t('vendor.follows')}</div>
            <div className="break-words whitespace-pre-line">
              <Plain text={shown.message} />
            </div>
            {shown.expires_at ? (
              <div className="mt-1 text-[13px] text-muted">
                {t('vendor.until')} <Countdown to={shown.expires_at} />
              </div>
            ) : null}
          </div>
        ) : null}
        {(perform.error ?? preview.error) ? <ErrorBox error={perform.error ?? preview.error} /> : null}
      </div>
    </Dialog>
  );
}
