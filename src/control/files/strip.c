/* SPDX-License-Identifier: Apache-2.0 */
#include "control/files/strip.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/rd.h"

/* Reads from `r` and writes what is kept to the same memory, behind what was read. */
struct kept {
	uint8_t *bytes;
	size_t length;
};

static void keep(struct kept *k, const uint8_t *from, size_t n)
{
	memmove(k->bytes + k->length, from, n);
	k->length += n;
}

static void keep_rest(struct kept *k, const struct rd *r)
{
	keep(k, r->p, (size_t)(r->end - r->p));
}

/* ---- JPEG ---- */

static uint32_t tiff_int(struct rd *r, bool little, unsigned bytes)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value |= (uint32_t)rd_u8(r) << 8 * (little ? i : bytes - 1 - i);
	return value;
}

/* TIFF 6.0: tag 274 of the first directory. 1 (upright) when there is none. */
static uint8_t exif_orientation(struct rd segment)
{
	enum { ORIENTATION = 274, TYPE_SHORT = 3 };
	const uint8_t *id = rd_take(&segment, 6);
	struct rd tiff = segment;
	const uint8_t *order = rd_take(&segment, 2);

	if (!id || memcmp(id, "Exif\0\0", 6) != 0 || !order)
		return 1;
	bool little = order[0] == 'I';
	rd_skip(&segment, 2);
	uint32_t directory = tiff_int(&segment, little, 4);
	rd_skip(&tiff, directory);
	uint32_t count = tiff_int(&tiff, little, 2);
	for (uint32_t i = 0; i < count && !tiff.bad; i++) {
		uint32_t tag = tiff_int(&tiff, little, 2), type = tiff_int(&tiff, little, 2);
		rd_skip(&tiff, 4);
		uint32_t value = tiff_int(&tiff, little, 2);
		rd_skip(&tiff, 2);
		if (tag == ORIENTATION && type == TYPE_SHORT && !tiff.bad && value >= 1 &&
		    value <= 8)
			return (uint8_t)value;
	}
	return 1;
}

enum { ORIENTATION_SEGMENT = 36 };

/* An Exif segment with the orientation and nothing else; takes no more room than the one that it
 * replaces, `n` bytes, or is left out. */
static void keep_orientation(struct kept *k, uint8_t orientation, size_t n)
{
	const uint8_t segment[ORIENTATION_SEGMENT] = {
		0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M',	       0, 42, 0, 0, 0, 8,
		0,    1,    1, 18, 0,	3,   0,	  0,   0, 1, 0,	  orientation, 0, 0,  0, 0, 0, 0
	};

	if (orientation != 1 && n >= sizeof segment)
		keep(k, segment, sizeof segment);
}

/* JFIF (APP0), ICC profile (APP2), Adobe's colour transform (APP14) matter for the picture. */
static bool jpeg_is_metadata(uint8_t marker, const uint8_t *body, size_t n)
{
	enum { APP0 = 0xe0, APP2 = 0xe2, APP14 = 0xee, APP15 = 0xef, COM = 0xfe };

	if (marker == COM)
		return true;
	if (marker < APP0 || marker > APP15 || marker == APP0 || marker == APP14)
		return false;
	return marker != APP2 || n < 12 || memcmp(body, "ICC_PROFILE", 12) != 0;
}

static size_t strip_jpeg(uint8_t *bytes, size_t n)
{
	enum { APP1 = 0xe1, SOS = 0xda, SEGMENT_HEAD = 4 };
	struct kept k = { .bytes = bytes, .length = 2 };
	struct rd r = rd_of(bytes + 2, n - 2);

	while (rd_left(&r) >= SEGMENT_HEAD) {
		struct rd head = r;
		uint8_t fill = rd_u8(&head), marker = rd_u8(&head);
		uint16_t length = rd_be16(&head);

		if (fill != 0xff || marker == SOS || length < 2 || rd_left(&r) < 2u + length)
			break; /* the picture itself, or nothing that can be followed */
		const uint8_t *segment = rd_take(&r, 2u + length);
		size_t body = length - 2u;
		if (marker == APP1)
			keep_orientation(&k, exif_orientation(rd_of(segment + SEGMENT_HEAD, body)),
					 2u + length);
		if (!jpeg_is_metadata(marker, segment + SEGMENT_HEAD, body))
			keep(&k, segment, 2u + length);
	}
	keep_rest(&k, &r);
	return k.length;
}

/* ---- PNG and WebP: chunks ---- */

static bool is_one_of(const uint8_t *type, const char *list)
{
	for (; *list; list += 4)
		if (memcmp(type, list, 4) == 0)
			return true;
	return false;
}

/* PNG (third edition) 11.3: text, time and Exif chunks; each has its own checksum. */
static size_t strip_png(uint8_t *bytes, size_t n)
{
	enum { SIGNATURE = 8, AROUND = 12 };
	struct kept k = { .bytes = bytes, .length = SIGNATURE };
	struct rd r = rd_of(bytes + SIGNATURE, n - SIGNATURE);

	while (rd_left(&r) >= AROUND) {
		struct rd head = r;
		uint32_t length = rd_be32(&head);

		if (length > rd_left(&r) - AROUND)
			break;
		const uint8_t *chunk = rd_take(&r, AROUND + (size_t)length);
		if (!is_one_of(chunk + 4, "tEXtzTXtiTXttIMEeXIf"))
			keep(&k, chunk, AROUND + (size_t)length);
	}
	keep_rest(&k, &r);
	return k.length;
}

static void put_le32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* RIFF: chunks of even length; the container's length and the flags of VP8X say what is there. */
static size_t strip_webp(uint8_t *bytes, size_t n)
{
	enum { RIFF_HEAD = 12, CHUNK_HEAD = 8, FLAG_EXIF = 8, FLAG_XMP = 4 };
	struct kept k = { .bytes = bytes, .length = RIFF_HEAD };
	struct rd r = rd_of(bytes + RIFF_HEAD, n - RIFF_HEAD);

	while (rd_left(&r) >= CHUNK_HEAD) {
		struct rd head = r;
		rd_skip(&head, 4);
		uint32_t length = tiff_int(&head, true, 4);
		size_t whole = CHUNK_HEAD + (size_t)length + (length & 1);

		if (whole > rd_left(&r))
			break;
		const uint8_t *chunk = rd_take(&r, whole);
		if (is_one_of(chunk, "EXIFXMP "))
			continue;
		size_t at = k.length;
		keep(&k, chunk, whole);
		if (is_one_of(k.bytes + at, "VP8X") && length >= 1)
			k.bytes[at + CHUNK_HEAD] &= (uint8_t) ~(FLAG_EXIF | FLAG_XMP);
	}
	keep_rest(&k, &r);
	put_le32(bytes + 4, (uint32_t)(k.length - 8));
	return k.length;
}

size_t file_strip(const char *kind, void *bytes, size_t n)
{
	enum { SMALLEST = 12 }; /* of any of the three that has something in it */

	if (n < SMALLEST)
		return n;
	if (strcmp(kind, "image/jpeg") == 0)
		return strip_jpeg(bytes, n);
	if (strcmp(kind, "image/png") == 0)
		return strip_png(bytes, n);
	if (strcmp(kind, "image/webp") == 0)
		return strip_webp(bytes, n);
	return n;
}
