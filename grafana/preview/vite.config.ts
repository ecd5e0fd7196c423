import { cp, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { defineConfig, type Plugin } from 'vite';

const require = createRequire(import.meta.url);
const packageFolder = (name: string): string => dirname(require.resolve(`${name}/package.json`));

/** Where Grafana's components look for a font, and the file of the free package that holds it. */
const fonts = {
  'inter/Inter-Regular.woff2': '@fontsource/inter/files/inter-latin-400-normal.woff2',
  'inter/Inter-Medium.woff2': '@fontsource/inter/files/inter-latin-500-normal.woff2',
  'inter/Inter-Italic.woff2': '@fontsource/inter/files/inter-latin-400-italic.woff2',
  'inter/Inter-MediumItalic.woff2': '@fontsource/inter/files/inter-latin-500-italic.woff2',
  'roboto/L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ.woff2':
    '@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff2',
};

/** Puts the icons and fonts that Grafana's components ask the server for beside the page. */
function publicFiles(): Plugin {
  let folder = '';
  return {
    name: 'public-files',
    configResolved: (config) => void (folder = join(config.build.outDir, 'public')),
    async closeBundle() {
      await copyIcons(join(folder, 'build/img/icons'));
      for (const [name, source] of Object.entries(fonts)) {
        await mkdir(dirname(join(folder, 'fonts', name)), { recursive: true });
        await cp(require.resolve(source), join(folder, 'fonts', name));
      }
    },
  };
}

/** The package holds about half of the icons that its components may ask for: ours, or a dot, stand in for the others. */
async function copyIcons(folder: string): Promise<void> {
  const { availableIconsIndex } = require('@grafana/data') as typeof import('@grafana/data');
  const own = join(import.meta.dirname, 'icons');
  const packaged = join(packageFolder('@grafana/ui'), 'dist/public/img/icons');
  for (const name of Object.keys(availableIconsIndex)) {
    const target = join(folder, name.startsWith('gf-') ? 'custom' : 'unicons', `${name}.svg`);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(own, `${name}.svg`), target).catch(() => cp(join(own, 'fallback.svg'), target));
  }
  await cp(packaged, folder, { recursive: true });
}

/** Leaves out what only editing needs: the code editor is as large as all the rest. */
function withoutEditors(): Plugin {
  return {
    name: 'without-editors',
    enforce: 'pre',
    resolveId: (source) => (/^(@monaco-editor\/react|monaco-editor)(\/|$)/.test(source) ? '\0no-editor' : undefined),
    load: (id) => (id === '\0no-editor' ? 'export default undefined; export const loader = undefined;' : undefined),
  };
}

export default defineConfig({
  esbuild: { jsx: 'automatic' },
  plugins: [withoutEditors(), publicFiles()],
  resolve: {
    alias: { 'react-router-dom-v5-compat': 'react-router-dom' },
    dedupe: ['react', 'react-dom', 'react-router-dom', 'rxjs'],
  },
  // Some of Grafana's dependencies ask for Node's global object.
  define: { global: 'globalThis', 'process.env.NODE_ENV': '"production"', 'process.env': '{}' },
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 20_000, reportCompressedSize: false },
});
