// SPDX-License-Identifier: Apache-2.0
/**
 * User tokens, made on the server: the secret never leaves it. This example believes whoever asks. A real application
 * looks at its own session here, and gives everybody a token for themselves only.
 */
import { createHmac } from 'node:crypto';

const LIFE_S = 3600;

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function userToken(userId: string, secret: string): string {
  const now = Math.floor(Date.now() / 1000) - 5; // clocks differ a little
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ user_id: userId, iat: now, exp: now + LIFE_S })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export async function POST(request: Request): Promise<Response> {
  const secret = process.env.CONFAB_API_SECRET;
  if (!secret) return Response.json({ error: 'CONFAB_API_SECRET is not set.' }, { status: 500 });
  const { userId } = (await request.json()) as { userId?: unknown };
  if (typeof userId !== 'string' || !/^[a-z0-9@_-]{1,64}$/.test(userId)) {
    return Response.json({ error: 'A user ID is 1 to 64 of a-z 0-9 @ _ -' }, { status: 400 });
  }
  return Response.json({ token: userToken(userId, secret), userId }, { headers: { 'Cache-Control': 'no-store' } });
}
