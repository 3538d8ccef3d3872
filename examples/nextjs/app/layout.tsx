// SPDX-License-Identifier: Apache-2.0
import '@confab/react/styles.css';
import './page.css';
import type { ReactNode } from 'react';

export const metadata = { title: 'Confab in Next.js' };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
