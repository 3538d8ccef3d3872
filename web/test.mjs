// SPDX-License-Identifier: Apache-2.0
// Checks that contract.ts is current, then bundles each *.test.ts and runs them with node:test; works on Node 18,
// which cannot read TypeScript itself.
import { build } from 'esbuild';
import { execFileSync, spawn } from 'node:child_process';
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
await build({
  absWorkingDir: web,
  entryPoints: tests,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['confab-source'],
  target: 'node18',
  outdir: out,
  outbase: '.',
  outExtension: { '.js': '.mjs' },
  external: ['livekit-client', 'react', 'react-dom', 'typescript'],
  loader: { '.css': 'empty' },
  sourcemap: 'inline',
  jsx: 'automatic',
  logLevel: 'warning',
});

const files = tests.map((test) => join(out, test.replace(/\.tsx?$/, '.mjs')));
const run = spawn(process.execPath, ['--enable-source-maps', '--test', ...files], { stdio: 'inherit', cwd: web });
run.on('exit', (code) => process.exit(code ?? 1));
