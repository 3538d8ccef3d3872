// SPDX-License-Identifier: Apache-2.0
// api/openapi.yaml as a checker: every JSON answer of the daemon goes through here.
import fs from 'node:fs';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import YAML from 'yaml';
import { root } from './confabd.mjs';

const document = YAML.parse(fs.readFileSync(path.join(root, 'api/openapi.yaml'), 'utf8'), { merge: true });
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(document, 'api');

const routes = Object.entries(document.paths).map(([pattern, item]) => ({
	pattern,
	match: new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`),
	item,
}));

function checker(pointer) {
	return ajv.getSchema(`api#${pointer}`) ?? ajv.compile({ $ref: `api#${pointer}` });
}

const escape = (text) => text.replace(/~/g, '~0').replace(/\//g, '~1');

/** Throws when an answer is not what the contract says for this method, path and status. */
export function checkAnswer(method, pathname, status, body) {
	const route = routes.find((candidate) => candidate.match.test(pathname));
	if (!route) throw new Error(`${pathname} is not in api/openapi.yaml`);
	const operation = route.item[method.toLowerCase()];
	let pointer = '/components/schemas/Error';
	if (operation?.responses[status]) {
		pointer = `/paths/${escape(route.pattern)}/${method.toLowerCase()}/responses/${status}/content/${escape('application/json')}/schema`;
	} else if (status < 400) {
		throw new Error(`${method} ${pathname} answered ${status}, which is not in api/openapi.yaml`);
	}
	const check = checker(pointer);
	if (!check(body)) {
		throw new Error(`${method} ${pathname} ${status} breaks the contract: ${ajv.errorsText(check.errors)}\n${JSON.stringify(body)}`);
	}
	if (status >= 400 && body.status_code !== status) throw new Error(`status ${status}, but the body says ${body.status_code}`);
}

/** Throws when a frame that a client sends on the event socket is not what the contract says. */
export function checkClientFrame(frame) {
	const check = checker('/components/schemas/ClientFrame');
	if (!check(frame)) throw new Error(`frame breaks the contract: ${ajv.errorsText(check.errors)}\n${JSON.stringify(frame)}`);
}

/** Throws when a frame of the event socket is not what the contract says. */
export function checkEvent(frame) {
	const check = checker('/components/schemas/Event');
	if (!check(frame)) throw new Error(`event breaks the contract: ${ajv.errorsText(check.errors)}\n${JSON.stringify(frame)}`);
}
