// @ts-check
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @typedef {object} Bundle
 * @property {string} code
 * @property {string} css  '' where there is none.
 */

/**
 * Bundles one entry with all that it imports into one script, lazy parts too.
 *
 * @param {string} entry  Path in the repository.
 * @param {object} [options]
 * @param {'iife' | 'es'} [options.format]  A classic script, or a module without imports.
 * @param {Record<string, string>} [options.define]  Names to replace, with the code that takes their place.
 * @param {import('vite').PluginOption[]} [options.plugins]
 * @returns {Promise<Bundle>}
 */
export async function bundleScript(entry, { format = 'iife', define = {}, plugins = [] } = {}) {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins,
    define: { 'process.env.NODE_ENV': '"production"', ...define },
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      chunkSizeWarningLimit: 5000,
      lib: { entry, formats: [format], name: 'vermeil', fileName: 'script' },
      rolldownOptions: { output: { codeSplitting: false }, checks: { bundlerTimings: false } },
    },
  });
  const output = [built].flat().flatMap((one) => ('output' in one ? one.output : []));
  const chunks = output.filter((file) => file.type === 'chunk');
  if (chunks.length !== 1) throw new Error(`${entry} became ${String(chunks.length)} scripts`);
  const styles = output.filter((file) => file.type === 'asset' && file.fileName.endsWith('.css'));
  return {
    code: chunks[0]?.code ?? '',
    css: styles.map((file) => (file.type === 'asset' ? String(file.source) : '')).join('\n'),
  };
}
