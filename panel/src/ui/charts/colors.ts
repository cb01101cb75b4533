/** The colours of series, in their order; the last is for what is left over. */
export const seriesColors = [1, 2, 3, 4, 5, 6, 7].map((n) => `var(--color-series-${n})`);

/** The colour of what is summed as "others", and of what is compared with. */
export const otherColor = 'var(--color-series-8)';
