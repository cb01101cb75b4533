import { Activity, ChartColumn, CircleUserRound, Gauge, KeyRound, LayoutDashboard, ListTree, type LucideIcon, Plug, Radio, ScrollText, Server, Settings2, SquareTerminal, Waypoints } from 'lucide-react';
import type { ComponentType } from 'react';

/** A page of the panel: a folder in `pages/`, and its line here. */
export interface PageEntry {
  /** The folder, the texts and the name of the page. */
  id: string;
  /** Below the panel's root; `$id` stands for what is shown. */
  path: string;
  /** Under which heading it stands in the navigation; none for pages that others lead to. */
  group?: 'observe' | 'gateway' | 'control';
  icon?: LucideIcon;
  /** The second key of `g …`. */
  key?: string;
  /** Whether it is shown to those who have not signed in. */
  open?: boolean;
  load: () => Promise<{ default: ComponentType }>;
}

/** Every page, in the order of the navigation. */
export const pages: readonly PageEntry[] = [
  { id: 'overview', path: '/', group: 'observe', icon: LayoutDashboard, key: 'o', load: () => import('../pages/overview') },
  { id: 'requests', path: '/requests', group: 'observe', icon: Activity, key: 'r', load: () => import('../pages/requests') },
  { id: 'request', path: '/requests/$id', load: () => import('../pages/request') },
  { id: 'usage', path: '/usage', group: 'observe', icon: ChartColumn, key: 'u', load: () => import('../pages/usage') },
  { id: 'quota', path: '/quota', group: 'observe', icon: Gauge, key: 'q', load: () => import('../pages/quota') },
  { id: 'logs', path: '/logs', group: 'observe', icon: ScrollText, key: 'l', load: () => import('../pages/logs') },
  { id: 'accounts', path: '/accounts', group: 'gateway', icon: CircleUserRound, key: 'a', load: () => import('../pages/accounts') },
  { id: 'add-account', path: '/accounts/add', load: () => import('../pages/add-account') },
  { id: 'models', path: '/models', group: 'gateway', icon: ListTree, key: 'm', load: () => import('../pages/models') },
  { id: 'routing', path: '/routing', group: 'gateway', icon: Waypoints, key: 't', load: () => import('../pages/routing') },
  { id: 'keys', path: '/keys', group: 'gateway', icon: KeyRound, key: 'k', load: () => import('../pages/keys') },
  { id: 'connect', path: '/connect', group: 'gateway', icon: Plug, key: 'c', load: () => import('../pages/connect') },
  { id: 'playground', path: '/playground', group: 'gateway', icon: SquareTerminal, key: 'p', load: () => import('../pages/playground') },
  { id: 'configuration', path: '/configuration', group: 'control', icon: Settings2, key: 'e', load: () => import('../pages/configuration') },
  { id: 'surfaces', path: '/surfaces', group: 'control', icon: Radio, key: 's', load: () => import('../pages/surfaces') },
  { id: 'system', path: '/system', group: 'control', icon: Server, key: 'y', load: () => import('../pages/system') },
  { id: 'my-key', path: '/my-key', open: true, load: () => import('../pages/my-key') },
];
