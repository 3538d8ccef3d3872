// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkify } from '../src/chat/links.ts';

const links = (text: string) => linkify(text).flatMap(({ href }) => href ?? []);
const shown = (text: string) => linkify(text).map((piece) => piece.text).join('');

test('the pieces are the whole text, in order', () => {
  for (const text of ['', 'no link', 'https://a.example', 'see https://a.example, or http://b.example/x?y=1#z now', 'a\nwww.b.example/c d']) {
    assert.equal(shown(text), text);
  }
  assert.deepEqual(links('see https://a.example, or http://b.example/x?y=1#z now'), ['https://a.example', 'http://b.example/x?y=1#z']);
  assert.deepEqual(links('HTTPS://A.example/B and Www.c.example'), ['HTTPS://A.example/B', 'https://Www.c.example']);
});

test('what ends the sentence is not part of the address; its own brackets are', () => {
  for (const [text, link] of [
    ['(see https://a.example/x).', 'https://a.example/x'],
    ['https://a.example/a_(b)', 'https://a.example/a_(b)'],
    ['(https://a.example/a_(b))!', 'https://a.example/a_(b)'],
    ['[https://a.example/x[1]]', 'https://a.example/x[1]'],
    ['{https://a.example/}', 'https://a.example/'],
    ['https://a.example/x...', 'https://a.example/x'],
    ['*https://a.example/x*', 'https://a.example/x'],
    ['“https://a.example/x”', 'https://a.example/x'],
    ['«https://a.example/x»', 'https://a.example/x'],
    ['请看https://a.example/x。谢谢', 'https://a.example/x'],
    ['（https://a.example/x）', 'https://a.example/x'],
    ['انظر https://a.example/x؟', 'https://a.example/x'],
    ['https://a.example/x?q=(', 'https://a.example/x?q=('],
    ['https://a.example/?', 'https://a.example/'],
    ['<https://a.example/"onclick=x>', 'https://a.example/'],
  ] as const) assert.deepEqual(links(text), [link], text);
});

test('nothing but http and https is a link, and nothing inside of something else', () => {
  for (const text of [
    'javascript:alert(1)', 'JaVaScRiPt://a.example/%0aalert(1)', 'data:text/html,x', 'file:///etc/passwd', 'ftp://a.example', 'vbscript:x',
    'https://', 'http://[', 'https://?x', 'https:// a.example', 'www.', 'www.a', 'www.a.', 'xwww.a.example', 'me@www.a.example', 'javascript://www.a.example',
    'blob:https://a.example/x'.slice(0, 5), '//a.example', 'ahttps://a.example',
  ]) assert.deepEqual(links(text), [], text);
});

test('an address made to deceive is no link', () => {
  for (const text of ['https://shop.example@evil.example/', 'https://shop.example:443@evil.example', 'https://%20@evil.example', 'www.shop.example@evil.example']) assert.deepEqual(links(text), [], text);
  // what is shown is where it leads
  for (const [text, visible] of [
    ['https://аррӏе.com/x', 'https://xn--80ak6aa92e.com/x'], // all Cyrillic
    ['https://pаypal.com', 'https://xn--pypal-4ve.com'], // one Cyrillic letter
    ['https://ｇｏｏｇｌｅ.com/', 'https://google.com/'], // full width
    ['https://goog%6ce.com/a', 'https://google.com/a'],
    ['https://2130706433/', 'https://127.0.0.1/'],
    ['https://ɡoogle.com', 'https://xn--oogle-qmc.com'], // Latin small script g
    ['https://faceboоk.com:8443/x', 'https://xn--facebok-fjg.com:8443/x'],
    ['www.аррӏе.com', 'www.xn--80ak6aa92e.com'],
    ['https://google.comノlogin.example', `https://${new URL('https://google.comノlogin.example').host}`],
  ] as const) {
    assert.equal(shown(text), visible, text);
    const { href } = linkify(text)[0] ?? {};
    assert.equal(new URL(href as string).host, new URL(text.startsWith('www') ? `https://${text}` : text).host);
  }
});

test('names in one script stay readable', () => {
  for (const text of ['https://münchen.example/straße', 'https://пример.example', 'https://παράδειγμα.example', 'https://例え.example', 'https://예시.example', 'https://مثال.example', 'https://דוגמה.example', 'https://xn--mnchen-3ya.example', 'https://[::1]:8080/x', 'https://a.example:8080', 'http://localhost/']) {
    assert.equal(shown(text), text);
    assert.equal(links(text).length, 1, text);
  }
});

test('invisible characters end an address', () => {
  for (const mark of ['\u202e', '\u2066', '\u200b', '\u200f', '\u2060', '\ufeff', '\u0000', '\u00ad', '\u3164', '\u2028']) {
    assert.deepEqual(links(`https://a.example/x${mark}gpj.exe`), ['https://a.example/x'], JSON.stringify(mark));
  }
});

test('a hostile message takes no time', () => {
  const started = performance.now();
  for (const text of ['https://a.example/' + ')'.repeat(50_000), 'https://' + '('.repeat(50_000), 'www.'.repeat(12_500), 'https://a.b '.repeat(4000), 'h'.repeat(50_000), 'https://a.example/' + '().'.repeat(15_000)]) linkify(text);
  assert.ok(performance.now() - started < 5000); // quadratic would be minutes
});
