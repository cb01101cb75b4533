import type { TestProject } from 'vitest/node';
import { start } from './programs';

declare module 'vitest' {
  interface ProvidedContext {
    emulators: string;
  }
}

/** Starts the emulated vendors once for all journeys. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const emulators = await start(['emulate', '--port', '0'], /http:\/\/[\d.]+:\d+/);
  project.provide('emulators', emulators.match.replace(/\/$/, ''));
  return emulators.stop;
}
