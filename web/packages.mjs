// SPDX-License-Identifier: Apache-2.0
// Builds @confab/client and @confab/react as they are published, and packs them: dist/npm/confab-client.tgz and
// confab-react.tgz. One JavaScript file for each source file, so that a bundler leaves out what nobody uses.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { copyFile, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = dirname(fileURLToPath(import.meta.url));
const out = join(web, 'dist/npm');
await mkdir(out, { recursive: true });

/* All that is written is in folders named dist: make takes every other file here for a source of the web app. */
for (const name of ['client', 'react']) {
  const folder = join(web, name);
  const dist = join(folder, 'dist');
  const config = join(dist, 'tsconfig.json');
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist);
  await writeFile(config, JSON.stringify(options(name)));
  execFileSync(join(web, 'node_modules/.bin/tsc'), ['-p', config], { cwd: folder, stdio: 'inherit' });
  await rm(config);
  if (name === 'react') await styles(folder);

  const packed = join(out, name);
  await rm(packed, { recursive: true, force: true });
  for (const file of ['package.json', 'README.md', 'dist']) await cp(join(folder, file), join(packed, file), { recursive: true });
  await copyFile(join(web, '../LICENSE'), join(packed, 'LICENSE'));
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', out], { cwd: packed, stdio: ['ignore', 'ignore', 'inherit'] });
  await rename(join(out, `confab-${name}-${version}.tgz`), join(out, `confab-${name}.tgz`));
}

function options(name) {
  return {
    extends: '../../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      declaration: true,
      rootDir: '../src',
      outDir: '.',
      rewriteRelativeImportExtensions: true,
      allowImportingTsExtensions: false,
      // react sees the client as everybody else does
      ...(name === 'react' ? { customConditions: [] } : {}),
    },
    include: ['../src'],
  };
}

async function styles(folder) {
  await build({
    absWorkingDir: folder,
    entryPoints: { styles: 'src/styles/index.css', base: 'src/styles/first.css', voice: 'src/styles/voice.css' },
    bundle: true,
    outdir: 'dist',
    target: ['chrome109', 'firefox115', 'safari16'],
    logLevel: 'warning',
  });
}
