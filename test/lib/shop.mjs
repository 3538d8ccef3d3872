// SPDX-License-Identifier: Apache-2.0
// A shop on another site than the server: a plain page with one script element, under the strictest CSP that docs/widget.md
// says is enough.
import { once } from 'node:events';
import http from 'node:http';
import { signInByLink } from './app.mjs';
import { launchChromium, openPage } from './browser.mjs';
import { startConfabd } from './confabd.mjs';

/** The directives of docs/widget.md; everything else is forbidden. */
export function strictPolicy(server) {
	return [
		"default-src 'none'", `script-src ${server}`, `connect-src ${server} ${server.replace('http', 'ws')}`, `img-src 'self' ${server}`, `media-src ${server}`,
		"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
	].join('; ');
}

/** Listens on `localhost`: for browsers that is another site than 127.0.0.1. Returns {origin, set, close}. */
export async function startShop() {
	let page = '';
	let policy = '';
	let more = {};
	const server = http.createServer((request, response) => {
		if (request.url === '/favicon.ico') return response.writeHead(204).end();
		response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...(policy ? { 'content-security-policy': policy } : {}), ...more });
		response.end(page);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		origin: `http://localhost:${server.address().port}`,
		/** What the page is from now on; attributes: of the script element. */
		set(confab, { attributes = '', csp = strictPolicy(confab), html = '', headers = {} } = {}) {
			policy = csp;
			more = headers;
			page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>A shop</title><script src="${confab}/widget.js" async ${attributes}></script>
<h1>A shop</h1><p>Teapots, and nothing else.</p><form><label>Search <input name="q"></label></form>${html}`;
		},
		close: () => server.close(),
	};
}

/** The shop, the daemon behind its widget, a browser and somebody of the team who is signed in. options: of startConfabd; browser: of launchChromium. */
export async function openShop({ browser: how, ...options } = {}) {
	const scene = { guests: [] };
	scene.close = async () => {
		await scene.browser?.close();
		await scene.daemon?.stop();
		scene.shop?.close();
	};
	/** Somebody in the shop, in a browser of their own; page: of shop.set, context: of Playwright's newContext. */
	scene.visit = async (page = {}, context = {}) => {
		scene.shop.set(scene.daemon.url, page);
		const guest = await openPage(scene.browser, scene.shop.origin, context);
		scene.guests.push(guest);
		await guest.page.locator('confab-widget .launcher').waitFor();
		return guest;
	};
	/** Between two tests: nobody's console had an error, and the guests leave. */
	scene.rest = async () => {
		for (const guest of scene.guests.splice(0)) {
			guest.assertQuiet();
			await guest.context.close();
		}
		scene.admin.assertQuiet();
	};
	try {
		scene.shop = await startShop();
		scene.daemon = await startConfabd({ ...options, args: ['--widget-origin', scene.shop.origin, ...(options.args ?? [])] });
		scene.browser = await launchChromium(how);
		scene.admin = await signInByLink(scene.browser, scene.daemon.links.admin);
	} catch (error) {
		await scene.close();
		throw error;
	}
	return scene;
}
