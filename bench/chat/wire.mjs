// SPDX-License-Identifier: Apache-2.0
// Lean connections for bench/chat.mjs: the client must not be the bottleneck. A WebSocket and an XMPP stream over plain
// sockets, and HTTP requests that are made once and sent many times. No parsing beyond what is measured.
import net from 'node:net';

const connect = (port) =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve(socket);
    });
  });

/** Calls `seen(text)` with what stands between `mark` and the next `end` byte, once for each; keeps what is cut off. */
export function watch(socket, mark, end, seen) {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    const bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let at; (at = bytes.indexOf(mark, from)) >= 0; ) {
      const stop = bytes.indexOf(end, at + mark.length);
      if (stop < 0) break;
      seen(bytes.latin1Slice(at + mark.length, stop));
      from = stop;
    }
    const open = bytes.indexOf(mark, from);
    rest = Buffer.from(bytes.subarray(open >= 0 ? open : Math.max(from, bytes.length - mark.length)));
  });
}

/** Resolves with everything read once it holds `mark`; also drops what comes later when nobody listens. */
const until = (socket, mark) =>
  new Promise((resolve, reject) => {
    let text = '';
    const onData = (chunk) => {
      text += chunk.toString('latin1');
      if (!text.includes(mark)) return;
      socket.off('data', onData);
      resolve(text);
    };
    socket.on('data', onData);
    socket.once('close', () => reject(new Error(`closed before ${mark}: ${text.slice(0, 300)}`)));
  });

function textFrame(text) {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.from([0x81, 0x80 | payload.length]) : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, Buffer.alloc(4), payload]); // a mask of zeros
}

/** An event socket of Confab, connected with a user token. Pings are answered. */
export async function eventSocket(port, token) {
  const socket = await connect(port);
  const upgraded = until(socket, '\r\n\r\n');
  socket.write('GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
  await upgraded;
  const ready = until(socket, 'connection.ok');
  socket.write(textFrame(JSON.stringify({ type: 'connect', token })));
  await ready;
  // a ping stands at the beginning of a packet unless the server is busy; a missed one is followed by another in 15 s
  socket.on('data', (chunk) => {
    if (chunk[0] === 0x89) socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | (chunk[1] & 127)]), Buffer.alloc(4), chunk.subarray(2, 2 + (chunk[1] & 127))]));
  });
  return socket;
}

/** A keep-alive connection: `ask(request)` resolves with the status of the answer. */
export async function httpConnection(port) {
  const socket = await connect(port);
  let done, text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    const head = text.indexOf('\r\n\r\n');
    const length = head < 0 ? NaN : Number(/content-length: (\d+)/i.exec(text)?.[1]);
    if (!(text.length >= head + 4 + length)) return;
    const status = Number(text.slice(9, 12));
    text = '';
    done(status);
  });
  return {
    socket,
    ask: (request) =>
      new Promise((resolve) => {
        done = resolve;
        socket.write(request);
      }),
  };
}

export function post(path, token, body) {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** An XMPP stream, signed in anonymously and bound (RFC 6120). */
export async function xmppStream(port, host) {
  const socket = await connect(port);
  const open = `<?xml version='1.0'?><stream:stream to='${host}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`;
  const ask = async (text, mark) => {
    const answer = until(socket, mark);
    socket.write(text);
    return answer;
  };
  await ask(open, '</stream:features>');
  await ask("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>", '<success');
  await ask(open, '</stream:features>');
  const bound = await ask("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", '</iq>');
  return { socket, ask, jid: /<jid>([^<]+)</.exec(bound)[1] };
}
