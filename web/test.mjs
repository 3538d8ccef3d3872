// SPDX-License-Identifier: Apache-2.0
// Checks that contract.ts is current, then bundles each *.test.ts and runs them with node:test; works on Node 18,
// which cannot read TypeScript itself. Tests that render run a second time, with React 18.
import { build } from 'esbuild';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = dirname(fileURLToPath(import.meta.url));
const out = join(web, 'node_modules/.cache/confab-tests');
const only = process.argv[2];

// the types must be those of the contract
try {
  execFileSync(process.execPath, [join(web, 'contract.mjs'), '--check'], { stdio: 'inherit' });
} catch {
  process.exit(1);
}

const tests = [];
for (const folder of ['client/test', 'react/test', 'app/test', 'widget/test']) {
  for (const name of await readdir(join(web, folder))) {
    if (/\.test\.tsx?$/.test(name) && (!only || name.includes(only))) tests.push(join(folder, name));
  }
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const options = {
  absWorkingDir: web,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['confab-source'],
  target: 'node18',
  outbase: '.',
  outExtension: { '.js': '.mjs' },
  loader: { '.css': 'empty' },
  sourcemap: 'inline',
  jsx: 'automatic',
  logLevel: 'warning',
};
const external = ['livekit-client', 'linkedom', 'typescript'];
await build({ ...options, entryPoints: tests, outdir: out, external: [...external, 'react', 'react-dom'] });
const files = tests.map((test) => join(out, test.replace(/\.tsx?$/, '.mjs')));

/* The packages' own tree has one React; the older one is among what the browser tests need. */
const old = join(web, '../test/node_modules');
const rendering = tests.filter((test) => /^react\/test\/(dom|ssr)\./.test(test));
if (!existsSync(join(old, 'react'))) console.log('React 18 is not there: tools/deps.sh test');
else if (rendering.length > 0) {
  const alias = Object.fromEntries(['react', 'react-dom'].map((name) => [name, join(old, name)]));
  const banner = { js: "import { createRequire as require_ } from 'node:module'; const require = require_(import.meta.url);" };
  await build({ ...options, entryPoints: rendering, outdir: join(out, 'react18'), external, alias, banner });
  files.push(...rendering.map((test) => join(out, 'react18', test.replace(/\.tsx?$/, '.mjs'))));
}

const run = spawn(process.execPath, ['--enable-source-maps', '--test', ...files], { stdio: 'inherit', cwd: web });
run.on('exit', (code) => process.exit(code ?? 1));
