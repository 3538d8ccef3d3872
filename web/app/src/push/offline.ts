// SPDX-License-Identifier: Apache-2.0
/** The page that the worker shows when the app cannot be loaded: it says so, and loads the app when the network is back. */
import type { PushTexts } from '../texts/push/en.ts';

const STYLE = `:root{color-scheme:light dark;font:17px/1.5 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-content:center;padding:24px;box-sizing:border-box;text-align:center;background:Canvas;color:CanvasText}
main{max-width:28rem}h1{font-size:1.4rem}button{font:inherit;padding:10px 20px;min-height:44px}`;

/** No file of the app's, and nothing from anywhere else. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** 503: what is asked for is not there now, and nobody keeps this in its place. */
export function offlinePage({ language, texts }: { language: string; texts: PushTexts }): Response {
  const html = `<!doctype html><html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${texts.unreachable}</title><style>${STYLE}</style>
<main><h1>${texts.unreachable}</h1><p>${texts.unreachableHint}</p><p><button type="button">${texts.tryAgain}</button></p></main>
<script>const again=()=>location.reload();addEventListener('online',again);document.querySelector('button').onclick=again</script>`;
  return new Response(html, {
    status: 503,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-store' },
  });
}
