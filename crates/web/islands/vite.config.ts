// Each island becomes one file that imports nothing, because every file is served at an address with a hash of its
// own: a page hands the addresses over (`data-leaflet`), so no file has to know another one's.

import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** Leaflet's pictures belong to controls that no page has; a `data:` address would break the content policy. */
const withoutPictures: Plugin = {
  name: 'without-pictures',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('leaflet/dist/leaflet.css')) return null;
    return { code: code.replace(/background-image:\s*url\([^)]*\);?/g, ''), map: null };
  },
};

/** What the licence of Leaflet asks to stand in every copy. */
const notice = `/*! Leaflet\n${readFileSync('node_modules/leaflet/LICENSE', 'utf8')}*/`;

export default defineConfig({
  // Its module form, so that what no page uses stays out.
  resolve: { alias: [{ find: /^leaflet$/, replacement: 'leaflet/dist/leaflet-src.esm.js' }] },
  plugins: [withoutPictures],
  // The folder comes from the build script (`--outDir`), which owns it.
  publicDir: false,
  build: {
    target: 'es2022',
    emptyOutDir: true,
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      input: ['src/leaflet.ts', 'src/map.ts', 'src/pick.ts', 'src/keys.ts', 'src/watch.ts'],
      preserveEntrySignatures: 'strict',
      output: {
        entryFileNames: '[name].js',
        assetFileNames: '[name][extname]',
        postBanner: (chunk) => (chunk.name === 'leaflet' ? notice : ''),
      },
    },
  },
});
