/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing of STUN Binding messages (RFC 8489). See stun.h. Way: peer/ice.c ▸ [stun.c]
 */
#include "wire/stun.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "wire/stun_parts.h"

enum {
	COOKIE = 0x2112a442,
	FINGERPRINT_XOR = 0x5354554e,
	INTEGRITY_SIZE = 4 + STUN_HMAC_LENGTH,
	FINGERPRINT_SIZE = 8,
	FAMILY_IPV4 = 1,
	FAMILY_IPV6 = 2,
};

uint32_t stun_crc32(const void *bytes, size_t n)
{
	/* Four bits at a time: messages are short and 64 bytes of table stay in the cache. */
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const uint8_t *p = bytes;
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

bool stun_read_address(struct sockaddr_storage *ret, const uint8_t tid[STUN_TID_LENGTH],
		       struct rd r)
{
	uint8_t mask[16] = { 0x21, 0x12, 0xa4, 0x42 };

	memcpy(mask + 4, tid, STUN_TID_LENGTH);
	rd_skip(&r, 1);
	uint8_t family = rd_u8(&r);
	uint16_t port = rd_be16(&r) ^ (uint16_t)(COOKIE >> 16);
	size_t size = family == FAMILY_IPV4 ? 4 : 16;
	const uint8_t *in = rd_take(&r, size);

	if (!in || rd_left(&r) || (family != FAMILY_IPV4 && family != FAMILY_IPV6))
		return false;
	uint8_t address[16];
	for (size_t i = 0; i < size; i++)
		address[i] = in[i] ^ mask[i];
	memset(ret, 0, sizeof *ret);
	if (family == FAMILY_IPV4) {
		struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };

		memcpy(&v4.sin_addr, address, 4);
		memcpy(ret, &v4, sizeof v4);
	} else {
		struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

		memcpy(&v6.sin6_addr, address, 16);
		memcpy(ret, &v6, sizeof v6);
	}
	return true;
}

static bool parse_mapped(struct stun_msg *m, struct rd r)
{
	m->has_mapped = stun_read_address(&m->mapped, m->tid, r);
	return m->has_mapped;
}

bool stun_read_error(uint16_t *ret, struct rd r)
{
	rd_skip(&r, 2);
	uint8_t class = rd_u8(&r) & 7;
	uint8_t number = rd_u8(&r);

	if (r.bad || class < 3 || class > 6 || number > 99)
		return false;
	*ret = (uint16_t)(class * 100 + number);
	return true;
}

static bool parse_role(struct stun_msg *m, struct rd r, enum stun_role role)
{
	if (rd_left(&r) != 8)
		return false;
	m->role = role;
	m->tie_breaker = rd_be64(&r);
	return true;
}

static bool parse_username(struct stun_msg *m, struct rd r)
{
	if (rd_left(&r) == 0 || rd_left(&r) > STUN_USERNAME_MAX)
		return false;
	m->username = r.p;
	m->username_length = (uint16_t)rd_left(&r);
	return true;
}

static void note_unknown(struct stun_msg *m, uint16_t type)
{
	if (type < 0x8000 && m->unknown_count < STUN_UNKNOWN_MAX)
		m->unknown[m->unknown_count++] = type;
}

/* One attribute before MESSAGE-INTEGRITY. Only the first of a kind counts (RFC 8489 14). */
static bool take_attribute(void *message, uint16_t type, struct rd r)
{
	struct stun_msg *m = message;

	switch (type) {
	case A_USERNAME:
		return m->username || parse_username(m, r);
	case A_XOR_MAPPED_ADDRESS:
		return m->has_mapped || parse_mapped(m, r);
	case A_ERROR_CODE:
		return m->error_code || stun_read_error(&m->error_code, r);
	case A_PRIORITY:
		if (rd_left(&r) != 4)
			return false;
		if (!m->has_priority)
			m->priority = rd_be32(&r);
		m->has_priority = true;
		return true;
	case A_USE_CANDIDATE:
		m->use_candidate = true;
		return rd_left(&r) == 0;
	case A_ICE_CONTROLLED:
		return m->role || parse_role(m, r, STUN_ROLE_CONTROLLED);
	case A_ICE_CONTROLLING:
		return m->role || parse_role(m, r, STUN_ROLE_CONTROLLING);
	case A_MAPPED_ADDRESS:
	case A_UNKNOWN_ATTRIBUTES:
	case A_REALM:
	case A_NONCE:
	case A_MESSAGE_INTEGRITY_SHA256:
		return true; /* understood, of no use here */
	default:
		note_unknown(m, type);
		return true;
	}
}

static enum stun_result read_header(struct stun_walk *w, const void *bytes, size_t n,
				    uint8_t ret_tid[STUN_TID_LENGTH])
{
	struct rd r = rd_of(bytes, n);

	*w = (struct stun_walk){ .start = bytes };
	w->type = rd_be16(&r);
	uint16_t length = rd_be16(&r);
	uint32_t cookie = rd_be32(&r);
	const uint8_t *tid = rd_take(&r, STUN_TID_LENGTH);

	if (!tid)
		return STUN_SHORT;
	if (cookie != COOKIE || w->type & 0xc000)
		return STUN_NOT_STUN;
	if (rd_left(&r) != length || length & 3)
		return STUN_SHORT;
	memcpy(ret_tid, tid, STUN_TID_LENGTH);
	w->rest = r;
	return STUN_OK;
}

/* MESSAGE-INTEGRITY, FINGERPRINT, or what comes after the first. */
static enum stun_result walk_end(struct stun_walk *w, const uint8_t *at, uint16_t type,
				 struct rd value)
{
	if (type == A_FINGERPRINT) {
		uint32_t crc = stun_crc32(w->start, (size_t)(at - w->start)) ^ FINGERPRINT_XOR;

		if (rd_left(&value) != 4 || rd_left(&w->rest) || rd_be32(&value) != crc)
			return STUN_BAD_FINGERPRINT;
		w->has_fingerprint = true;
	} else if (!w->integrity_at) { /* behind it: not covered by the HMAC, so not said */
		if (rd_left(&value) != STUN_HMAC_LENGTH)
			return STUN_BAD_ATTRIBUTE;
		w->integrity_at = (uint16_t)(at - w->start);
	}
	return STUN_OK;
}

enum stun_result stun_walk(struct stun_walk *w, const void *bytes, size_t n,
			   uint8_t ret_tid[STUN_TID_LENGTH], stun_take_fn *take, void *message)
{
	enum stun_result result = read_header(w, bytes, n, ret_tid);

	while (result == STUN_OK && rd_left(&w->rest)) {
		const uint8_t *at = w->rest.p;
		uint16_t type = rd_be16(&w->rest);
		uint16_t length = rd_be16(&w->rest);
		struct rd value = rd_sub(&w->rest, length);

		rd_skip(&w->rest, -(unsigned)length & 3);
		if (w->rest.bad || value.bad)
			result = STUN_BAD_ATTRIBUTE;
		else if (w->integrity_at || type == A_FINGERPRINT || type == A_MESSAGE_INTEGRITY)
			result = walk_end(w, at, type, value);
		else if (!take(message, type, value))
			result = STUN_BAD_ATTRIBUTE;
	}
	return result;
}

enum stun_result stun_parse(struct stun_msg *ret, const void *bytes, size_t n)
{
	struct stun_msg m = { 0 };
	struct stun_walk w;
	enum stun_result result = stun_walk(&w, bytes, n, m.tid, take_attribute, &m);

	if (result != STUN_OK)
		return result;
	m.type = w.type;
	m.has_fingerprint = w.has_fingerprint;
	m.integrity_at = w.integrity_at;
	*ret = m;
	return STUN_OK;
}

const char *stun_local_ufrag(const struct stun_msg *m, size_t *ret_length)
{
	const uint8_t *colon = m->username ? memchr(m->username, ':', m->username_length) : NULL;

	if (!colon)
		return NULL;
	*ret_length = (size_t)(colon - m->username);
	return (const char *)m->username;
}

size_t stun_integrity_input(const struct stun_msg *m, const void *bytes, void *ret, size_t capacity)
{
	if (!m->integrity_at || m->integrity_at > capacity)
		return 0;
	memcpy(ret, bytes, m->integrity_at);
	/* As if MESSAGE-INTEGRITY were the last attribute (RFC 8489 14.5). */
	put_be16((uint8_t *)ret + 2,
		 (uint16_t)(m->integrity_at + INTEGRITY_SIZE - STUN_HEADER_LENGTH));
	return m->integrity_at;
}

const uint8_t *stun_integrity(const struct stun_msg *m, const void *bytes)
{
	return m->integrity_at ? (const uint8_t *)bytes + m->integrity_at + 4 : NULL;
}

void stun_write_header(struct wr *w, uint16_t type, const uint8_t tid[STUN_TID_LENGTH])
{
	wr_be16(w, type);
	wr_be16(w, 0); /* length: stun_write_end */
	wr_be32(w, COOKIE);
	wr_bytes(w, tid, STUN_TID_LENGTH);
}

void stun_write_attribute(struct wr *w, uint16_t type, const void *value, size_t n)
{
	wr_be16(w, type);
	wr_be16(w, (uint16_t)n);
	wr_bytes(w, value, n);
	wr_zero(w, -n & 3);
}

int stun_write_end(struct stun_out *ret, struct wr *w, size_t capacity, bool integrity)
{
	size_t hash_length = wr_len(w);

	if (integrity) {
		wr_be16(w, A_MESSAGE_INTEGRITY);
		wr_be16(w, STUN_HMAC_LENGTH);
		wr_zero(w, STUN_HMAC_LENGTH);
	}
	if (w->bad)
		return -ENOBUFS;
	*ret = (struct stun_out){ .bytes = w->start, .length = wr_len(w), .capacity = capacity };
	put_be16(w->start + 2, (uint16_t)(ret->length - STUN_HEADER_LENGTH));
	if (integrity) {
		ret->hash_length = hash_length;
		ret->hmac = w->start + hash_length + 4;
	}
	return 0;
}

int stun_write_address(struct wr *w, uint16_t type, const uint8_t tid[STUN_TID_LENGTH],
		       const struct sockaddr_storage *address)
{
	uint8_t value[20] = { 0 };
	uint8_t mask[16] = { 0x21, 0x12, 0xa4, 0x42 };
	uint16_t port;
	size_t size;

	memcpy(mask + 4, tid, STUN_TID_LENGTH);
	if (address->ss_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, address, sizeof v4);
		memcpy(value + 4, &v4.sin_addr, size = 4);
		port = ntohs(v4.sin_port);
		value[1] = FAMILY_IPV4;
	} else if (address->ss_family == AF_INET6) {
		struct sockaddr_in6 v6;

		memcpy(&v6, address, sizeof v6);
		memcpy(value + 4, &v6.sin6_addr, size = 16);
		port = ntohs(v6.sin6_port);
		value[1] = FAMILY_IPV6;
	} else {
		return -EINVAL;
	}
	put_be16(value + 2, port ^ (uint16_t)(COOKIE >> 16));
	for (size_t i = 0; i < size; i++)
		value[4 + i] ^= mask[i];
	stun_write_attribute(w, type, value, 4 + size);
	return 0;
}

int stun_write_success(struct stun_out *ret, void *bytes, size_t capacity,
		       const uint8_t tid[STUN_TID_LENGTH], const struct sockaddr_storage *mapped)
{
	struct wr w = wr_of(bytes, capacity);

	stun_write_header(&w, STUN_BINDING_SUCCESS, tid);
	int r = stun_write_address(&w, A_XOR_MAPPED_ADDRESS, tid, mapped);
	return r < 0 ? r : stun_write_end(ret, &w, capacity, true);
}

static const char *reason_of(enum stun_error_code code)
{
	switch (code) {
	case STUN_BAD_REQUEST:
		return "Bad Request";
	case STUN_UNAUTHENTICATED:
		return "Unauthenticated";
	case STUN_UNKNOWN_ATTRIBUTE:
		return "Unknown Attribute";
	case STUN_ROLE_CONFLICT:
		return "Role Conflict";
	}
	return "";
}

void stun_write_error_code(struct wr *w, unsigned code, const char *reason)
{
	uint8_t value[64] = { 0, 0, (uint8_t)(code / 100), (uint8_t)(code % 100) };
	size_t n = strlen(reason); /* ours: short */

	memcpy(value + 4, reason, n);
	stun_write_attribute(w, A_ERROR_CODE, value, 4 + n);
}

void stun_write_unknown(struct wr *w, const uint16_t *types, size_t n)
{
	uint8_t list[2 * STUN_UNKNOWN_MAX];

	for (size_t i = 0; i < n; i++)
		put_be16(list + 2 * i, types[i]);
	stun_write_attribute(w, A_UNKNOWN_ATTRIBUTES, list, 2 * n);
}

int stun_write_error(struct stun_out *ret, void *bytes, size_t capacity,
		     const struct stun_msg *request, enum stun_error_code code, bool integrity)
{
	struct wr w = wr_of(bytes, capacity);

	if ((unsigned)code < 300 || (unsigned)code > 699)
		return -EINVAL;
	stun_write_header(&w, STUN_BINDING_ERROR, request->tid);
	stun_write_error_code(&w, (unsigned)code, reason_of(code));
	if (code == STUN_UNKNOWN_ATTRIBUTE)
		stun_write_unknown(&w, request->unknown, request->unknown_count);
	return stun_write_end(ret, &w, capacity, integrity);
}

int stun_write_request(struct stun_out *ret, void *bytes, size_t capacity,
		       const struct stun_request *request)
{
	struct wr w = wr_of(bytes, capacity);
	uint8_t number[8];

	if (request->username_length > STUN_USERNAME_MAX)
		return -EINVAL;
	stun_write_header(&w, STUN_BINDING_REQUEST, request->tid);
	stun_write_attribute(&w, A_USERNAME, request->username, request->username_length);
	put_be32(number, request->priority);
	stun_write_attribute(&w, A_PRIORITY, number, 4);
	if (request->role != STUN_ROLE_NONE) {
		put_be32(number, (uint32_t)(request->tie_breaker >> 32));
		put_be32(number + 4, (uint32_t)request->tie_breaker);
		stun_write_attribute(&w,
				     request->role == STUN_ROLE_CONTROLLING ? A_ICE_CONTROLLING
									    : A_ICE_CONTROLLED,
				     number, 8);
	}
	if (request->use_candidate)
		stun_write_attribute(&w, A_USE_CANDIDATE, NULL, 0);
	return stun_write_end(ret, &w, capacity, true);
}

int stun_finish(struct stun_out *out)
{
	uint8_t *at = out->bytes + out->length;

	if (out->capacity - out->length < FINGERPRINT_SIZE)
		return -ENOBUFS;
	put_be16(out->bytes + 2, (uint16_t)(out->length + FINGERPRINT_SIZE - STUN_HEADER_LENGTH));
	put_be16(at, A_FINGERPRINT);
	put_be16(at + 2, 4);
	put_be32(at + 4, stun_crc32(out->bytes, out->length) ^ FINGERPRINT_XOR);
	out->length += FINGERPRINT_SIZE;
	return 0;
}
