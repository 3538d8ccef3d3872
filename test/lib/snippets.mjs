// SPDX-License-Identifier: Apache-2.0
// The code in the documents, as whoever copies it from there gets it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './confabd.mjs';

/** All documents: paths below the root. */
export const documents = () =>
	execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n').filter((file) => fs.existsSync(path.join(root, file)));

export const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');

/** The fenced blocks of a document that name a language: [{file, line (of the first line of code), language, text}]. */
export function snippets(file) {
	const found = [];
	let open;
	for (const [i, line] of read(file).split('\n').entries()) {
		const fence = /^( *)```(.*)$/.exec(line);
		if (open && fence) {
			if (open.language) found.push({ file, line: open.line, language: open.language, text: open.lines.join('\n') });
			open = undefined;
		} else if (fence) {
			open = { indent: fence[1].length, language: fence[2].trim(), line: i + 2, lines: [] };
		} else {
			open?.lines.push(line.slice(open.indent));
		}
	}
	return found;
}

/** The only block of a document in a language that has these words in it. */
export function snippet(file, language, words) {
	const found = snippets(file).filter((s) => s.language === language && s.text.includes(words));
	if (found.length !== 1) throw new Error(`${file} has ${found.length} blocks of ${language} with '${words}'`);
	return found[0];
}
