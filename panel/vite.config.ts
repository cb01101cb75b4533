import path from 'node:path';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// `npm run dev` shows the panel at a gateway that runs: DRAGOMAN_URL=http://127.0.0.1:8317 npm run dev
const gateway = process.env.DRAGOMAN_URL ?? 'http://127.0.0.1:8317';

export default defineConfig({
  base: '/panel/',
  plugins: [react(), tailwind()],
  resolve: { alias: { '@': path.resolve(import.meta.dirname, 'src') } },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    reportCompressedSize: false,
    manifest: true,
  },
  worker: { format: 'es' },
  // The gateway answers its own page only: the development server stands in for it.
  server: {
    proxy: Object.fromEntries(['/api', '/v1'].map((path) => [path, { target: gateway, changeOrigin: true, headers: { origin: new URL(gateway).origin } }])),
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'], setupFiles: ['tests/setup.ts'], restoreMocks: true },
});
