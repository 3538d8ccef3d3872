// SPDX-License-Identifier: Apache-2.0
// The daemon's route table, read from its source: so that a new route cannot be missed by the tests that go through all.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './confabd.mjs';

const source = fs.readFileSync(path.join(root, 'src/control/routes.c'), 'utf8');
const macros = {};
for (const [, name, text] of source.matchAll(/^#define (\w+)\s+(.+)$/gm)) macros[name] = expand(text);

/** C string literals and macros side by side. */
function expand(text) {
	return [...text.matchAll(/"([^"]*)"|(\w+)/g)].map(([, literal, name]) => literal ?? macros[name]).join('');
}

/** [{method, pattern, flags}], one for each method. */
export const routes = [...source.matchAll(/^\t\{ (HTTP_[\w| ]+?),\s+((?:"[^"]*"|[A-Z]+)(?: "[^"]*")?),\s+\w+,\s+([\w| ]+?) \},/gm)].flatMap(([, methods, pattern, flags]) =>
	methods.split('|').map((method) => ({
		method: method.trim().replace('HTTP_', ''),
		pattern: expand(pattern),
		flags: flags.split('|').map((flag) => flag.trim().replace('ROUTE_', '')),
	})));
