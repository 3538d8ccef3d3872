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

/** [{method, pattern, access, flags}], one for each method; access as x-access of api/openapi.yaml has it. */
export const routes = [...source.matchAll(/^\t\{ (HTTP_[\w| ]+?),\s+((?:"[^"]*"|[A-Z]+)(?: "[^"]*")?),\s+\w+(?:,\s+ACCESS_(\w+))?(?:,\s+([\w| ]+?))? \},/gm)].flatMap(([, methods, pattern, access, flags]) =>
	methods.split('|').map((method) => ({
		method: method.trim().replace('HTTP_', ''),
		pattern: expand(pattern),
		access: (access ?? 'none').toLowerCase().replace('_', '-'),
		flags: (flags ?? '').split('|').map((flag) => flag.trim().replace('ROUTE_', '')),
	})));

/** Rows of the table, however they are written: what the pattern above misses is noticed. */
export const rowCount = [...source.matchAll(/^\t\{ HTTP_/gm)].length;
