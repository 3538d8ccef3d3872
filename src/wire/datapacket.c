/* SPDX-License-Identifier: Apache-2.0 */
/* See datapacket.h; field numbers are those of LiveKit's models. */
#include "wire/datapacket.h"

#include <string.h>

#include "base/limits.h"
#include "base/rd.h"

enum packet_field {
	PACKET_KIND = 1,
	PACKET_USER = 2,
	PACKET_SPEAKER = 3,
	PACKET_IDENTITY = 4,
	PACKET_DESTINATION = 5,
	PACKET_METRICS = 8,
	PACKET_SEQUENCE = 16,
	PACKET_SID = 17,
};

enum user_field {
	USER_SID = 1,
	USER_DESTINATION_SID = 3,
	USER_IDENTITY = 5,
	USER_DESTINATION = 6,
};

enum wire_type { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

struct field {
	uint32_t number;
	enum wire_type type;
	const uint8_t *start; /* with its tag */
	size_t size;
	struct rd body; /* BYTES */
	uint64_t value; /* VARINT */
};

static uint64_t read_varint(struct rd *r)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = rd_u8(r);

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	r->bad = true;
	return 0;
}

/* false at the end, or (with r->bad) when the rest is malformed. */
static bool next_field(struct rd *r, struct field *ret)
{
	if (rd_left(r) == 0)
		return false;
	const uint8_t *start = r->p;
	uint64_t tag = read_varint(r);
	struct field f = { .number = (uint32_t)(tag >> 3), .type = (enum wire_type)(tag & 7) };

	if (tag > UINT32_MAX || f.number == 0)
		r->bad = true;
	switch (f.type) {
	case VARINT:
		f.value = read_varint(r);
		break;
	case FIXED64:
		rd_skip(r, 8);
		break;
	case FIXED32:
		rd_skip(r, 4);
		break;
	case BYTES: {
		uint64_t n = read_varint(r);

		if (n > rd_left(r))
			r->bad = true;
		f.body = rd_sub(r, (size_t)n);
		break;
	}
	default: /* groups are not used, and need not be */
		r->bad = true;
		break;
	}
	if (r->bad)
		return false;
	f.start = start;
	f.size = (size_t)(r->p - start);
	*ret = f;
	return true;
}

static bool is_bytes(const struct field *f, uint32_t number)
{
	return f->number == number && f->type == BYTES;
}

static bool parse_user(struct datapacket *p, struct rd user)
{
	struct field f;

	while (next_field(&user, &f))
		p->old_destinations += is_bytes(&f, USER_DESTINATION) ||
				       is_bytes(&f, USER_DESTINATION_SID);
	return !user.bad;
}

bool datapacket_parse(struct datapacket *ret, const uint8_t *bytes, size_t n)
{
	struct datapacket p = { .bytes = bytes, .length = n };
	struct rd r = rd_of(bytes, n);
	struct field f;
	int users = 0;

	while (next_field(&r, &f)) {
		/* Merging several, as protobuf would, is nobody's use. */
		if (is_bytes(&f, PACKET_USER) && (users++ || !parse_user(&p, f.body)))
			return false;
		if (f.number == PACKET_SPEAKER || f.number == PACKET_METRICS)
			p.server_only = true;
		else if (f.number == PACKET_SEQUENCE && f.type == VARINT)
			p.sequence = (uint32_t)f.value;
		else
			p.destinations += is_bytes(&f, PACKET_DESTINATION);
	}
	if (r.bad || p.destinations + p.old_destinations > LIMIT_DATA_DESTINATIONS)
		return false;
	*ret = p;
	return true;
}

static bool is_text(const struct field *f, const char *text)
{
	size_t n = rd_left(&f->body);

	return n == strlen(text) && memcmp(f->body.p, text, n) == 0;
}

static bool user_names(struct rd user, const char *identity, const char *sid)
{
	struct field f;

	while (next_field(&user, &f)) {
		if ((is_bytes(&f, USER_DESTINATION) && is_text(&f, identity)) ||
		    (is_bytes(&f, USER_DESTINATION_SID) && is_text(&f, sid)))
			return true;
	}
	return false;
}

bool datapacket_is_for(const struct datapacket *p, const char *identity, const char *sid)
{
	struct rd r = rd_of(p->bytes, p->length);
	struct field f;

	if (p->destinations == 0 && p->old_destinations == 0)
		return true;
	while (next_field(&r, &f)) {
		if (p->destinations
			    ? is_bytes(&f, PACKET_DESTINATION) && is_text(&f, identity)
			    : is_bytes(&f, PACKET_USER) && user_names(f.body, identity, sid))
			return true;
	}
	return false;
}

/* ---- writing ---- */

static void write_varint(struct wr *w, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		wr_u8(w, (uint8_t)(value | 0x80));
	wr_u8(w, (uint8_t)value);
}

static void write_text(struct wr *w, uint32_t number, const char *text)
{
	if (!text || !text[0])
		return;
	write_varint(w, number << 3 | BYTES);
	write_varint(w, strlen(text));
	wr_bytes(w, text, strlen(text));
}

static size_t varint_size(uint64_t value)
{
	size_t n = 1;

	while (value >>= 7)
		n++;
	return n;
}

/* For field numbers below 16. */
static size_t text_size(const char *text)
{
	return text && text[0] ? 1 + varint_size(strlen(text)) + strlen(text) : 0;
}

static void write_user(struct wr *w, struct rd user, const struct datapacket_sender *sender)
{
	size_t size = text_size(sender->identity) + text_size(sender->sid);
	struct rd r = user;
	struct field f;

	while (next_field(&r, &f))
		size += f.number == USER_SID || f.number == USER_IDENTITY ? 0 : f.size;
	write_varint(w, PACKET_USER << 3 | BYTES);
	write_varint(w, size);
	write_text(w, USER_SID, sender->sid);
	while (next_field(&user, &f)) {
		if (f.number != USER_SID && f.number != USER_IDENTITY)
			wr_bytes(w, f.start, f.size);
	}
	write_text(w, USER_IDENTITY, sender->identity);
}

size_t datapacket_bound(const struct datapacket *p, const struct datapacket_sender *sender)
{
	enum { TAGS = 32 };

	/* once in the packet, once in its UserPacket */
	return p->length + 2 * (text_size(sender->identity) + text_size(sender->sid) + TAGS);
}

void datapacket_write(struct wr *w, const struct datapacket *p,
		      const struct datapacket_sender *sender)
{
	struct rd r = rd_of(p->bytes, p->length);
	struct field f;

	if (sender->lossy) { /* reliable is 0, which protobuf does not write */
		write_varint(w, PACKET_KIND << 3 | VARINT);
		write_varint(w, 1);
	}
	while (next_field(&r, &f)) {
		if (is_bytes(&f, PACKET_USER))
			write_user(w, f.body, sender);
		else if (f.number != PACKET_KIND && f.number != PACKET_IDENTITY &&
			 f.number != PACKET_SID && f.number != PACKET_SPEAKER)
			wr_bytes(w, f.start, f.size);
	}
	write_text(w, PACKET_IDENTITY, sender->identity);
	write_text(w, PACKET_SID, sender->sid);
}
