// SPDX-License-Identifier: Apache-2.0
// Draws web/app/icons from web/app/favicon.svg, with Chromium: run it when the sign changes. usage: node tools/icons.mjs
import fs from 'node:fs';
import path from 'node:path';
import { launchChromium } from '../test/lib/browser.mjs';
import { root } from '../test/lib/confabd.mjs';

const sign = fs.readFileSync(path.join(root, 'web/app/favicon.svg'), 'utf8');
const [, ground] = /<rect[^>]*fill="(#\w+)"/.exec(sign);
const square = sign.replace(/ rx="\d+"/, '');
/** White on nothing, for Android's status bar, which takes the shape only. */
const shape = sign.replace(/<rect[^>]*\/>/, '').replaceAll(/<path ([^>]*)fill="#0f766e"\/>/g, '');

const browser = await launchChromium();
const page = await browser.newPage();
async function draw(name, size, svg, { background = 'transparent', part = 1 } = {}) {
	await page.setViewportSize({ width: size, height: size });
	await page.setContent(`<style>html, body { margin: 0; height: 100%; background: ${background} } svg { position: absolute; inset: ${(50 * (1 - part)).toFixed(2)}%; width: ${100 * part}%; height: ${100 * part}% }</style>${svg}`);
	await page.screenshot({ path: path.join(root, `web/app/icons/${name}.png`), omitBackground: true });
}
await draw('icon-192', 192, sign);
await draw('icon-512', 512, sign);
await draw('icon-180', 180, square); // iOS rounds it itself
await draw('maskable-512', 512, square, { background: ground, part: 0.8 }); // W3C Manifest: the inner 80 % is safe
await draw('badge-96', 96, shape, { part: 1.3 });
await browser.close();
