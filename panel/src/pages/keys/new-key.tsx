import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { KeyForm } from './key-form';
import { emptyFields, faultsOf, settingsOf } from './settings';
import { ShownOnce } from './shown-once';

/** Makes a key, and shows it once. */
export function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const t = useTexts('keys');
  const client = useQueryClient();
  const [fields, setFields] = useState(emptyFields);
  const [tried, setTried] = useState(false);
  const faults = faultsOf(fields);
  const make = useMutation({
    mutationFn: () => data(api.POST('/api/v1/keys', { body: settingsOf(fields) as never })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['keys'] }),
    // The answer has the key in the clear: it is gone with the dialog.
    gcTime: 0,
  });
  const made = make.data;
  const close = (): void => {
    onClose();
    if (made) onMade(made.id);
    make.reset();
  };
  return (
    <Dialog
      open
      onClose={close}
      side={!made}
      title={made ? t('made', { name: made.name }) : t('new')}
      footer={
        made ? (
          <Button look="primary" onClick={close}>
            {t('done')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button
              look="primary"
              busy={make.isPending}
              onClick={() => {
                setTried(true);
                if (Object.keys(faults).length === 0) make.mutate();
              }}
            >
              {t('make')}
            </Button>
          </>
        )
      }
    >
      {made?.key ? (
        <ShownOnce secret={made.key} />
      ) : (
        <div className="flex flex-col gap-4">
          {make.isError ? <ErrorBox error={make.error} /> : null}
          <KeyForm fields={fields} onChange={setFields} faults={tried ? faults : {}} />
        </div>
      )}
    </Dialog>
  );
}
