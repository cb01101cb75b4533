import { describe, expect, it } from 'vitest';
import { findRoutes, proposedAddress, snippetOf, splitAddress } from './listeners';

describe('addresses of listeners', () => {
  it('are read with their ports', () => {
    expect(splitAddress('127.0.0.1:8317')).toEqual({ host: '127.0.0.1', port: 8317 });
    expect(splitAddress('[::1]:80')).toEqual({ host: '::1', port: 80 });
    expect(splitAddress('*:8080')).toEqual({ host: '', port: 8080 });
    for (const none of ['', 'host', 'host:port', '1.2.3.4:99999']) expect(splitAddress(none)).toBeNull();
  });
  it('are proposed where nobody else listens', () => {
    expect(proposedAddress({ default_address: '127.0.0.1:8317' }, [{ address: '127.0.0.1:8317' }, { address: '*:8318' }])).toEqual({ host: '127.0.0.1', port: 8319 });
    expect(proposedAddress({ default_address: '127.0.0.1:8080' }, [])).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(proposedAddress({ default_address: 'nowhere' }, [])).toBeNull();
  });
  it('are written as the configuration has them', () => {
    expect(snippetOf('cliproxy', { host: '127.0.0.1', port: 8317 })).toBe('listeners:\n  - host: 127.0.0.1\n    port: 8317\n    surface: cliproxy\n');
    expect(snippetOf('kiro', { host: '::1', port: 1 })).toContain('host: "::1"');
  });
});

describe('routes', () => {
  const routes = [
    { method: 'GET', path: '/v0/management/debug', summary: 'Shows debug.' },
    { method: 'PUT', path: '/v0/management/debug', summary: 'Sets debug.' },
    { method: 'GET', path: '/v1/models' },
  ];
  it('are found by method, path and words', () => {
    expect(findRoutes(routes, '')).toHaveLength(3);
    expect(findRoutes(routes, 'get debug')).toEqual([routes[0]]);
    expect(findRoutes(routes, 'SETS')).toEqual([routes[1]]);
    expect(findRoutes(routes, 'nothing')).toEqual([]);
  });
});
