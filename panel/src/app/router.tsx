import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from '@/lib/address';
import { loadTexts } from './i18n';
import { Gate } from './gate';
import { NotFound, PageFailed, PagePending } from './fallbacks';
import { pages } from './pages';
import { Shell } from './shell';

/** In the panel's frame, so that there is a way on. */
const Lost = () => (
  <Gate>
    <Shell>
      <NotFound />
    </Shell>
  </Gate>
);

const root = createRootRoute({ component: Outlet, notFoundComponent: Lost });

const closed = createRoute({
  getParentRoute: () => root,
  id: 'closed',
  component: () => (
    <Gate>
      <Shell>
        <Outlet />
      </Shell>
    </Gate>
  ),
});

const routeOf = (page: (typeof pages)[number], parent: typeof root | typeof closed) =>
  createRoute({
    getParentRoute: () => parent as typeof root,
    path: page.path,
    validateSearch: (search: Record<string, unknown>) => search,
    loader: () => loadTexts(page.id),
    component: lazyRouteComponent(page.load),
  });

const tree = root.addChildren([closed.addChildren(pages.filter((p) => !p.open).map((p) => routeOf(p, closed))), ...pages.filter((p) => p.open).map((p) => routeOf(p, root))]);

/** The way through the panel. Its root is `/panel`; `/` shows the same page. */
export const router = createRouter({
  routeTree: tree,
  basepath: '/panel',
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingComponent: PagePending,
  defaultErrorComponent: PageFailed,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
  scrollToTopSelectors: ['#content'],
});
