import { Dialog as Base } from '@base-ui/react/dialog';
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { useTexts } from '@/app/i18n';
import { Button } from './button';

interface Props {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** As wide as the window allows, for two texts side by side. */
  full?: boolean;
  /** A sheet at the right edge instead of a box in the middle. */
  side?: boolean;
}

/** A dialog, or a sheet at the side. Escape and a click beside it close it. */
export function Dialog({ open, onClose, title, description, children, footer, wide, full, side }: Props) {
  const t = useTexts();
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Base.Popup
          className={clsx(
            'fixed z-40 flex flex-col bg-raised shadow-pop outline-none',
            side
              ? clsx('inset-y-0 right-0 h-dvh w-full', wide ? 'max-w-3xl' : 'max-w-xl')
              : clsx('top-[8dvh] left-1/2 max-h-[84dvh] w-[calc(100vw-2rem)] -translate-x-1/2 rounded-xl', full ? 'max-w-7xl' : wide ? 'max-w-3xl' : 'max-w-lg'),
          )}
        >
          <div className="flex items-start gap-3 border-b border-line px-5 py-3.5">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-base font-semibold break-words">{title}</Base.Title>
              {description ? <Base.Description className="mt-0.5 text-muted">{description}</Base.Description> : null}
            </div>
            <Base.Close aria-label={t('close')} title={t('close')} className="inline-flex size-8 items-center justify-center rounded-lg text-muted hover:bg-sunken hover:text-text">
              <X aria-hidden className="size-4" />
            </Base.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {footer ? <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</div> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface Question {
  title: ReactNode;
  /** What follows when it is done, and whether it can be taken back. */
  effect: ReactNode;
  action: string;
  danger?: boolean;
}

const Context = createContext<(question: Question) => Promise<boolean>>(() => Promise.resolve(false));

/** Asks before something that cannot be undone: `if (await confirm({ title, effect, action })) …`. */
export function useConfirm(): (question: Question) => Promise<boolean> {
  return useContext(Context);
}

/** Shows the questions of {@link useConfirm}. */
export function ConfirmProvider({ children }: { children: ReactNode }) {
  const t = useTexts();
  const [question, setQuestion] = useState<Question | null>(null);
  const [open, setOpen] = useState(false);
  const answer = useRef<(yes: boolean) => void>(() => undefined);
  const ask = useCallback(
    (next: Question) =>
      new Promise<boolean>((resolve) => {
        answer.current(false);
        answer.current = resolve;
        setQuestion(next);
        setOpen(true);
      }),
    [],
  );
  const end = useMemo(
    () => (yes: boolean) => {
      setOpen(false);
      answer.current(yes);
    },
    [],
  );
  return (
    <Context value={ask}>
      {children}
      {question ? (
        <Dialog
          open={open}
          onClose={() => end(false)}
          title={question.title}
          footer={
            <>
              <Button onClick={() => end(false)}>{t('cancel')}</Button>
              <Button look={question.danger ? 'danger' : 'primary'} onClick={() => end(true)} data-confirm>
                {question.action}
              </Button>
            </>
          }
        >
          <div className="whitespace-pre-line">{question.effect}</div>
        </Dialog>
      ) : null}
    </Context>
  );
}
