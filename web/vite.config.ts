import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.FLOWENGINE_SERVER ?? 'http://127.0.0.1:8765';

export default defineConfig({
  // relative addresses, so that the editor works behind a sub-path too
  base: './',
  plugins: [react()],
  build: {
    outDir: '../flowengine/server/static',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        // one file in place of ten small ones: each costs the start of a page two milliseconds
        codeSplitting: {
          groups: [{ name: 'shared', test: /\/src\/(parts|start|store|canvas)\//, minShareCount: 2 }],
        },
      },
    },
  },
  server: { proxy: { '/api': { target: server, ws: true } } },
});
