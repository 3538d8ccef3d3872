// SPDX-License-Identifier: Apache-2.0
/** The page that the worker shows when the app cannot be loaded: it says so, and loads the app when the server answers again. */
import type { PushTexts } from '../texts/push/en.ts';

/** As the app's own pages (tokens.css), whose files are not to be had. */
const STYLE = `:root{color-scheme:light dark;--ground:#f4f5f7;--text:#15181d;--soft:#565e6b;--focus:#0f766e;font:15px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}
@media (prefers-color-scheme:dark){:root{--ground:#0f1115;--text:#eceff3;--soft:#a4adba;--focus:#4fd1c2}}
body{margin:0;min-height:100vh;display:grid;place-content:center;padding:24px;box-sizing:border-box;text-align:center;background:var(--ground);color:var(--text)}
main{max-width:26rem}svg{width:56px;height:56px}h1{margin:16px 0 6px;font-size:1.375rem;letter-spacing:-.01em}p{margin:0;color:var(--soft);text-wrap:balance}
button{margin-top:20px;min-height:44px;padding:0 18px;border:0;border-radius:12px;background:#0f766e;color:#fff;font:inherit;font-weight:600;cursor:pointer}
button:focus-visible{outline:3px solid var(--focus);outline-offset:2px}`;

/** Logo.tsx once more. */
const LOGO =
  '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9" fill="#0f766e"/><path fill="#fff" d="M8 9.5A2.5 2.5 0 0 1 10.5 7h11A2.5 2.5 0 0 1 24 9.5v8a2.5 2.5 0 0 1-2.5 2.5H15l-4.2 4.1c-.5.5-1.300.1-1.300-.6V20A2.500 2.500 0 0 1 8 17.500z"/><path fill="#0f766e" d="M12 11.600c0-.6.4-1 1-1h4c.6 0 1 .4 1 1v4c0 .6-.4 1-1 1h-4c-.6 0-1-.4-1-1zm6.900 1.400 1.700-1.200c.3-.2.7 0 .7.4v2.800c0 .4-.4.6-.7.4l-1.700-1.200z"/></svg>';

/** No file of the app's, and nothing from anywhere else. */
const POLICY = "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The network may be back before the server is, and a server may go and come without a word of the network. */
const ASK_MS = 3000;

/** 503: what is asked for is not there now, and nobody keeps this in its place. */
export function offlinePage({ language, texts }: { language: string; texts: PushTexts }): Response {
  const html = `<!doctype html><html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${texts.unreachable}</title><style>${STYLE}</style>
<main>${LOGO}<h1>${texts.unreachable}</h1><p>${texts.unreachableHint}</p><button type="button">${texts.tryAgain}</button></main>
<script>const again=()=>location.reload();addEventListener('online',again);document.querySelector('button').onclick=again;
setInterval(()=>document.hidden||fetch('/healthz',{cache:'no-store'}).then(({ok})=>ok&&again(),()=>{}),${ASK_MS})</script>`;
  return new Response(html, {
    status: 503,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-store' },
  });
}
