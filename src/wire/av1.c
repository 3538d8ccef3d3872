/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/av1.h"

enum {
	FORBIDDEN = 0x80,
	EXTENSION = 0x04,
	/* the aggregation header, RTP Payload Format For AV1 4.4 */
	Z = 0x80,
	Y = 0x40,
	W_SHIFT = 4,
	N = 0x08,
	/* the beginning of a frame header, AV1 5.9.2 */
	SHOW_EXISTING = 0x80,
	FRAME_TYPE = 0x60,
};

size_t av1_leb128_read(const uint8_t *bytes, size_t n, size_t *ret)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n && i < AV1_LEB128_MAX; i++) {
		value |= (uint64_t)(bytes[i] & 0x7f) << (7 * i);
		if (bytes[i] & 0x80)
			continue;
		if (value > UINT32_MAX)
			return 0;
		*ret = (size_t)value;
		return i + 1;
	}
	return 0;
}

size_t av1_leb128_length(size_t value)
{
	size_t n = 1;

	while (value >>= 7)
		n++;
	return n;
}

size_t av1_leb128_write(uint8_t ret[AV1_LEB128_MAX], size_t value)
{
	size_t n = av1_leb128_length(value);

	for (size_t i = 0; i < n; i++, value >>= 7)
		ret[i] = (uint8_t)((value & 0x7f) | (i + 1 < n ? 0x80 : 0));
	return n;
}

bool av1_obu_parse(struct av1_obu *ret, const uint8_t *bytes, size_t n)
{
	struct av1_obu o = { 0 };
	size_t size = 0, length;

	if (n == 0 || bytes[0] & FORBIDDEN)
		return false;
	o.type = (enum av1_obu_type)(bytes[0] >> 3 & 0xf);
	o.header[0] = (uint8_t)(bytes[0] & ~AV1_HAS_SIZE);
	o.header_length = bytes[0] & EXTENSION ? 2 : 1;
	if (n < o.header_length)
		return false;
	if (o.header_length == 2)
		o.header[1] = bytes[1];
	length = n - o.header_length;
	if (bytes[0] & AV1_HAS_SIZE) {
		size = av1_leb128_read(bytes + o.header_length, length, &o.length);
		if (!size || o.length > length - size)
			return false;
	} else {
		o.length = length;
	}
	o.payload = bytes + o.header_length + size;
	o.total = o.header_length + size + o.length;
	*ret = o;
	return true;
}

bool av1_is_key_unit(const uint8_t *bytes, size_t n)
{
	struct av1_obu o;

	for (bool sequence = false; av1_obu_parse(&o, bytes, n); bytes += o.total, n -= o.total) {
		sequence |= o.type == AV1_SEQUENCE_HEADER;
		if (o.type == AV1_FRAME || o.type == AV1_FRAME_HEADER)
			return sequence && o.length > 0 &&
			       !(o.payload[0] & (SHOW_EXISTING | FRAME_TYPE));
	}
	return false;
}

bool av1_payload_begin(struct av1_payload *p, const uint8_t *bytes, size_t n)
{
	if (n < 2)
		return false;
	*p = (struct av1_payload){ .at = bytes + 1,
				   .end = bytes + n,
				   .left = bytes[0] >> W_SHIFT & 3,
				   .continued = bytes[0] & Z,
				   .unfinished = bytes[0] & Y,
				   .starts = bytes[0] & N,
				   .first = true };
	return true;
}

bool av1_payload_next(struct av1_payload *p, struct av1_element *ret)
{
	size_t left = (size_t)(p->end - p->at), n = left, size = 0;

	if (left == 0 || p->bad)
		return false;
	/* with W the last one has no length */
	if (p->left != 1) {
		size = av1_leb128_read(p->at, left, &n);
		p->bad = !size || n > left - size || (p->left > 1 && n == left - size);
		if (p->bad)
			return false;
	}
	*ret = (struct av1_element){ .bytes = p->at + size,
				     .length = n,
				     .continues = p->first && p->continued };
	p->at += size + n;
	ret->goes_on = p->at == p->end && p->unfinished;
	p->left -= p->left > 0;
	p->first = false;
	return true;
}
