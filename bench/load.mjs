// SPDX-License-Identifier: Apache-2.0
//
// The workloads of bench/README.md against Confab, the bare reference server and Janus, by `confab load`. Servers take
// turns within each round; medians are printed and written to bench/results/latest.json, with every raw figure.
//
// usage: node bench/load.mjs [--gate]
//   ROUNDS=5 SECONDS=10 WARMUP=12   how often, and for how long each
//   WORKLOADS=broadcast-400,…       only these
//   SERVERS=confab,bare,janus,janus-best
//   KEEP=1                          workloads not run this time stay in latest.json
//   RPS=0                           the receive half of loopback is worked off, and billed, on the server's core
//   --gate: short rounds of Confab and the bare server at 1:400 (gate.mjs), about a minute; exit code 1: more than twice the
//           bare server's cost; 77: void, the machine was too busy to say
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LIMIT, runGate } from './gate.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const gate = process.argv.includes('--gate');
const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const rounds = number('ROUNDS', 5);
const seconds = number('SECONDS', gate ? 4 : 10);
const warmup = number('WARMUP', gate ? 3 : 12); // what a wave of joins leaves to do for the control plane must be over
const rps = number('RPS', gate ? 0 : 1) !== 0;
const chosen = (name, all) => (process.env[name] ? process.env[name].split(',') : all);

/** What the loader is told; `server`: Confab's options; `bare` marks what the bare server can do, too. */
const workloads = {
  'broadcast-100': { args: ['--publishers', 1, '--subscribers', 100], bare: true },
  'broadcast-400': { args: ['--publishers', 1, '--subscribers', 400], bare: true },
  'video-100': { args: ['--publishers', 1, '--subscribers', 100, '--no-audio'], bare: true },
  'video-400': { args: ['--publishers', 1, '--subscribers', 400, '--no-audio'], bare: true },
  'broadcast-1000': { args: ['--publishers', 1, '--subscribers', 1000, '--refusals'], bare: true, only: ['confab', 'bare'] },
  // three speak at a time, as people do; "loud": everybody all the time
  'meeting-10': { args: ['--publishers', 10, '--subscribers', 0, '--simulcast', '--speakers', 3], bare: true },
  'meeting-10-loud': { args: ['--publishers', 10, '--subscribers', 0, '--simulcast'], bare: true },
  'meeting-25': { args: ['--publishers', 25, '--subscribers', 0, '--simulcast', '--speakers', 3], bare: true },
  'audio-100': { args: ['--publishers', 3, '--subscribers', 97, '--no-video'], bare: true },
  // everybody's microphone is open
  'audio-100-open': { args: ['--publishers', 100, '--subscribers', 0, '--no-video', '--speakers', 3, '--rate', 10], only: ['confab', 'janus', 'janus-best'] },
  'audio-1-300': { args: ['--publishers', 1, '--subscribers', 300, '--no-video'], bare: true }, // one packet a message: the floor of audio
  'rooms-50x4': { args: ['--rooms', 50, '--publishers', 4, '--subscribers', 0, '--speakers', 1] },
  'storm-200': { args: ['--publishers', 1, '--subscribers', 200, '--rate', 200], bare: true },
  // memory, when the 30 s are over in which a handshake may be repeated; before it a call with one subscriber, which touches
  // what all share: code, the track's cache, queues. The difference is what each further one takes.
  'listeners-200-data': { args: ['--publishers', 1, '--subscribers', 200, '--warmup', 40], only: ['confab'], first: true },
  'listeners-200': { args: ['--publishers', 1, '--subscribers', 200, '--warmup', 40, '--no-data'], only: ['confab'], first: true },
  // twenty times everybody comes and leaves: memory afterwards
  'return-20': { args: ['--publishers', 2, '--subscribers', 48, '--rate', 200, '--warmup', 0, '--seconds', 1], only: ['confab'], again: 20 },
};

const namespace = `confab-bench-${process.pid}`;
const address = '10.97.0.1';
const loaderCpu = 0;
const serverCpu = os.cpus().length > 1 ? 1 : 0;

/** Janus refuses loopback addresses, so everybody runs in a namespace with an address of its own; its traffic is local. */
function makeNamespace() {
  const run = (...args) => spawnSync('ip', args, { stdio: 'ignore' }).status === 0;
  run('netns', 'add', namespace);
  const inside = (...args) => run('netns', 'exec', namespace, 'ip', ...args);
  if (!inside('link', 'set', 'lo', 'up')) return false;
  inside('link', 'add', 'bench0', 'type', 'veth', 'peer', 'name', 'bench1');
  inside('address', 'add', `${address}/24`, 'dev', 'bench0');
  inside('link', 'set', 'bench0', 'up');
  inside('link', 'set', 'bench1', 'up');
  // Receive packet steering: what arrives is worked off on the loader's core, as on another machine, and not inside the
  // system call that sends it.
  const steer = ['netns', 'exec', namespace, 'sh', '-c', `echo ${(rps ? 1 << loaderCpu : 0).toString(16)} >/sys/class/net/lo/queues/rx-0/rps_cpus`];
  return run(...steer) || !rps;
}

const isolated = makeNamespace();
const ip = isolated ? address : '127.0.0.1';
const inside = (command) => (isolated ? ['ip', 'netns', 'exec', namespace, 'nice', '-n', '-20', ...command] : command);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'confab-bench-'));

function janusConfig(best) {
  const folder = path.join(scratch, best ? 'janus-best' : 'janus');
  const library = '/usr/lib/x86_64-linux-gnu/janus';
  mkdirSync(folder, { recursive: true });
  const others = ['audiobridge', 'echotest', 'recordplay', 'sip', 'nosip', 'streaming', 'textroom', 'videocall', 'voicemail', 'lua', 'duktape'];
  const transports = ['http', 'mqtt', 'nanomsg', 'pfunix', 'rabbitmq'];
  const list = (names) => names.map((name) => `libjanus_${name}.so`).join(',');
  writeFileSync(
    path.join(folder, 'janus.jcfg'),
    `general: { configs_folder = "${folder}"\n plugins_folder = "${library}/plugins"\n transports_folder = "${library}/transports"\n` +
      ` events_folder = "${library}/events"\n loggers_folder = "${library}/loggers"\n debug_level = 2\n` +
      `${best ? ` event_loops = ${os.cpus().length}\n` : ''}}\nmedia: { ipv6 = false }\n` +
      `nat: { ice_lite = true\n ice_enforce_list = "${address}" }\nplugins: { disable = "${list(others)}" }\n` +
      `transports: { disable = "${list(transports)}" }\nevents: { broadcast = false }\n`,
  );
  writeFileSync(path.join(folder, 'janus.plugin.videoroom.jcfg'), 'general: {}\n');
  writeFileSync(
    path.join(folder, 'janus.transport.websockets.jcfg'),
    `general: { json = "compact"\n ws = true\n ws_port = 18188\n ws_ip = "${address}"\n wss = false }\nadmin: { admin_ws = false }\n`,
  );
  return folder;
}

const keys = { CONFAB_API_KEY: 'bench', CONFAB_API_SECRET: 'a-secret-for-benchmarks-only-of-good-length' };
const janus = (best) => () => {
  const folder = janusConfig(best);
  return { command: ['janus', '-F', folder, '-C', path.join(folder, 'janus.jcfg')], port: 18188, kind: 'janus' };
};
const servers = {
  confab: () => ({
    command: [path.join(root, 'build/confabd'), '--data', mkdtempSync(path.join(scratch, 'data-')), '--listen', `${ip}:18080`, '--rtc-ip', ip, '--rtc-port', '17882', '--room-limit', '1001'],
    port: 18080,
    kind: 'confab',
  }),
  bare: () => ({ command: [path.join(root, 'build/bench/bench_bare'), '19000', '19001', ip], port: 0, control: 19000, kind: 'bare' }),
  janus: janus(false),
  'janus-best': janus(true),
};

async function listening(port) {
  const probe = inside(['bash', '-c', `echo > /dev/tcp/${ip}/${port}`]);
  for (let i = 0; i < 100; i++) {
    if (spawnSync(probe[0], probe.slice(1), { stdio: 'ignore' }).status === 0) return;
    await sleep(100);
  }
  throw new Error(`nothing listens on ${ip}:${port}`);
}

/** What a workload does not say about its length itself. */
const times = ({ args }) => [...(args.includes('--warmup') ? [] : ['--warmup', String(warmup)]), ...(args.includes('--seconds') ? [] : ['--seconds', String(seconds)])];

/** One server under one workload: the loader's figures, or why there are none. */
async function measure(name, workload) {
  const { command, port, control, kind } = servers[name]();
  const options = kind === 'confab' ? workload.server ?? [] : [];
  const [program, ...args] = inside(['taskset', '-c', String(serverCpu), ...command, ...options]);
  const server = spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...keys } });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const json = path.join(scratch, 'figures.json');
  try {
    if (port) await listening(port);
    else await sleep(500);
    await sleep(2500); // what only the start took has gone from memory
    const load = (args) => inside([
      path.join(root, 'build/confab'), 'load', '--kind', kind, '--server', `${ip}:${port || control}`, '--pid', String(server.pid),
      '--cpu', String(loaderCpu), ...times(workload), '--json', json,
      ...(isolated ? ['--allow-remote'] : []), ...(kind === 'confab' ? ['--data', scratch] : []), ...args.map(String),
    ]);
    const run = (args) => {
      const [loader, ...rest] = load(args);
      const done = spawnSync(loader, rest, { encoding: 'utf8', timeout: (seconds + warmup + 120) * 1000, env: { ...process.env, ...keys } });
      if (done.status !== 0) throw new Error((done.stderr || String(done.error)).trim());
      return JSON.parse(readFileSync(json, 'utf8'));
    };
    const one = workload.first ? run([...workload.args, '--subscribers', 1]) : null;
    const after = Array.from({ length: workload.again ?? 1 }, () => run(workload.args));
    const last = after.at(-1);
    return {
      ...last,
      rss_idle_kb: (one ?? after[0]).rss_idle_kb,
      ...(workload.again ? { rss_after_each_kb: after.map((a) => a.rss_after_kb) } : {}),
      ...(one ? { rss_of_one_kb: one.rss_media_kb, rss_each_further_kb: (last.rss_media_kb - one.rss_media_kb) / (last.subscribers - 1) } : {}),
    };
  } catch (error) {
    return { error: error.message };
  } finally {
    server.kill('SIGTERM');
    const killer = setTimeout(() => server.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(killer);
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
const columns = ['rss_idle_kb', 'rss_after_kb', 'us_per_forwarded_packet', 'delay_p50_ms', 'delay_p99_ms', 'audio_delay_p50_ms', 'audio_delay_p99_ms', 'refused', 'refusal_p99_ms', 'rss_per_subscriber_kb', 'loss', 'join_p50_ms', 'join_p99_ms', 'join_cpu_ms', 'loader_share'];

function summary(samples) {
  const good = samples.filter((s) => !s.error);
  const result = { rounds: good.length };
  if (good.length === 0) return { ...result, error: samples.at(-1)?.error ?? 'not run' };
  for (const column of columns) result[column] = median(good.map((s) => s[column]));
  result.packets_per_s = median(good.map((s) => s.received / s.seconds));
  result.mbit_per_cpu_s = median(good.map((s) => (s.server_cpu_s > 0 ? (s.bytes * 8) / 1e6 / s.server_cpu_s : 0)));
  result.streams_silent = median(good.map((s) => s.streams_silent));
  result.raw = good;
  return result;
}

/** What each subscriber after the first takes, where that was measured. */
const further = ({ raw }) => (raw[0].rss_each_further_kb ? `; each further one ${median(raw.map((s) => s.rss_each_further_kb)).toFixed(0)}` : '');

function print(results) {
  for (const [name, byServer] of Object.entries(results)) {
    console.log(`\n### ${name}\n`);
    console.log('| server | rounds | CPU-µs per forwarded packet | times bare | packets/s | Mbit per CPU-s | delay p50, p99 ms | of audio | loss | KiB per subscriber | join p50, p99 ms | CPU-ms per join |');
    console.log('|---|---|---|---|---|---|---|---|---|---|---|---|');
    const bare = byServer.bare?.raw;
    for (const [server, r] of Object.entries(byServer)) {
      if (r.error) {
        console.log(`| ${server} | 0 | ${r.error} | | | | | | | | | |`);
        continue;
      }
      const costs = r.raw.map((s) => s.us_per_forwarded_packet);
      const range = `${r.us_per_forwarded_packet.toFixed(2)} (${Math.min(...costs).toFixed(2)}-${Math.max(...costs).toFixed(2)})`;
      const times = bare ? (r.us_per_forwarded_packet / byServer.bare.us_per_forwarded_packet).toFixed(2) : '';
      console.log(
        `| ${server} | ${r.rounds} | ${range} | ${times} | ${r.packets_per_s.toFixed(0)} | ${r.mbit_per_cpu_s.toFixed(0)} | ` +
          `${r.delay_p50_ms.toFixed(2)}, ${r.delay_p99_ms.toFixed(2)} | ${r.audio_delay_p50_ms.toFixed(2)}, ${r.audio_delay_p99_ms.toFixed(2)} | ${(100 * r.loss).toFixed(3)} %${r.refused ? `; ${r.refused} refused` : ''} | ${r.rss_per_subscriber_kb.toFixed(0)}${further(r)} | ` +
          `${r.join_p50_ms.toFixed(0)}, ${r.join_p99_ms.toFixed(0)} | ${r.join_cpu_ms.toFixed(2)} |`,
      );
    }
  }
}

/** What is in the file already, of workloads that were not run now. */
function kept() {
  if (!process.env.KEEP) return {};
  try {
    const old = JSON.parse(readFileSync(path.join(root, 'bench/results/latest.json'), 'utf8'));
    return old.workloads;
  } catch {
    return {};
  }
}

async function mainGate() {
  // What a packet costs is asked, also where the core is small for so many at once: nobody is refused.
  const at = (viewers) => ({ args: ['--publishers', 1, '--subscribers', viewers, '--rate', 100, '--settle', 0], server: ['--media-load', '0'] });
  const verdict = await runGate((server, viewers) => measure(server, at(viewers)), (line) => console.log(line));
  const what = { passed: `at most ${LIMIT} times`, failed: `more than ${LIMIT} times` }[verdict];
  console.log(what ? `confab costs ${what} what the bare server does` : 'void: the machine was too busy to say');
  process.exitCode = { passed: 0, failed: 1, void: 77 }[verdict]; // 77: skipped, as meson and automake have it
}

async function main() {
  const haveJanus = isolated && spawnSync('janus', ['--version'], { stdio: 'ignore' }).error === undefined;
  const names = chosen('SERVERS', ['confab', 'bare', 'janus', 'janus-best']).filter((s) => haveJanus || !s.startsWith('janus'));
  const samples = {};
  for (let round = 0; round < rounds; round++) {
    for (const name of chosen('WORKLOADS', Object.keys(workloads))) {
      const workload = workloads[name];
      for (const server of names) {
        if ((server === 'bare' && !workload.bare) || (workload.only && !workload.only.includes(server))) continue;
        const figures = await measure(server, workload);
        ((samples[name] ??= {})[server] ??= []).push(figures);
        console.error(`round ${round + 1} ${name} ${server}: ${figures.error ?? `${figures.us_per_forwarded_packet.toFixed(2)} µs`}`);
      }
    }
  }
  const results = Object.fromEntries(Object.entries(samples).map(([w, by]) => [w, Object.fromEntries(Object.entries(by).map(([s, list]) => [s, summary(list)]))]));
  print(results);
  const machine = { cpu: os.cpus()[0].model, cores: os.cpus().length, kernel: os.release() };
  const commit = execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  mkdirSync(path.join(root, 'bench/results'), { recursive: true });
  for (const byServer of Object.values(results)) byServer.run = { date: new Date().toISOString(), commit, seconds, receive_half_on_loaders_core: isolated && rps };
  const file = { date: new Date().toISOString(), machine, commit, seconds, workloads: { ...kept(), ...results } };
  writeFileSync(path.join(root, 'bench/results/latest.json'), `${JSON.stringify(file, null, 1)}\n`);
}

/** Linux shares the processor among sessions first (autogroup), and `nice` counts within one: loader and servers come first. */
function priority(nice) {
  try {
    writeFileSync('/proc/self/autogroup', String(nice));
  } catch {
    // not root, or a kernel without it
  }
}

try {
  priority(isolated ? -20 : 0);
  await (gate ? mainGate() : main());
} finally {
  priority(0);
  rmSync(scratch, { recursive: true, force: true });
  if (isolated) spawnSync('ip', ['netns', 'delete', namespace], { stdio: 'ignore' });
}
