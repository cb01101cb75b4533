/** A listener of the gateway. */
export interface Listener {
  address: string;
  url: string;
  surface: string;
  title: string;
  scheme: string;
  loopback: boolean;
  requires_key: boolean;
  routes: number;
  requests: number;
  last_used_at?: string | null;
  last_user_agent?: string | null;
  example: string;
}

/** A route of a surface. */
export interface SurfaceRoute {
  method: string;
  path: string;
  summary?: string | null;
}

/** A surface, whether a listener has it or not. */
export interface SurfaceFace {
  id: string;
  title: string;
  on: boolean;
  default_address: string;
  requests?: number;
  last_used_at?: string | null;
  routes: SurfaceRoute[];
}

/** Host and port of an address: `127.0.0.1:8080`, `[::1]:8080`, `*:8080`; null where it is none. */
export function splitAddress(address: string): { host: string; port: number } | null {
  const found = /^(\[[^\]]+\]|[^:]*):(\d{1,5})$/.exec(address);
  if (!found) return null;
  const port = Number(found[2]);
  const host = (found[1] ?? '').replace(/^\[|\]$/g, '');
  return port > 65535 ? null : { host: host === '*' ? '' : host, port };
}

/** The address that a surface would get: its usual one, or the next free port after it. */
export function proposedAddress(face: Pick<SurfaceFace, 'default_address'>, taken: readonly Pick<Listener, 'address'>[]): { host: string; port: number } | null {
  const usual = splitAddress(face.default_address);
  if (!usual) return null;
  const ports = new Set(taken.map((one) => splitAddress(one.address)?.port));
  let { port } = usual;
  while (ports.has(port) && port < 65535) port++;
  return { host: usual.host, port };
}

/** What turns a surface on, as the configuration has it. */
export function snippetOf(surface: string, address: { host: string; port: number }): string {
  return `listeners:\n  - host: ${/^[\d.]+$/.test(address.host) ? address.host : JSON.stringify(address.host)}\n    port: ${address.port}\n    surface: ${surface}\n`;
}

/** The routes that fit what is searched for: every word in the method, the path or the summary. */
export function findRoutes(routes: readonly SurfaceRoute[], search: string): SurfaceRoute[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return routes.filter((route) => {
    const text = `${route.method} ${route.path} ${route.summary ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
