// SPDX-License-Identifier: Apache-2.0
// livekit-client in Chromium and in Firefox, and @livekit/rtc-node, with two peer connections each (/rtc).
import { insideNamespace } from '../lib/inside.mjs';
import { runMatrix } from '../lib/scenarios.mjs';

runMatrix('two peer connections', await insideNamespace(import.meta.url));
