/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing of TURN messages. See turn.h. Way: media/turn.c ▸ [turn.c] */
#include "wire/turn.h"

#include <errno.h>
#include <string.h>

#include "wire/stun_parts.h"

static bool read_text(struct turn_text *ret, struct rd value, size_t max)
{
	if (ret->p)
		return true;
	if (rd_left(&value) == 0)
		return false;
	ret->p = (const char *)value.p;
	ret->length = (uint16_t)(rd_left(&value) < max ? rd_left(&value) : max);
	return true;
}

static bool read_username(struct turn_text *ret, struct rd value)
{
	return rd_left(&value) <= STUN_USERNAME_MAX && read_text(ret, value, STUN_USERNAME_MAX);
}

/* A value of four bytes, of which the first `n` bits count. */
static bool read_number(bool *has, uint32_t *ret, struct rd value, unsigned bits)
{
	uint32_t number = rd_be32(&value);

	if (value.bad || rd_left(&value))
		return false;
	if (!*has)
		*ret = number >> (32 - bits);
	*has = true;
	return true;
}

static bool read_peer(struct turn_msg *m, struct rd value)
{
	if (m->peer_count == TURN_PEERS_MAX ||
	    !stun_read_address(&m->peers[m->peer_count], m->tid, value))
		return false;
	m->peer_count++;
	return true;
}

static bool read_address(struct sockaddr_storage *ret, const struct turn_msg *m, struct rd value)
{
	return ret->ss_family != AF_UNSPEC || stun_read_address(ret, m->tid, value);
}

static bool read_data(struct turn_msg *m, struct rd value)
{
	static const uint8_t nothing[1];

	if (m->data)
		return true;
	m->data = rd_left(&value) ? value.p : nothing;
	m->data_length = (uint16_t)rd_left(&value);
	return true;
}

/* RESERVATION-TOKEN has eight bytes, EVEN-PORT one; that they are there is all we want to know. */
static bool note(bool *ret, struct rd value, size_t n)
{
	*ret = true;
	return rd_left(&value) == n;
}

static void note_unknown(struct turn_msg *m, uint16_t type)
{
	if (type < 0x8000 && m->unknown_count < STUN_UNKNOWN_MAX)
		m->unknown[m->unknown_count++] = type;
}

static bool read_numbers(struct turn_msg *m, uint16_t type, struct rd value)
{
	uint32_t number = 0;
	bool good;

	switch (type) {
	case A_LIFETIME:
		return read_number(&m->has_lifetime, &m->lifetime, value, 32);
	case A_CHANNEL_NUMBER:
		number = m->channel;
		good = read_number(&m->has_channel, &number, value, 16);
		m->channel = (uint16_t)number;
		return good;
	case A_REQUESTED_TRANSPORT:
		number = m->transport;
		good = read_number(&m->has_transport, &number, value, 8);
		m->transport = (uint8_t)number;
		return good;
	default: /* A_REQUESTED_ADDRESS_FAMILY */
		number = m->family;
		good = read_number(&m->has_family, &number, value, 8);
		m->family = (uint8_t)number;
		return good;
	}
}

static bool take_attribute(void *message, uint16_t type, struct rd value)
{
	struct turn_msg *m = message;

	switch (type) {
	case A_USERNAME:
		return read_username(&m->username, value);
	case A_REALM:
		return read_text(&m->realm, value, TURN_NAME_MAX);
	case A_NONCE:
		return read_text(&m->nonce, value, TURN_NAME_MAX);
	case A_LIFETIME:
	case A_CHANNEL_NUMBER:
	case A_REQUESTED_TRANSPORT:
	case A_REQUESTED_ADDRESS_FAMILY:
		return read_numbers(m, type, value);
	case A_XOR_PEER_ADDRESS:
		return read_peer(m, value);
	case A_XOR_RELAYED_ADDRESS:
		return read_address(&m->relayed, m, value);
	case A_XOR_MAPPED_ADDRESS:
		return read_address(&m->mapped, m, value);
	case A_DATA:
		return read_data(m, value);
	case A_ERROR_CODE:
		return m->error_code || stun_read_error(&m->error_code, value);
	case A_EVEN_PORT:
		return note(&m->even_port, value, 1);
	case A_RESERVATION_TOKEN:
		return note(&m->reservation, value, 8);
	case A_ADDITIONAL_ADDRESS_FAMILY:
		return note(&m->two_families, value, 4);
	case A_DONT_FRAGMENT: /* there is nothing that would be */
	case A_UNKNOWN_ATTRIBUTES:
	case A_MAPPED_ADDRESS:
	case A_MESSAGE_INTEGRITY_SHA256:
		return true;
	default:
		note_unknown(m, type);
		return true;
	}
}

enum stun_result turn_parse(struct turn_msg *ret, const void *bytes, size_t n)
{
	struct turn_msg m = { 0 };
	struct stun_walk w;
	enum stun_result result = stun_walk(&w, bytes, n, m.tid, take_attribute, &m);

	if (result != STUN_OK)
		return result;
	m.type = w.type;
	m.integrity_at = w.integrity_at;
	*ret = m;
	return STUN_OK;
}

void turn_integrity_head(const struct turn_msg *m, const void *bytes, uint8_t ret[4])
{
	memcpy(ret, bytes, 2);
	/* as if MESSAGE-INTEGRITY were the last attribute (RFC 8489 14.5) */
	put_be16(ret + 2, (uint16_t)(m->integrity_at + 4 + STUN_HMAC_LENGTH - STUN_HEADER_LENGTH));
}

static const char *reason_of(uint16_t code)
{
	switch (code) {
	case TURN_BAD_REQUEST:
		return "Bad Request";
	case TURN_UNAUTHENTICATED:
		return "Unauthenticated";
	case TURN_FORBIDDEN:
		return "Forbidden";
	case TURN_UNKNOWN_ATTRIBUTE:
		return "Unknown Attribute";
	case TURN_MISMATCH:
		return "Allocation Mismatch";
	case TURN_STALE_NONCE:
		return "Stale Nonce";
	case TURN_FAMILY:
		return "Address Family not Supported";
	case TURN_CREDENTIALS:
		return "Wrong Credentials";
	case TURN_TRANSPORT:
		return "Unsupported Transport Protocol";
	case TURN_PEER_FAMILY:
		return "Peer Address Family Mismatch";
	case TURN_QUOTA:
		return "Allocation Quota Reached";
	case TURN_CAPACITY:
		return "Insufficient Capacity";
	default:
		return "";
	}
}

static void write_number(struct wr *w, uint16_t type, uint32_t value)
{
	uint8_t bytes[4];

	put_be32(bytes, value);
	stun_write_attribute(w, type, bytes, sizeof bytes);
}

static void write_text(struct wr *w, uint16_t type, const struct turn_text *text)
{
	if (text->p)
		stun_write_attribute(w, type, text->p, text->length);
}

static int write_addresses(struct wr *w, const struct turn_msg *m)
{
	int r = 0;

	if (m->relayed.ss_family)
		r = stun_write_address(w, A_XOR_RELAYED_ADDRESS, m->tid, &m->relayed);
	if (r == 0 && m->mapped.ss_family)
		r = stun_write_address(w, A_XOR_MAPPED_ADDRESS, m->tid, &m->mapped);
	for (size_t i = 0; r == 0 && i < m->peer_count; i++)
		r = stun_write_address(w, A_XOR_PEER_ADDRESS, m->tid, &m->peers[i]);
	return r;
}

int turn_write(struct stun_out *ret, void *bytes, size_t capacity, const struct turn_msg *m,
	       bool integrity)
{
	static const uint8_t zeros[8];
	struct wr w = wr_of(bytes, capacity);

	stun_write_header(&w, m->type, m->tid);
	if (m->error_code)
		stun_write_error_code(&w, m->error_code, reason_of(m->error_code));
	if (m->unknown_count)
		stun_write_unknown(&w, m->unknown, m->unknown_count);
	write_text(&w, A_USERNAME, &m->username);
	write_text(&w, A_REALM, &m->realm);
	write_text(&w, A_NONCE, &m->nonce);
	if (m->has_lifetime)
		write_number(&w, A_LIFETIME, m->lifetime);
	if (m->has_transport)
		write_number(&w, A_REQUESTED_TRANSPORT, (uint32_t)m->transport << 24);
	if (m->has_family)
		write_number(&w, A_REQUESTED_ADDRESS_FAMILY, (uint32_t)m->family << 24);
	if (m->has_channel)
		write_number(&w, A_CHANNEL_NUMBER, (uint32_t)m->channel << 16);
	if (m->even_port)
		stun_write_attribute(&w, A_EVEN_PORT, zeros, 1);
	if (m->reservation)
		stun_write_attribute(&w, A_RESERVATION_TOKEN, zeros, 8);
	if (m->two_families)
		stun_write_attribute(&w, A_ADDITIONAL_ADDRESS_FAMILY, zeros, 4);
	int r = write_addresses(&w, m);
	if (r < 0)
		return r;
	if (m->data)
		stun_write_attribute(&w, A_DATA, m->data, m->data_length);
	return stun_write_end(ret, &w, capacity, integrity);
}

size_t turn_write_data_head(uint8_t ret[TURN_DATA_HEAD_MAX], uint16_t channel,
			    const struct sockaddr_storage *peer, const uint8_t tid[STUN_TID_LENGTH],
			    size_t n, size_t *ret_pad)
{
	struct wr w = wr_of(ret, TURN_DATA_HEAD_MAX);

	if (n > UINT16_MAX - TURN_DATA_HEAD_MAX)
		return 0;
	*ret_pad = -n & 3;
	if (channel) {
		wr_be16(&w, channel);
		wr_be16(&w, (uint16_t)n);
		return wr_len(&w);
	}
	stun_write_header(&w, TURN_DATA, tid);
	if (stun_write_address(&w, A_XOR_PEER_ADDRESS, tid, peer) < 0)
		return 0;
	wr_be16(&w, A_DATA);
	wr_be16(&w, (uint16_t)n);
	size_t length = wr_len(&w);
	put_be16(ret + 2, (uint16_t)(length + n + *ret_pad - STUN_HEADER_LENGTH));
	return length;
}

bool turn_read_channel(const uint8_t *bytes, size_t n, uint16_t *ret_channel, size_t *ret_length)
{
	struct rd r = rd_of(bytes, n);

	*ret_channel = rd_be16(&r);
	*ret_length = rd_be16(&r);
	return !r.bad && *ret_length <= rd_left(&r);
}
