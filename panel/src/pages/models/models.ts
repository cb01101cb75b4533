import type { View } from '@/api/types';

type Price = View<'PriceView'>;

/** Whether a name fits a pattern in which * stands for anything. */
export function fits(pattern: string, name: string): boolean {
  const expression = pattern
    .toLowerCase()
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`, 's').test(name.toLowerCase());
}

/** The price that is shown for a model: by its whole name before a pattern, without a provider before one of a provider. */
export function priceOf(prices: readonly Price[], model: string): Price | undefined {
  const rank = (price: Price): number => (price.model.includes('*') ? 2 : 0) + (price.provider ? 1 : 0);
  return prices.filter((price) => fits(price.model, model)).sort((a, b) => rank(a) - rank(b) || b.model.length - a.model.length)[0];
}
