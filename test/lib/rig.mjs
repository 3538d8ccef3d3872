// SPDX-License-Identifier: Apache-2.0
// The link rig: a server, a router and clients in network namespaces of their own, with the link emulator of
// test/netns/wan.c between each client and the router.
//
//   [client a] ── wan ── ┐
//   [client b] ── wan ── ┤ router: NAT, firewall ── [server: confabd]
//
// Needs root. Everything it makes goes with close(), also when a test fails.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { buildFolder, startConfabd } from './confabd.mjs';
import { chromiumPath, launchChromium } from './browser.mjs';

const sh = (...words) => execFileSync(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
const words = (line) => line.split(' ');

class Namespace {
	constructor(name) {
		this.name = name;
		sh('ip', 'netns', 'add', name);
		// A link's own IPv6 address would come a second later, and Chromium drops its connections when an address comes.
		this.run('sysctl -qw net.ipv6.conf.default.disable_ipv6=1');
		this.run('ip link set lo up');
	}

	/** Runs a command line (words without blanks in them) inside. */
	run(line) {
		return sh('ip', 'netns', 'exec', this.name, ...words(line));
	}

	/** One end of a veth pair; checksums are made at once, since an emulator passes frames on as they are. */
	up(device, address) {
		this.run(`ethtool -K ${device} tx off gso off tso off gro off`);
		if (address) this.run(`ip addr add ${address}/24 dev ${device}`);
		this.run(`ip link set ${device} up`);
	}

	remove() {
		sh('ip', 'netns', 'del', this.name);
	}
}

/** The link of one client; see test/netns/wan.c for the settings. */
class Link {
	#waiting = [];

	constructor(air, a, b, seed) {
		const program = path.join(buildFolder, 'test/netns/wan');
		this.child = spawn('ip', ['netns', 'exec', air.name, program, a, b, String(seed)], { stdio: ['pipe', 'pipe', 'inherit'] });
		this.exited = once(this.child, 'exit');
		readline.createInterface({ input: this.child.stdout }).on('line', (line) => this.#waiting.shift()?.(line));
		this.ready = this.#answer();
	}

	#answer() {
		const line = new Promise((resolve) => this.#waiting.push(resolve));
		return Promise.race([line, this.exited.then(() => Promise.reject(new Error('the link emulator ended')))]);
	}

	async #command(text) {
		const answer = this.#answer();
		this.child.stdin.write(`${text}\n`);
		const line = await answer;
		if (line.startsWith('error')) throw new Error(`wan: ${line}`);
		return line;
	}

	/** Sets the link: `up` is from the client to the server. What is not named is perfect. */
	async set({ up = {}, down = {} } = {}) {
		const text = (settings) => Object.entries(settings).map(([key, value]) => ` ${key}=${Number(value)}`).join('');
		await this.#command(`ab${text(up)}`);
		await this.#command(`ba${text(down)}`);
	}

	/** The same both ways. */
	async both(settings = {}) {
		await this.set({ up: settings, down: settings });
	}

	/** Counters since the start: {ab: {sent, lost, …}, ba, late_us}. */
	async stats() {
		return JSON.parse(await this.#command('stats'));
	}

	async close() {
		this.child.stdin.end();
		await this.exited;
	}
}

class Client extends Namespace {
	/** Its link to the router: device `eth`; number: its subnet. */
	constructor(rig, label, number) {
		super(`${rig.prefix}-${label}`);
		const { router } = rig;
		this.rig = rig;
		this.label = label;
		this.subnet = `10.78.${10 + number}`;
		this.last = 2;
		rig.air.run(`ip link add ${label}0 type veth peer name eth netns ${this.name}`);
		rig.air.run(`ip link add ${label}1 type veth peer name ${label}gw netns ${router.name}`);
		rig.air.up(`${label}0`);
		rig.air.up(`${label}1`);
		router.up(`${label}gw`, `${this.subnet}.1`);
		this.run('sysctl -qw net.ipv4.conf.all.promote_secondaries=1');
		this.up('eth', this.address);
		this.run(`ip route add default via ${this.subnet}.1`);
	}

	get address() {
		return `${this.subnet}.${this.last}`;
	}

	/**
	 * The client's address changes, as from one network to another: the new one is there `soft` ms before the old one
	 * goes. Systems of phones then end the old address's TCP connections (SOCK_DESTROY); told: here, too.
	 */
	async changeAddress({ soft = 0, told = true } = {}) {
		const before = this.address;
		const add = () => {
			this.last++;
			this.run(`ip addr add ${this.address}/24 dev eth`);
		};
		if (soft) {
			add();
			await new Promise((resolve) => setTimeout(resolve, soft));
		}
		if (told) this.run(`ss -K src ${before}`);
		this.run(`ip addr del ${before}/24 dev eth`);
		if (!soft) add();
		this.run(`ip route replace default via ${this.subnet}.1`);
	}

	/** Without a link, as with the plug pulled: the system knows it, and the browser is told. */
	unplug(out = true) {
		this.run(`ip link set eth ${out ? 'down' : 'up'}`);
		if (!out) this.run(`ip route replace default via ${this.subnet}.1`);
	}

	/** UDP of this client is dropped on the router, both ways. */
	blockUdp(on = true) {
		this.rig.router.run(`nft flush chain ip rig block-${this.label}`);
		if (on) this.rig.router.run(`nft add rule ip rig block-${this.label} meta l4proto udp counter drop`);
	}

	/** The router forgets the NAT's mappings of this client: its next packets come from another port. */
	rebind() {
		this.rig.router.run(`conntrack -D -p udp --orig-src ${this.address}`);
	}

	/** A Chromium inside. */
	async chromium(options = {}) {
		const wrapper = path.join(this.rig.folder, `chromium-${this.label}`);
		fs.writeFileSync(wrapper, `#!/bin/sh\nexec ip netns exec ${this.name} ${chromiumPath} "$@"\n`, { mode: 0o755 });
		const browser = await launchChromium({ ...options, executablePath: wrapper });
		this.rig.closers.unshift(() => browser.close());
		return browser;
	}
}

export class Rig {
	closers = [];

	/** clients: their labels, one letter each; nat: the router translates their addresses; seed: of all chance. */
	static async open({ clients = ['a', 'b'], nat = false, seed = 1 } = {}) {
		const rig = new Rig();
		try {
			await rig.#build(clients, nat, seed);
		} catch (error) {
			await rig.close();
			throw error;
		}
		return rig;
	}

	#add(namespace) {
		this.closers.push(() => namespace.remove());
		return namespace;
	}

	async #build(clients, nat, seed) {
		this.prefix = `cf${process.pid}`;
		this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-rig-'));
		this.closers.push(() => fs.rmSync(this.folder, { recursive: true }));
		this.router = this.#add(new Namespace(`${this.prefix}-r`));
		// The emulators' own: without an address, so that nothing passes but through them, not even an answer to ARP.
		this.air = this.#add(new Namespace(`${this.prefix}-w`));
		this.server = this.#add(new Namespace(`${this.prefix}-s`));
		this.address = '10.78.1.2';
		this.router.run(`ip link add s0 type veth peer name eth netns ${this.server.name}`);
		this.router.up('s0', '10.78.1.1');
		this.server.up('eth', this.address);
		this.server.run('ip route add default via 10.78.1.1');
		this.router.run('sysctl -qw net.ipv4.ip_forward=1');
		this.router.run('nft add table ip rig');
		this.router.run('nft add chain ip rig forward { type filter hook forward priority 0 ; }');
		if (nat) {
			this.router.run('nft add chain ip rig nat { type nat hook postrouting priority 100 ; }');
			this.router.run('nft add rule ip rig nat oifname s0 masquerade random,fully-random');
		}
		for (const [i, label] of clients.entries()) {
			const client = this.#add(new Client(this, label, i));
			this[label] = client;
			this.router.run(`nft add chain ip rig block-${label}`);
			this.router.run(`nft add rule ip rig forward iifname ${label}gw jump block-${label}`);
			this.router.run(`nft add rule ip rig forward oifname ${label}gw jump block-${label}`);
			client.link = new Link(this.air, `${label}0`, `${label}1`, seed + 2 * i);
			this.closers.unshift(() => client.link.close());
			await client.link.ready;
		}
	}

	/** A confabd in the server's namespace. */
	async confabd(options = {}) {
		const daemon = await startConfabd({ host: this.address, rtcIps: [this.address], netns: this.server.name, demo: false, ...options });
		this.closers.unshift(() => daemon.stop());
		return daemon;
	}

	/** Ends what runs and removes the namespaces. The first error is thrown, after all was tried. */
	async close() {
		const errors = [];
		for (const close of this.closers.splice(0)) await Promise.resolve().then(close).catch((error) => errors.push(error));
		if (errors.length) throw errors[0];
	}
}
