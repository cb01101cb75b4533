import type { View } from '@/api/types';
import { fits } from '@/lib/prices';

type Price = View<'PriceView'>;

/** The price that is shown for a model: by its whole name before a pattern, without a provider before one of a provider. */
export function priceOf(prices: readonly Price[], model: string): Price | undefined {
  const rank = (price: Price): number => (price.model.includes('*') ? 2 : 0) + (price.provider ? 1 : 0);
  return prices.filter((price) => fits(price.model, model)).sort((a, b) => rank(a) - rank(b) || b.model.length - a.model.length)[0];
}
