// SPDX-License-Identifier: Apache-2.0
// Disks for tests: one that is small (a tmpfs in a mount namespace of its own), and one that fails (faults.c, preloaded).
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildFolder } from './confabd.mjs';

/**
 * A file system that only processes started with `prefix` see at `folder`; `outside` is the same folder for everybody
 * else. It always has `megabytes` of room beside what is stored on it, until `fill` takes the room away: a run may be as
 * long as it likes, and runs out when it is told to. It stays over restarts of what runs on it. Needs root.
 */
export async function smallDisk(megabytes) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-small-'));
	const script = `mount -t tmpfs -o size=${megabytes}m none ${folder} && echo ready && exec sleep infinity`;
	const holder = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [first] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit').then(([code]) => [`ended with ${code}`])]);
	if (!String(first).startsWith('ready')) throw new Error(`no small disk: ${first} (root is needed)`);
	const outside = path.join('/proc', String(holder.pid), 'root', folder);
	const filler = path.join(outside, 'filler');
	const prefix = ['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`, '--'];
	return {
		folder,
		outside,
		prefix,
		/** Takes all the room but `spare` bytes. */
		fill(spare = 0) {
			const { bavail, bsize } = fs.statfsSync(outside);
			const room = bavail * bsize - spare;
			if (room <= 0) return;
			try {
				fs.appendFileSync(filler, Buffer.alloc(room));
			} catch (error) {
				if (error.code !== 'ENOSPC') throw error; // the daemon was quicker: full all the same
			}
		},
		/** Gives it back, and as much as was written meanwhile. */
		free() {
			fs.rmSync(filler, { force: true });
			const { blocks, bfree, bsize } = fs.statfsSync(outside);
			const size = (blocks - bfree) * bsize + megabytes * 2 ** 20;
			execFileSync(prefix[0], [...prefix.slice(1), 'mount', '-o', `remount,size=${size}`, folder]);
		},
		async remove() {
			holder.kill('SIGKILL');
			if (holder.exitCode === null && holder.signalCode === null) await once(holder, 'exit');
			fs.rmdirSync(folder);
		},
	};
}

const KINDS = { none: 0, sync: 1, write: 2, full: 3, media: 4, control: 5 };

/** What makes a daemon's disk fail, or its threads stand still: give `env` to it. */
export function failingDisk() {
	const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'confab-faults-')), 'control');
	fs.writeFileSync(file, Buffer.alloc(16));
	const write = (at, value) => {
		const bytes = Buffer.alloc(4);
		bytes.writeInt32LE(value);
		const fd = fs.openSync(file, 'r+');
		fs.writeSync(fd, bytes, 0, 4, at);
		fs.closeSync(fd);
	};
	return {
		env: {
			LD_PRELOAD: path.join(buildFolder, 'test/lib/libfaults.so'),
			CONFAB_FAULTS: file,
			ASAN_OPTIONS: [process.env.ASAN_OPTIONS, 'verify_asan_link_order=0'].filter(Boolean).join(':'), // it likes to be first
		},
		/** From the call after `left` more on, every call of the kind fails. `media` and `control`: that thread stands still for `left` ms, once, or until goOn. */
		set(kind, left = 0) {
			write(4, left);
			write(0, KINDS[kind]);
		},
		goOn: () => write(4, 0),
		/** The server's clock on the wall is so many minutes ahead. */
		shiftClock: (minutes) => write(12, minutes),
		failed: () => fs.readFileSync(file).readUInt32LE(8),
		remove: () => fs.rmSync(path.dirname(file), { recursive: true }),
	};
}
