import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm start` listens unless told otherwise; only the development server asks it. */
const API = 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react()],
  // The vocabulary is bundled from its sources, so that only what is used comes along.
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2022',
    // The polyfill would be a script of its own for browsers that cannot run the rest.
    modulePreload: { polyfill: false },
    // A data URL would be a font or a picture that the page's policy refuses.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_500,
  },
  server: { proxy: { '/api': API } },
});
