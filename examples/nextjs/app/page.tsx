// SPDX-License-Identifier: Apache-2.0
import { Room } from './Room';

// the addresses are read when the page is asked for, not when it is built
export const dynamic = 'force-dynamic';

export default function Page() {
  return (
    <main>
      <Room serverUrl={process.env.CONFAB_URL ?? 'http://localhost:8080'} apiKey={process.env.CONFAB_API_KEY ?? ''} />
    </main>
  );
}
