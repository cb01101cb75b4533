import { defineConfig } from 'vitest/config';

// Journeys through the built panel in Chromium, at a gateway that runs with emulated vendors: npm run e2e (after the gateway is built).
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    globalSetup: ['e2e/emulators.ts'],
    // Each file has a gateway and a browser of its own; two at a time use what one waits for.
    maxWorkers: 2,
    testTimeout: 120_000,
    // A browser on a busy machine is late now and then; what fails twice is a fault.
    retry: 1,
    hookTimeout: 120_000,
  },
});
