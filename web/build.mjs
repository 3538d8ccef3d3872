// SPDX-License-Identifier: Apache-2.0
// Builds web/dist: index.html, hashed scripts and styles, the favicon, and the SDK as a file of its own.
// Runs on Node 18 and newer. `--sizes` prints what each file weighs, gzipped.
import { build } from 'esbuild';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const web = dirname(fileURLToPath(import.meta.url));
const dist = join(web, 'dist');

const common = {
  absWorkingDir: web,
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  legalComments: 'linked',
  charset: 'utf8',
  conditions: ['confab-source'],
  define: { 'process.env.NODE_ENV': '"production"' },
  metafile: true,
  logLevel: 'warning',
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

const app = await build({
  ...common,
  entryPoints: { app: 'app/src/main.tsx' },
  outdir: 'dist/assets',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  jsx: 'automatic',
});

await build({
  ...common,
  entryPoints: { 'confab-client': 'client/src/index.ts' },
  outdir: 'dist/sdk',
  chunkNames: 'confab-[name]-[hash]',
});

const [script, info] = Object.entries(app.metafile.outputs).find(([, output]) => output.entryPoint);
const html = (await readFile(join(web, 'app/index.html'), 'utf8'))
  .replace('{{script}}', `/${relative('dist', script)}`)
  .replace('{{style}}', `/${relative('dist', info.cssBundle)}`);
await writeFile(join(dist, 'index.html'), html);
await writeFile(join(dist, 'favicon.svg'), await readFile(join(web, 'app/favicon.svg')));
await writeFile(join(dist, '.stamp'), '');

if (process.argv.includes('--sizes')) await printSizes();

async function printSizes() {
  for (const folder of ['', 'assets', 'sdk']) {
    for (const name of (await readdir(join(dist, folder))).sort()) {
      if (!/\.(js|css|html|svg)$/.test(name)) continue;
      const bytes = await readFile(join(dist, folder, name));
      const [raw, zipped] = [bytes.length, gzipSync(bytes, { level: 9 }).length].map((n) => (n / 1024).toFixed(1));
      console.log(`${join(folder, name).padEnd(44)} ${raw.padStart(8)} KiB ${zipped.padStart(8)} KiB gzip`);
    }
  }
}
