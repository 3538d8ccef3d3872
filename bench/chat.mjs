// SPDX-License-Identifier: Apache-2.0
//
// The messenger under load, beside a peer (Prosody with its message archive in SQLite, when Debian's package is there):
// memory of idle clients, fan-out to a channel, durable messages per second against a bare group-commit loop.
// Prints the table of bench/README.md and writes bench/results/chat.json.
//
// usage: node bench/chat.mjs
//   CLIENTS=2000 MEMBERS=1000 RATE=5 SECONDS=15 WRITERS=128 ROUNDS=3 SERVERS=confab,prosody FOLDER=/var/tmp
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { httpConnection, post, watch, xmppStream } from './chat/wire.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const clients = number('CLIENTS', 2000);
const members = Math.min(number('MEMBERS', 1000), clients);
const rate = number('RATE', 5);
const seconds = number('SECONDS', 15);
const writers = number('WRITERS', 128);
const rounds = number('ROUNDS', 3);
const servers = (process.env.SERVERS ?? 'confab,prosody').split(',');
const folder = mkdtempSync(path.join(process.env.FOLDER ?? '/var/tmp', 'confab-bench-'));
const secret = 'bench-secret-0123456789-0123456789-0123456789';

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
/** KiB that are its own; how much of a program's code is in memory says nothing of clients. */
const memory = (pid) => Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
const cpuMs = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
};
/** Processor time of one thread in us; the control thread is the process's first. */
const threadUs = (pid, thread = pid) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1000;
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
const median = (values) => quantile([...values].sort((a, b) => a - b), 0.5);
const id = (i) => `u${String(i).padStart(4, '0')}`;

/** Runs `make(i)` for all i, `width` at a time. */
async function many(count, width, make) {
  const all = [];
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < count) {
      const i = next++;
      all[i] = await make(i);
    }
  }));
  return all;
}

/** `send(text)` at the rate; members' sockets report texts to `arrived`. Returns figures of all deliveries. */
async function fanOut(pid, sockets, mark, end, send) {
  const sent = new Map();
  const delays = [];
  for (const socket of sockets) {
    watch(socket, Buffer.from(mark), end.charCodeAt(0), (text) => {
      const at = sent.get(text);
      if (at !== undefined) delays.push(performance.now() - at);
    });
  }
  const total = rate * seconds;
  const [before, begin, busy] = [cpuMs(pid), performance.now(), performance.eventLoopUtilization()];
  for (let i = 0; i < total; i++) {
    const text = `mark${i}`;
    sent.set(text, performance.now());
    await send(text);
    await sleep(Math.max(0, begin + ((i + 1) * 1000) / rate - performance.now()));
  }
  for (let waited = 0; delays.length < total * sockets.length && waited < 100; waited++) await sleep(100);
  delays.sort((a, b) => a - b);
  return {
    p50_ms: quantile(delays, 0.5), p99_ms: quantile(delays, 0.99), max_ms: delays.at(-1), deliveries: delays.length, wanted: total * sockets.length,
    cpu_us_per_delivery: ((cpuMs(pid) - before) * 1000) / delays.length, loader_busy: performance.eventLoopUtilization(busy).utilization,
  };
}

/** `write(writer, i)` resolves when a message is acknowledged. Returns messages per second. */
async function throughput(write) {
  const end = performance.now() + seconds * 1000;
  const begin = performance.now();
  let count = 0;
  await Promise.all(Array.from({ length: writers }, async (_, writer) => {
    for (let i = 0; performance.now() < end; i++, count++) await write(writer, i);
  }));
  return (count * 1000) / (performance.now() - begin);
}

// ---- Confab ----

function token(user) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ user_id: user, iat: now - 5, exp: now + 3600 })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** Accounts of clients, and after them of writers; without passwords, straight into the database: making 2,000 with Argon2id takes minutes. */
function addAccounts(data) {
  const script = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for i in range(int(sys.argv[2]) + int(sys.argv[3])):
    u = 'u%04d' % i
    db.execute("INSERT INTO users (id, name, role, created_at) VALUES (?, ?, ?, 1)", (u, u, 'admin' if i == 0 else 'user'))
    if i: db.execute("INSERT INTO conversations (id, customer_id, created_at, updated_at) VALUES (?, ?, 1, 1)", (u, u))
db.commit()`;
  execFileSync('python3', ['-c', script, path.join(data, 'confab.db'), String(clients), String(writers)]);
}

async function startConfab(data, port) {
  const [rtc, tcp] = [await freePort(), await freePort()];
  const child = spawn(path.join(root, 'build/confabd'), ['--data', data, '--listen', `127.0.0.1:${port}`, '--rtc-port', String(rtc), '--rtc-tcp-port', String(tcp), '--workers', '1', '--log-level', 'warn', '--message-rate', '0'], {
    stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, CONFAB_API_KEY: 'bench', CONFAB_API_SECRET: secret },
  });
  for (let tries = 0; ; tries++) {
    if (await fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.ok, () => false)) return child;
    if (tries > 200 || child.exitCode !== null) throw new Error('confabd does not start');
    await sleep(50);
  }
}

const stop = async (child, signal = 'SIGTERM') => {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
};

async function confab() {
  const data = path.join(folder, 'confab');
  const port = await freePort();
  let child = await startConfab(data, port);
  await stop(child);
  addAccounts(data);
  child = await startConfab(data, port);
  const group = { type: 'group', id: 'bench', name: 'Bench', members: Array.from({ length: members }, (_, i) => id(i)).slice(1) };
  const made = await (await httpConnection(port)).ask(post('/api/v1/channels', token(id(0)), group));
  if (made !== 201) throw new Error(`the channel was not made: ${made}`);
  await sleep(500);
  const before = memory(child.pid);
  const listener = benchClient(['listen', port, members, rate, seconds], `${Array.from({ length: clients }, (_, i) => token(id(i))).join('\n')}\n\n`);
  await listener.line();
  await sleep(2000);
  const idle = (memory(child.pid) - before) / clients;
  const cpuBefore = cpuMs(child.pid);
  listener.child.stdin.write('\n');
  const out = JSON.parse(await listener.line());
  out.cpu_us_per_delivery = ((cpuMs(child.pid) - cpuBefore) * 1000) / out.deliveries;

  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await durableRound(child.pid, port));
  listener.child.stdin.end();
  await stop(child);
  return { idle_kib: idle, fan_out: out, durable: Object.fromEntries(Object.keys(runs[0]).map((name) => [name, median(runs.map((run) => run[name]))])), rounds: runs };
}

/** One of bench_chat's modes: `line()` is the next line it prints. */
function benchClient(args, input) {
  const child = spawn(path.join(root, 'build/bench/bench_chat'), args.map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.write(input);
  return {
    child,
    line: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`bench_chat ${args[0]} has ended`);
      return value;
    },
  };
}

async function metrics(port) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return (name) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)[1]);
}

/** One way over the wire: its rate, and what it costs whom. */
async function overTheWire(pid, port, way) {
  const before = await metrics(port);
  const [cpu, control] = [cpuMs(pid), threadUs(pid)];
  const sender = benchClient(['send', port, seconds, way], Array.from({ length: writers }, (_, i) => `${id(clients + i)} ${token(id(clients + i))}\n`).join(''));
  sender.child.stdin.end();
  const { per_s, p50_ms: p50, p99_ms: p99, busy } = JSON.parse(await sender.line());
  const cores = (cpuMs(pid) - cpu) / (seconds * 1000);
  const control_us = (threadUs(pid) - control) / (per_s * seconds);
  const after = await metrics(port);
  const grown = (name) => after(name) - before(name);
  return { per_s, p50, p99, client_busy: busy, server_cores: cores, control_us, batch: Math.max(1, Math.round(grown('confab_store_writes_total') / grown('confab_store_transactions_total'))) };
}

/** Both ways in turn, and right after them the bare loops with as many in each transaction as the faster one had, and the store alone. */
async function durableRound(pid, port) {
  const ways = { http: await overTheWire(pid, port, 'http'), socket: await overTheWire(pid, port, 'socket') };
  const floor = (program, ...args) => Number(execFileSync(path.join(root, 'build/bench', program), [mkdtempSync(path.join(folder, 'floor-')), ...args.map(String)], { encoding: 'utf8' }));
  const short = Math.max(2, seconds / 2);
  const { batch } = ways.socket;
  const [row, message, store] = [floor('bench_commit', batch, short, 'row'), floor('bench_commit', batch, short, 'message'), floor('bench_store', writers, short)];
  const figures = { batch, row, message, store, store_of_message: store / message };
  for (const [way, one] of Object.entries(ways))
    for (const [name, value] of Object.entries({ ...one, of_row: one.per_s / row, of_message: one.per_s / message })) figures[`${way}_${name}`] = value;
  return figures;
}

// ---- Prosody ----

async function prosody() {
  const data = path.join(folder, 'prosody');
  mkdirSync(data);
  const port = await freePort();
  writeFileSync(path.join(data, 'prosody.cfg.lua'), `
run_as_root = true
pidfile = "${data}/prosody.pid"
data_path = "${data}"
network_backend = "epoll"
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
c2s_direct_tls_ports = {}
s2s_ports = {}
http_ports = {}
https_ports = {}
c2s_require_encryption = false
modules_enabled = { "saslauth", "disco", "ping" }
modules_disabled = { "s2s", "tls", "offline" }
storage = "internal"
archive_store = "archive"
sql = { driver = "SQLite3", database = "${data}/archive.sqlite" }
log = { warn = "*console" }
VirtualHost "anon.local"
  authentication = "anonymous"
Component "muc.local" "muc"
  modules_enabled = { "muc_mam" }
  storage = { muc_log = "sql" }
  muc_log_by_default = true
  muc_room_default_public = true
  muc_room_locking = false
  muc_room_default_presence_broadcast = { visitor = false, participant = false, moderator = false }
`);
  const child = spawn('prosody', ['--config', path.join(data, 'prosody.cfg.lua'), '-F'], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let tries = 0; ; tries++) {
    const up = await new Promise((resolve) => net.connect(port, '127.0.0.1').once('connect', function () { this.destroy(); resolve(true); }).once('error', () => resolve(false)));
    if (up) break;
    if (tries > 200 || child.exitCode !== null) throw new Error('prosody does not start');
    await sleep(50);
  }
  await sleep(500);
  const before = memory(child.pid);
  const streams = await many(clients, 50, () => xmppStream(port, 'anon.local'));
  for (const { socket } of streams) socket.on('data', () => {});
  await sleep(2000);
  const idle = (memory(child.pid) - before) / clients;
  const join = (stream, room, nick) => stream.ask(`<presence to='${room}@muc.local/${nick}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`, "<status code='110'");
  await many(members, 20, (i) => join(streams[i], 'bench', id(i)));
  const say = (stream, room, text) => stream.socket.write(`<message type='groupchat' to='${room}@muc.local'><body>${text}</body></message>`);
  const out = await fanOut(child.pid, streams.slice(0, members).map((s) => s.socket), '<body>', '<', async (text) => say(streams[0], 'bench', text));
  // one room for each writer; the archive has a message before the room reflects it
  const some = streams.slice(clients - writers);
  await many(writers, 8, (i) => join(some[i], `r${i}`, id(i)));
  const waiting = [];
  some.forEach(({ socket }, i) => watch(socket, Buffer.from('<body>'), '<'.charCodeAt(0), () => waiting[i]?.()));
  const text = 'x'.repeat(200);
  const busy = performance.eventLoopUtilization();
  const cpu = cpuMs(child.pid);
  const archived = await throughput((writer) => new Promise((resolve) => {
    waiting[writer] = resolve;
    say(some[writer], `r${writer}`, text);
  }));
  const result = { idle_kib: idle, fan_out: out, durable_per_s: archived, loader_busy: performance.eventLoopUtilization(busy).utilization, server_cores: (cpuMs(child.pid) - cpu) / (seconds * 1000) };
  for (const { socket } of streams) socket.destroy();
  await stop(child, 'SIGKILL');
  return result;
}

// ---- the table ----

/** Linux shares the processor among sessions first (autogroup): as root, server, client and bare loops come before other programs. */
function priority(nice) {
  try {
    writeFileSync('/proc/self/autogroup', String(nice));
  } catch {
    // not root, or a kernel without it
  }
}

const results = {};
try {
  priority(-20);
  if (servers.includes('confab')) results.confab = await confab();
  if (servers.includes('prosody') && existsSync('/usr/bin/prosody')) results.prosody = await prosody();
} finally {
  priority(0);
  rmSync(folder, { recursive: true, force: true });
}
const cell = (value, digits = 1) => (value === undefined ? '' : value.toFixed(digits));
console.log(`\n| ${clients.toLocaleString('en')} clients, a channel of ${members.toLocaleString('en')} | KiB per idle client | fan-out p50, p99, max ms | delivered | CPU-µs per delivery | acknowledged messages/s (${writers} writers) |\n|---|---|---|---|---|---|`);
for (const [name, r] of Object.entries(results))
  console.log(`| ${{ confab: 'Confab', prosody: 'Prosody 0.12, archive in SQLite' }[name]} | ${cell(r.idle_kib)} | ${cell(r.fan_out.p50_ms)}, ${cell(r.fan_out.p99_ms)}, ${cell(r.fan_out.max_ms)} | ${r.fan_out.deliveries} of ${r.fan_out.wanted} | ${cell(r.fan_out.cpu_us_per_delivery)} | ${r.durable ? `${cell(r.durable.http_per_s, 0)} over HTTP, ${cell(r.durable.socket_per_s, 0)} over the socket` : cell(r.durable_per_s, 0)} |`);
if (results.confab) {
  const d = results.confab.durable;
  console.log(`\n| durable messages, medians of ${rounds} rounds | messages/s | of \`message\` | of \`row\` | p50, p99 ms | in a transaction | server's cores | control thread, µs per message | client's cores |\n|---|---|---|---|---|---|---|---|---|`);
  for (const [way, name] of [['http', 'over HTTP'], ['socket', 'over the event socket']]) {
    const of = (figure, digits) => cell(d[`${way}_${figure}`], digits);
    console.log(`| ${name} | ${of('per_s', 0)} | ${of('of_message', 2)} | ${of('of_row', 2)} | ${of('p50')}, ${of('p99')} | ${of('batch', 0)} | ${of('server_cores', 2)} | ${of('control_us')} | ${of('client_busy', 2)} |`);
  }
  console.log(`| the store alone | ${cell(d.store, 0)} | ${cell(d.store_of_message, 2)} | | | | | | |`);
  console.log(`| bare loop, a message's rows and indexes (\`message\`) | ${cell(d.message, 0)} | 1 | | | ${cell(d.batch, 0)} | | | |`);
  console.log(`| bare loop, one row each (\`row\`) | ${cell(d.row, 0)} | | 1 | | ${cell(d.batch, 0)} | | | |`);
}
mkdirSync(path.join(root, 'bench/results'), { recursive: true });
writeFileSync(path.join(root, 'bench/results/chat.json'), `${JSON.stringify({ date: new Date().toISOString(), clients, members, rate, seconds, writers, rounds, results }, null, '\t')}\n`);
