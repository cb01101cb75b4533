import { describe, expect, it } from 'vitest';
import { withKey } from './clients';

describe('withKey', () => {
  it('puts the key in every place that stands for it, as text', () => {
    expect(withKey('export A=$DRAGOMAN_KEY B="${DRAGOMAN_KEY}"', '$DRAGOMAN_KEY', 'dgm_$&x')).toBe('export A=dgm_$&x B="dgm_$&x"');
    expect(withKey('key: YOUR-KEY', 'YOUR-KEY', 'k')).toBe('key: k');
  });
  it('leaves the text without a key', () => expect(withKey('$DRAGOMAN_KEY', '$DRAGOMAN_KEY', '')).toBe('$DRAGOMAN_KEY'));
});
