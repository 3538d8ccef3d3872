// SPDX-License-Identifier: Apache-2.0
// Builds web/dist: index.html, hashed scripts and styles, the favicon, the SDK as a file of its own, and the widget.
// Runs on Node 18 and newer. `--sizes` prints what each file weighs, gzipped.
import { build, transform } from 'esbuild';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildWorker, writeManifests } from './install.mjs';

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

const address = (name) => `/${relative('dist', name)}`;

/* livekit-client is most of what a call weighs: the app, the SDK and the widget, each in a folder of its own, import the
 * same file from beside it. */
const shared = await build({
  ...common,
  splitting: false,
  entryPoints: { 'livekit-client': 'client/src/media/livekit-client.ts' },
  outdir: 'dist/shared',
  entryNames: '[name]-[hash]',
});
const [library] = outputOf(shared, 'client/src/media/livekit-client.ts');
const share = {
  name: 'share',
  setup({ onResolve }) {
    onResolve({ filter: /\/livekit-client\.ts$/ }, () => ({ path: `../${relative('dist', library)}`, external: true }));
  },
};

const hashed = { entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', jsx: 'automatic' };

/** The entry points and all that they import at once. */
function needed({ metafile: { outputs } }, ...entries) {
  const wanted = new Set();
  const add = (name) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const { path, kind } of outputs[name].imports) if (kind === 'import-statement') add(path);
    if (outputs[name].cssBundle) wanted.add(outputs[name].cssBundle);
  };
  for (const entry of entries) add(entry);
  return wanted;
}

/* The app is two programs: the pages before sign-in, with Preact in React's place (a sixth of its size), and what is fetched
 * when somebody is signed in. */
const desk = await build({
  ...common,
  ...hashed,
  entryPoints: { desk: 'app/src/desk.tsx' },
  outdir: 'dist/assets',
  plugins: [share],
});
const [deskScript, deskInfo] = outputOf(desk, 'app/src/desk.tsx');
const app = await build({
  ...common,
  ...hashed,
  entryPoints: { app: 'app/src/main.tsx' },
  outdir: 'dist/assets',
  alias: { 'react': 'preact/compat', 'react/jsx-runtime': 'preact/jsx-runtime', 'react-dom/client': 'preact/compat/client' },
  define: {
    ...common.define,
    DESK: JSON.stringify(address(deskScript)),
    DESK_STYLE: JSON.stringify(address(deskInfo.cssBundle)),
    DESK_PARTS: JSON.stringify([...needed(desk, deskScript)].filter((name) => name !== deskScript && name.endsWith('.js')).map(address)),
  },
  external: ['/assets/*'],
});

await build({
  ...common,
  plugins: [share],
  entryPoints: { 'confab-client': 'client/src/index.ts' },
  outdir: 'dist/sdk',
  chunkNames: 'confab-[name]-[hash]',
});

const early = await build({
  ...common,
  splitting: false,
  format: 'iife',
  legalComments: 'none',
  entryPoints: { early: 'app/src/early.ts' },
  outdir: 'dist/assets',
  entryNames: '[name]-[hash]',
});

/** [name, output] of an entry point; what is imported on demand is one, too. */
function outputOf({ metafile }, source) {
  return Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source);
}

/** Style sheets as texts, for a shadow root to adopt. */
const sheets = {
  name: 'sheets',
  setup({ onLoad }) {
    onLoad({ filter: /\/(widget\/.*|react\/src\/styles\/voice)\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true, target: common.target });
      return { contents: code, loader: 'text' };
    });
  },
};
/** What the widget has no use for, see widget/src/lean.ts. */
const lean = {
  name: 'lean',
  setup({ onResolve }) {
    onResolve({ filter: /\/(chat\/channel|moderation|operator|support\/api)\.ts$/ }, ({ importer }) => (/\/client\/src\//.test(importer) ? { path: join(web, 'widget/src/lean.ts') } : undefined));
  },
};
/** What the widget fetches later. */
const LATER = [
  'widget/src/(call/CallLayer|asking/asking|voice/kit|messages/(call/)?(de|ar))',
  'react/src/messages/\\w+/(de|ar)',
  'client/src/media/livekit',
].join('|');
/**
 * All of it imports main, which is there already: else esbuild makes a file for each choice of these that share something, nine
 * before anything is seen. So it is two, and smaller.
 */
const whole = {
  name: 'whole',
  setup({ onLoad }) {
    const main = JSON.stringify(join(web, 'widget/src/main.tsx'));
    onLoad({ filter: new RegExp(`/(${LATER})\\.tsx?$`) }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\nimport ${main};`,
      loader: path.endsWith('x') ? 'tsx' : 'ts',
    }));
  },
};
const widget = await build({
  ...common,
  entryPoints: { main: 'widget/src/main.tsx' },
  outdir: 'dist/widget',
  charset: 'utf8',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  jsx: 'automatic',
  plugins: [share, sheets, lean, whole],
});
const [main] = outputOf(widget, 'widget/src/main.tsx');
await build({
  ...common,
  splitting: false,
  format: 'iife',
  legalComments: 'none',
  entryPoints: { widget: 'widget/src/loader.ts' },
  outdir: 'dist',
  define: { ...common.define, WIDGET_MAIN: JSON.stringify(`/${relative('dist', main)}`) },
});
const [script, info] = outputOf(app, 'app/src/main.tsx');
const [earlyScript] = outputOf(early, 'app/src/early.ts');

/** esbuild writes a file for each import() that it has read, also in what is left out: those go. */
async function prune({ metafile: { outputs } }, entry) {
  const wanted = new Set([entry]);
  for (const name of wanted) {
    for (const { path, external } of outputs[name].imports) if (!external) wanted.add(path);
    if (outputs[name].cssBundle) wanted.add(outputs[name].cssBundle);
  }
  for (const name of Object.keys(outputs)) if (!wanted.has(name.replace(/\.LEGAL\.txt$/, ''))) await rm(join(web, name));
}
await prune(app, script);

/** What files weigh, gzipped, in KiB. */
async function weight(wanted) {
  let sum = 0;
  for (const name of wanted) sum += gzipSync(await readFile(join(web, name)), { level: 9 }).length;
  return sum / 1024;
}

for (const [what, size, limit] of [
  ['the widget', await weight([...needed(widget, main), 'dist/widget.js']), 55],
  ['the app', await weight([...needed(app, script), ...needed(desk, deskScript), earlyScript]), 250],
  ['the sign-in page', await weight([...needed(app, script), earlyScript]), 40],
]) {
  if (size > limit) throw new Error(`${what} weighs ${size.toFixed(1)} KiB gzip before the first call; ${limit} is the limit`);
  if (process.argv.includes('--sizes')) console.log(`${what}: ${size.toFixed(1)} KiB gzip before the first call, of ${limit}`);
}

await cp(join(web, 'demo'), join(dist, 'demo'), { recursive: true });

const favicon = (await readFile(join(web, 'app/favicon.svg'), 'utf8')).trim();
const imported = [...needed(app, script)].filter((name) => name !== script && name.endsWith('.js'));
const html = (await readFile(join(web, 'app/index.html'), 'utf8'))
  .replace('{{early}}', address(earlyScript))
  .replace('{{script}}', address(script))
  .replace('{{style}}', address(info.cssBundle))
  .replace('{{preload}}', imported.map((name) => `<link rel="modulepreload" href="${address(name)}" />`).join('\n    '))
  .replace('{{logo}}', favicon.replace('<svg ', '<svg width="64" height="64" aria-hidden="true" '));
await writeFile(join(dist, 'index.html'), html);
await buildWorker({ ...common, splitting: false }, relative('dist/assets', script));
await writeManifests(common, dist);
await cp(join(web, 'app/icons'), join(dist, 'icons'), { recursive: true });
await writeFile(join(dist, 'favicon.svg'), favicon);
await writeFile(join(dist, '.stamp'), '');

if (process.argv.includes('--sizes')) await printSizes();

async function printSizes() {
  for (const folder of ['', 'assets', 'sdk', 'shared', 'widget']) {
    for (const name of (await readdir(join(dist, folder))).sort()) {
      if (!/\.(js|css|html|svg)$/.test(name)) continue;
      const bytes = await readFile(join(dist, folder, name));
      const [raw, zipped] = [bytes.length, gzipSync(bytes, { level: 9 }).length].map((n) => (n / 1024).toFixed(1));
      console.log(`${join(folder, name).padEnd(44)} ${raw.padStart(8)} KiB ${zipped.padStart(8)} KiB gzip`);
    }
  }
}
