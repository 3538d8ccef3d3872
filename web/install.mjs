// SPDX-License-Identifier: Apache-2.0
// What makes the app a thing of its own on a phone: the service worker, and a web app manifest for each language and theme.
import { build } from 'esbuild';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * dist/sw.js, at the root, whose folder is a worker's scope. `version` is on top of it: browsers compare the file byte by
 * byte (Service Workers 7.2), so each build of the app brings a new worker.
 */
export async function buildWorker(common, version) {
  await build({
    ...common,
    format: 'iife',
    legalComments: 'none',
    entryPoints: { sw: 'app/src/push/worker.ts' },
    outdir: 'dist',
    banner: { js: `/* SPDX-License-Identifier: Apache-2.0 · ${version} */` },
  });
}

/** The manifests of app/src/install/manifest.ts, from the same catalogues as the pages. */
export async function writeManifests(common, dist) {
  const { outputFiles } = await build({ ...common, splitting: false, write: false, legalComments: 'none', entryPoints: ['app/src/install/manifest.ts'] });
  const { manifests } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  for (const [name, manifest] of Object.entries(manifests())) await writeFile(join(dist, name), JSON.stringify(manifest));
}
