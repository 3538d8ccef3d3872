// SPDX-License-Identifier: Apache-2.0
// A network namespace of our own with one real-looking address: Firefox gathers no loopback candidates.
import { execFileSync } from 'node:child_process';

const sh = (...args) => execFileSync(args[0], args.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });

/** Makes namespace `name` with lo up and a veth pair; returns {name, address, exec, remove}. Needs root. */
export function makeNamespace(name = `confab-test-${process.pid}`) {
	const address = '10.77.0.1';
	sh('ip', 'netns', 'add', name);
	const inside = (...args) => sh('ip', 'netns', 'exec', name, ...args);
	try {
		inside('sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1'); // no address may come later: browsers drop their connections then
		inside('ip', 'link', 'set', 'lo', 'up');
		inside('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
		inside('ip', 'addr', 'add', `${address}/24`, 'dev', 'v0');
		inside('ip', 'link', 'set', 'v0', 'up');
		inside('ip', 'link', 'set', 'v1', 'up');
		inside('ip', 'route', 'add', 'default', 'via', '10.77.0.2', 'dev', 'v0');
	} catch (error) {
		sh('ip', 'netns', 'del', name);
		throw error;
	}
	return { name, address, exec: inside, remove: () => sh('ip', 'netns', 'del', name) };
}
