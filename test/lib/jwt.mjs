// SPDX-License-Identifier: Apache-2.0
// JWTs made by hand, good and forged.
import crypto from 'node:crypto';
import { apiSecret } from './confabd.mjs';

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export function sign(claims, { header = { alg: 'HS256', typ: 'JWT' }, secret = apiSecret, hash = 'sha256' } = {}) {
	const text = `${part(header)}.${part(claims)}`;
	return `${text}.${crypto.createHmac(hash, secret).update(text).digest('base64url')}`;
}

export const unsigned = (claims, alg = 'none') => `${part({ alg, typ: 'JWT' })}.${part(claims)}.`;

export const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

export const now = () => Math.floor(Date.now() / 1000);
