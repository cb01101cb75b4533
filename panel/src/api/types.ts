import type { components } from './schema';

type Schemas = components['schemas'];

/** A type of the gateway's API document by its name: `View<'AccountView'>`. */
export type View<Name extends keyof Schemas> = Schemas[Name];
