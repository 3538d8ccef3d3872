/* SPDX-License-Identifier: Apache-2.0 */
/* Is this text UTF-8 (RFC 3629: no overlong forms, surrogates,
 * or code points over U+10FFFF)? Pure, any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the valid sequence at p (n >= 1 bytes are there), 0 when there is none. */
static inline size_t utf8_sequence(const uint8_t *p, size_t n)
{
	size_t length = p[0] < 0x80		      ? 1
			: p[0] >= 0xc2 && p[0] < 0xe0 ? 2
			: (p[0] & 0xf0) == 0xe0	      ? 3
						      : 4;

	if (length > n || (length == 4 && (p[0] < 0xf0 || p[0] > 0xf4)))
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return length;
}

/* How many bytes from the start on are whole characters: to cut a text. */
static inline size_t utf8_prefix(const char *text, size_t n)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t length, done = 0;

	while (done < n && (length = utf8_sequence(p + done, n - done)) > 0)
		done += length;
	return done;
}

static inline bool utf8_is_valid(const char *text, size_t n)
{
	return utf8_prefix(text, n) == n;
}
