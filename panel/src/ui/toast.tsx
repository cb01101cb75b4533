import { Toast as Base } from '@base-ui/react/toast';
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useTexts } from '@/app/i18n';
import { describe } from './error';

/** Tells what has happened: a success with an undo where there is one, or an error in the gateway's words. Errors stay until they are closed. */
export function useToast(): { success: (text: string, undo?: { label?: string; run: () => void }) => void; error: (error: unknown) => void } {
  const { add } = Base.useToastManager();
  const t = useTexts();
  return useMemo(
    () => ({
      success: (text, undo) => {
        add({ title: text, type: 'success', timeout: undo ? 12_000 : 5000, actionProps: undo ? { children: undo.label ?? t('undo'), onClick: undo.run } : undefined });
      },
      error: (error) => {
        const { title, detail } = describe(error, t);
        add({ title, description: detail, type: 'error', timeout: 0, priority: 'high' });
      },
    }),
    [add, t],
  );
}

/** Shows what {@link useToast} tells. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-4 z-60 flex w-[min(26rem,calc(100vw-2rem))] flex-col gap-2 outline-none">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function List() {
  const { toasts } = Base.useToastManager();
  const t = useTexts();
  return toasts.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className="rounded-lg bg-raised p-3 shadow-pop">
      <Base.Content className="flex items-start gap-2">
        {toast.type === 'error' ? <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" /> : <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />}
        <div className="min-w-0 flex-1">
          <Base.Title className="font-medium break-words" />
          <Base.Description className="break-words whitespace-pre-line text-muted" />
        </div>
        {toast.actionProps ? <Base.Action className="rounded-md px-2 font-medium text-accent hover:bg-sunken" /> : null}
        <Base.Close aria-label={t('close')} className="rounded-md p-1 text-muted hover:bg-sunken hover:text-text">
          <X aria-hidden className="size-4" />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
