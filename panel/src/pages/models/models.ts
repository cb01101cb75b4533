import type { View } from '@/api/types';

type Price = View<'PriceView'>;

/** Names of models as prices name them: vendors write `5.2` and `5-2` alike. */
const plain = (name: string): string => name.toLowerCase().replaceAll('.', '-');

/** Whether a name fits a pattern in which * stands for anything. */
export function fits(pattern: string, name: string): boolean {
  const expression = plain(pattern)
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`, 's').test(plain(name));
}

/** The price that is shown for a model: by its whole name before a pattern, without a provider before one of a provider. */
export function priceOf(prices: readonly Price[], model: string): Price | undefined {
  const rank = (price: Price): number => (price.model.includes('*') ? 2 : 0) + (price.provider ? 1 : 0);
  return prices.filter((price) => fits(price.model, model)).sort((a, b) => rank(a) - rank(b) || b.model.length - a.model.length)[0];
}
