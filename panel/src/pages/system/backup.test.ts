import { describe, expect, it } from 'vitest';
import { faultOfSecret, nameFrom, randomSecret } from './backup';

describe('a backup', () => {
  it('is named by the gateway, and never a path', () => {
    expect(nameFrom("attachment; filename=dragoman-1.backup; filename*=UTF-8''dragoman-1.backup", 'x')).toBe('dragoman-1.backup');
    expect(nameFrom('attachment; filename="../../etc/passwd"', 'x')).toBe('passwd');
    expect(nameFrom("attachment; filename*=UTF-8''%E0%A4%A", 'x')).toBe('x');
    expect(nameFrom(null, 'x')).toBe('x');
  });
});

describe('a new secret', () => {
  it('is of letters that a header can carry, and another each time', () => {
    const made = randomSecret();
    expect(made).toMatch(/^[A-Za-z2-9]{32}$/);
    expect(randomSecret()).not.toBe(made);
    expect(faultOfSecret(made)).toBeNull();
  });
  it('is held to the rule of the gateway', () => {
    expect(faultOfSecret('short')).toBe('short');
    expect(faultOfSecret('with a space in it')).toBe('letters');
    expect(faultOfSecret('密钥密钥密钥密钥密钥密钥')).toBe('letters');
    expect(faultOfSecret('exactly12chr')).toBeNull();
  });
});
