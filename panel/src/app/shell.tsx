import { Dialog as Base } from '@base-ui/react/dialog';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Keyboard, Languages, LogOut, Menu as MenuIcon, Monitor, Moon, Search, Sun } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react';
import { useStreamState } from '@/api/events';
import { followEvents } from '@/api/live';
import { IconButton } from '@/ui/button';
import { Menu } from '@/ui/menu';
import { changeLanguage, useTexts } from './i18n';
import { useGlobalKeys } from './keys';
import { currentLanguage, type Language, languages } from './language';
import { pages } from './pages';
import { signOut, useSession } from './session';
import { applyTheme, useTheme } from './theme';

const Palette = lazy(() => import('./palette'));
const KeyHelp = lazy(() => import('./help'));

/** What is around every page: the navigation at the left, the bar at the top. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useTexts();
  const client = useQueryClient();
  const [palette, setPalette] = useState(false);
  const [wanted, setWanted] = useState(false);
  const [help, setHelp] = useState(false);
  const [drawer, setDrawer] = useState(false);
  useEffect(() => followEvents(client), [client]);
  const open = useMemo(
    () => ({
      palette: () => {
        setWanted(true);
        setPalette(true);
      },
      help: () => setHelp(true),
    }),
    [],
  );
  useGlobalKeys(open);

  return (
    <div className="flex h-full">
      <a href="#content" className="sr-only z-50 rounded-lg bg-accent-solid px-3 py-2 text-white focus:not-sr-only focus:fixed focus:top-2 focus:left-2">
        {t('skip')}
      </a>
      <aside className="hidden w-56 shrink-0 flex-col border-r border-line bg-surface lg:flex">
        <Brand />
        <Navigation />
      </aside>
      <Base.Root open={drawer} onOpenChange={setDrawer}>
        <Base.Portal>
          <Base.Backdrop className="fixed inset-0 z-40 bg-black/40" />
          <Base.Popup aria-label={t('navigation')} className="fixed inset-y-0 left-0 z-40 flex w-64 flex-col bg-surface shadow-pop outline-none">
            <Brand onGo={() => setDrawer(false)} />
            <Navigation onGo={() => setDrawer(false)} />
          </Base.Popup>
        </Base.Portal>
      </Base.Root>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-13 shrink-0 items-center gap-2 border-b border-line bg-surface px-3 sm:px-4">
          <IconButton label={t('navigation')} icon={MenuIcon} className="lg:hidden" onClick={() => setDrawer(true)} />
          <button type="button" onClick={open.palette} className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-lg border border-line bg-sunken px-2.5 text-muted hover:text-text sm:max-w-80">
            <Search aria-hidden className="size-4 shrink-0" />
            <span className="truncate">{t('palette.open')}</span>
            <kbd className="ml-auto hidden rounded border border-line px-1 text-xs sm:block">Ctrl K</kbd>
          </button>
          <div className="ml-auto flex items-center gap-1">
            <StreamMark />
            <ThemeMenu />
            <LanguageMenu />
            <span className="hidden sm:block">
              <IconButton label={t('keys.title')} icon={Keyboard} onClick={open.help} />
            </span>
            <SignOutButton />
          </div>
        </header>
        <main id="content" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
          {children}
        </main>
      </div>
      {wanted ? (
        <Suspense>
          <Palette open={palette} onClose={() => setPalette(false)} />
        </Suspense>
      ) : null}
      {help ? (
        <Suspense>
          <KeyHelp open onClose={() => setHelp(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

function Brand({ onGo }: { onGo?: () => void }) {
  return (
    <Link to="/" onClick={onGo} className="flex h-13 shrink-0 items-center gap-2.5 px-4 font-semibold">
      <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" className="size-6" />
      Dragoman
    </Link>
  );
}

function Navigation({ onGo }: { onGo?: () => void }) {
  const t = useTexts();
  return (
    <nav aria-label={t('navigation')} className="flex-1 overflow-y-auto px-2 pb-4">
      {(['observe', 'gateway', 'control'] as const).map((group) => (
        <div key={group} className="mt-3">
          <div className="px-2.5 pb-1 text-xs font-medium text-muted">{t(`groups.${group}`)}</div>
          {pages
            .filter((p) => p.group === group)
            .map((p) => (
              <Link
                key={p.id}
                to={p.path}
                onClick={onGo}
                activeOptions={{ exact: p.path === '/', includeSearch: false }}
                className="flex items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-muted hover:bg-sunken hover:text-text data-[status=active]:bg-accent-soft data-[status=active]:font-medium data-[status=active]:text-accent"
              >
                {p.icon ? <p.icon aria-hidden className="size-4" /> : null}
                {t(`pages.${p.id}`)}
              </Link>
            ))}
        </div>
      ))}
    </nav>
  );
}

function StreamMark() {
  const t = useTexts();
  const state = useStreamState();
  return (
    <span role="status" title={t(`stream.${state}`)} className="mr-1 flex items-center gap-1.5 text-[13px] text-muted">
      <span aria-hidden className={clsx('size-2 rounded-full', state === 'live' ? 'bg-ok-bar' : state === 'reconnecting' ? 'animate-pulse bg-warn-bar' : 'bg-line-strong')} />
      <span className={state === 'reconnecting' ? '' : 'sr-only sm:not-sr-only'}>{t(`stream.${state}`)}</span>
    </span>
  );
}

function ThemeMenu() {
  const t = useTexts();
  const theme = useTheme();
  const icons = { light: Sun, dark: Moon, system: Monitor };
  const Icon = icons[theme];
  return (
    <Menu quiet label={t('theme.title')} items={(['light', 'dark', 'system'] as const).map((one) => ({ label: t(`theme.${one}`), icon: icons[one], checked: one === theme, onSelect: () => applyTheme(one) }))}>
      <Icon aria-hidden className="size-4" />
    </Menu>
  );
}

function LanguageMenu() {
  const t = useTexts();
  return (
    <Menu quiet label={t('language')} items={(Object.keys(languages) as Language[]).map((one) => ({ label: languages[one], checked: one === currentLanguage(), onSelect: () => void changeLanguage(one) }))}>
      <Languages aria-hidden className="size-4" />
    </Menu>
  );
}

function SignOutButton() {
  const t = useTexts();
  const client = useQueryClient();
  const session = useSession();
  if (session?.method !== 'session') return null;
  return (
    <IconButton
      label={t('signOut')}
      icon={LogOut}
      onClick={() =>
        void signOut().finally(() => {
          client.clear();
          location.assign(import.meta.env.BASE_URL);
        })
      }
    />
  );
}
