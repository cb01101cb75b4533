import { describe, expect, it } from 'vitest';
import { calendarDay, day, duration } from './format';

describe('formats', () => {
  it('say days of the calendar and days that last apart, whichever was asked for first', () => {
    expect(day('2026-12-01T12:00:00Z')).toContain('2026');
    expect(duration(30 * 86_400 + 20 * 3600)).toBe('30d 20h');
    expect(day('2026-12-01T12:00:00Z')).toContain('2026');
    expect(calendarDay('2026-12-01')).toBe('Dec 1, 2026');
  });
});
