/* SPDX-License-Identifier: Apache-2.0 */
#include "control/files/kind.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/rd.h"
#include "base/utf8.h"

/* What stands at `offset` of such a file (WHATWG MIME Sniffing 6). */
static const struct signature {
	const char *kind;
	unsigned offset, length;
	const char *bytes;
} signatures[] = {
	{ "image/jpeg", 0, 3, "\xff\xd8\xff" },
	{ "image/png", 0, 8, "\x89PNG\r\n\x1a\n" },
	{ "image/gif", 0, 6, "GIF87a" },
	{ "image/gif", 0, 6, "GIF89a" },
	{ "image/webp", 8, 6, "WEBPVP" },
	{ "audio/wav", 8, 4, "WAVE" },
	{ "audio/ogg", 0, 5, "OggS\0" },
	{ "audio/mpeg", 0, 3, "ID3" },
	{ "video/webm", 0, 4, "\x1a\x45\xdf\xa3" },
	{ "video/mp4", 4, 4, "ftyp" },
	{ "application/pdf", 0, 5, "%PDF-" },
	{ "application/zip", 0, 4, "PK\3\4" },
	{ "application/gzip", 0, 3, "\x1f\x8b\x08" },
};

static bool is_text(const uint8_t *bytes, size_t n)
{
	if (!utf8_is_valid((const char *)bytes, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (bytes[i] == 0 || (bytes[i] < ' ' && !strchr("\t\n\r\f", bytes[i])))
			return false;
	return n > 0;
}

static bool holds(const void *bytes, size_t n, const char *word)
{
	return memmem(bytes, n, word, strlen(word)) != NULL;
}

/* RFC 9559 5.1.4.1.21: codec ids tell sound (A_) from pictures (V_); they stand near the front. */
static bool webm_is_sound(const void *bytes, size_t n)
{
	enum { HEAD = 8192 };

	n = n < HEAD ? n : HEAD;
	return (holds(bytes, n, "A_OPUS") || holds(bytes, n, "A_VORBIS")) &&
	       !holds(bytes, n, "V_VP") && !holds(bytes, n, "V_AV1") && !holds(bytes, n, "V_MPEG");
}

/* ISO/IEC 14496-12 8.4.3: each track's handler: 'soun', 'vide', … */
static bool mp4_is_sound(const void *bytes, size_t n)
{
	enum { HANDLER = 12, HANDLER_END = 16 }; /* of a hdlr box, from its type */
	const char *at = bytes, *end = at + n;
	bool sound = false;

	while ((at = memmem(at, (size_t)(end - at), "hdlr", 4)) && end - at >= HANDLER_END) {
		if (memcmp(at + HANDLER, "vide", 4) == 0)
			return false;
		sound |= memcmp(at + HANDLER, "soun", 4) == 0;
		at += HANDLER_END;
	}
	return sound;
}

/* Two containers hold sound or pictures or both, and begin alike. */
static const char *sound_or_picture(const char *kind, const void *bytes, size_t n)
{
	if (strcmp(kind, "video/webm") == 0 && webm_is_sound(bytes, n))
		return "audio/webm";
	if (strcmp(kind, "video/mp4") == 0 && mp4_is_sound(bytes, n))
		return "audio/mp4";
	return kind;
}

const char *file_kind(const void *bytes, size_t n)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < countof(signatures); i++) {
		const struct signature *s = &signatures[i];

		if (n >= s->offset + s->length && memcmp(at + s->offset, s->bytes, s->length) == 0)
			return sound_or_picture(s->kind, bytes, n);
	}
	return is_text(bytes, n) ? "text/plain; charset=utf-8" : "application/octet-stream";
}

bool file_is_inline(const char *kind)
{
	return strncmp(kind, "image/", 6) == 0 || strncmp(kind, "audio/", 6) == 0 ||
	       strncmp(kind, "video/", 6) == 0;
}

/* ITU-T T.81 B.2.2: the first frame header, SOF0…15 but for the tables among them. */
static bool jpeg_size(struct rd r, uint32_t *ret_width, uint32_t *ret_height)
{
	rd_skip(&r, 2);
	while (!r.bad) {
		uint8_t fill = rd_u8(&r), marker = rd_u8(&r);

		if (fill != 0xff)
			return false;
		if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
		    marker != 0xcc) {
			rd_skip(&r, 3); /* length, precision */
			*ret_height = rd_be16(&r);
			*ret_width = rd_be16(&r);
			return !r.bad;
		}
		uint16_t length = rd_be16(&r);
		if (length < 2)
			return false;
		rd_skip(&r, length - 2u);
	}
	return false;
}

static uint32_t le(struct rd *r, unsigned bytes)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value |= (uint32_t)rd_u8(r) << 8 * i;
	return value;
}

/* WebP container specification: VP8X, VP8L (lossless) or VP8 (RFC 6386 9.1). */
static bool webp_size(struct rd r, uint32_t *ret_width, uint32_t *ret_height)
{
	rd_skip(&r, 12);
	const uint8_t *type = rd_take(&r, 4);
	rd_skip(&r, 4);
	if (!type)
		return false;
	if (memcmp(type, "VP8X", 4) == 0) {
		rd_skip(&r, 4);
		*ret_width = le(&r, 3) + 1;
		*ret_height = le(&r, 3) + 1;
	} else if (memcmp(type, "VP8L", 4) == 0) {
		rd_skip(&r, 1);
		uint32_t bits = le(&r, 4);
		*ret_width = (bits & 0x3fff) + 1;
		*ret_height = (bits >> 14 & 0x3fff) + 1;
	} else {
		rd_skip(&r, 6);
		*ret_width = le(&r, 2) & 0x3fff;
		*ret_height = le(&r, 2) & 0x3fff;
	}
	return !r.bad;
}

bool file_image_size(const char *kind, const void *bytes, size_t n, uint32_t *ret_width,
		     uint32_t *ret_height)
{
	struct rd r = rd_of(bytes, n);
	uint32_t width = 0, height = 0;
	bool good = false;

	if (strcmp(kind, "image/jpeg") == 0) {
		good = jpeg_size(r, &width, &height);
	} else if (strcmp(kind, "image/png") == 0) {
		rd_skip(&r, 16); /* signature, length and type of IHDR */
		width = rd_be32(&r);
		height = rd_be32(&r);
		good = !r.bad;
	} else if (strcmp(kind, "image/gif") == 0) {
		rd_skip(&r, 6);
		width = le(&r, 2);
		height = le(&r, 2);
		good = !r.bad;
	} else if (strcmp(kind, "image/webp") == 0) {
		good = webp_size(r, &width, &height);
	}
	if (!good || width == 0 || height == 0 || width > 65535 || height > 65535)
		return false;
	*ret_width = width;
	*ret_height = height;
	return true;
}
