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
  server: { proxy: { '/api': { target: gateway, changeOrigin: true }, '/v1': { target: gateway, changeOrigin: true } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'], setupFiles: ['tests/setup.ts'], restoreMocks: true },
});
