import { describe, expect, it } from 'vitest';
import { safeLink, visible } from './text';

describe('visible', () => {
  it('shows what turns, hides or commands', () => {
    expect(visible('a\u202eb')).toBe('a⟨202E⟩b');
    expect(visible('\u001b[31mred')).toBe('⟨001B⟩[31mred');
    expect(visible('a\u200bb\ufeff')).toBe('a⟨200B⟩b⟨FEFF⟩');
    expect(visible('x\u{e0041}y')).toBe('x⟨E0041⟩y');
    expect(visible('\u0001joiner\u0001')).toBe('⟨0001⟩joiner⟨0001⟩');
    expect(visible('\ud800')).toBe('⟨D800⟩');
  });
  it('leaves other text as it is', () => {
    for (const text of ['<b>&amp;</b>', 'line\n\ttab', '你好', '😀', '👩‍💻 and 👨‍👩‍👧', '']) expect(visible(text)).toBe(text);
  });
  it('keeps no joiner but between pictures', () => expect(visible('a\u200db')).toBe('a⟨200D⟩b'));
});

describe('safeLink', () => {
  it('takes https and this machine only', () => {
    expect(safeLink('https://github.com/login/device')).toBe('https://github.com/login/device');
    expect(safeLink('http://127.0.0.1:8400/x')).toBe('http://127.0.0.1:8400/x');
    for (const bad of ['javascript:alert(1)', 'http://evil.example', 'data:text/html,x', '//x', 'https://', '', null]) expect(safeLink(bad)).toBeNull();
  });
});
