import { queryOptions } from '@tanstack/react-query';
import { api, data } from './client';

/** What models cost; it changes seldom. */
export const pricesQuery = queryOptions({ queryKey: ['models', 'prices'], queryFn: () => data(api.GET('/api/v1/prices')), staleTime: 300_000 });
