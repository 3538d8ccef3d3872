/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SRTP and SRTCP of one association: packet indexes, replay windows and
 * rollover counters (RFC 3711 3.3) around crypt/srtp_cipher. State
 * changes only after a packet was authenticated. Belongs to one thread.
 *
 * Way: transport.c ▸ [srtp.c] ▸ rtp/up (in), rtp/down ▸ [srtp.c] ▸ engine (out).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "crypt/srtp_cipher.h"
#include "media/peer/verdict.h"

enum {
	/* sequence numbers, the highest included, that are still taken, once each */
	SRTP_WINDOW = 1024,
	SRTP_SEND_STREAMS_MAX =
		4096, /* SSRCs we send at a time on one transport; ours, not the peer's */
	/* a received SSRC unused for so many packets may make room for a new one */
	SRTP_IDLE_PACKETS = 1 << 14,
};

/*
 * Which of the last SRTP_WINDOW indexes were seen; all zero = none yet. A ring of words addressed
 * by the index itself (RFC 6479): moving on clears words, nothing is shifted, and one word more
 * than the window makes the window complete wherever in its word the top is.
 */
struct replay_window {
	uint64_t top; /* highest index seen */
	uint64_t bits[SRTP_WINDOW / 64 + 1];
	bool started;
};

/* Whether `index` is new: not behind the window and not seen. Changes nothing. */
bool replay_is_new(const struct replay_window *w, uint64_t index);
void replay_mark(struct replay_window *w, uint64_t index);

/* The 48-bit index that a 16-bit sequence number most likely stands for (RFC 3711 appendix A). */
uint64_t srtp_guess_index(const struct replay_window *w, uint16_t sequence);

struct srtp_stream;

/* SSRC ▸ window; a small open-addressing table. */
struct srtp_streams {
	struct srtp_stream **slots;
	uint32_t count, capacity, limit;
	struct srtp_stream *last; /* the one used last: packets come in runs */
};

struct srtp {
	struct srtp_cipher send, receive;
	struct srtp_streams sent, received, received_rtcp;
	uint32_t next_rtcp_index; /* one counter for all our SSRCs: never repeats for any of them */
	uint64_t uses;		  /* packets received: the clock of SRTP_IDLE_PACKETS */
};

/* Master keys of both directions, seen from our side. Secret: wipe after use. */
struct srtp_keys {
	enum srtp_suite suite;
	uint8_t send_key[SRTP_KEY_LENGTH], receive_key[SRTP_KEY_LENGTH];
	uint8_t send_salt[SRTP_SALT_MAX], receive_salt[SRTP_SALT_MAX];
};

/* 0, -ENOMEM, -EIO. */
int srtp_init(struct srtp *ret, const struct srtp_keys *keys);
/* The other end is a server: as many SSRCs are taken as one sends, not LIMIT_SSRCS_PER_TRANSPORT. */
void srtp_from_server(struct srtp *s);
void srtp_fini(struct srtp *s);

/*
 * Decrypts in place. V_OK: *ret_length is the length of the plain packet;
 * *ret_index (may be NULL) the 48-bit index. Otherwise V_DROP_SHORT,
 * _AUTH, _REPLAY, _SSRCS and nothing has changed but the bytes.
 */
enum verdict srtp_unprotect_rtp(struct srtp *s, uint8_t *packet, size_t n, size_t *ret_length,
				uint64_t *ret_index);
enum verdict srtp_unprotect_rtcp(struct srtp *s, uint8_t *packet, size_t n, size_t *ret_length);

/*
 * One RTP packet to send. The header (fixed part, CSRCs, extensions; up to 15 * 4 + 12 + 4 + 65535
 * bytes, in practice < 100) is yours and complete: SSRC, sequence number and all. The payload may
 * be shared between many jobs: it is only read. `out` must not overlap either, or be exactly header
 * followed by payload in place.
 */
struct srtp_job {
	struct srtp *srtp;
	const uint8_t *header;
	size_t header_length;
	const uint8_t *payload;
	size_t payload_length;
	uint8_t *out;
	size_t capacity;
	size_t ret_length; /* of the protected packet; 0 = not sent, see `ret_result` */
	/* 0; -EALREADY: this index was used; -ENOSPC, -EINVAL, -ENOMEM, -EIO, -EOVERFLOW */
	int ret_result;
};

/*
 * Protects RTP packets in order. Sequence numbers of one SSRC may jump forward and may come late by
 * less than SRTP_WINDOW (a publisher's reordering passed on), but an index is encrypted once only:
 * GCM and CM break when a number is used for two packets, so a retransmission goes out under the
 * RTX SSRC (RFC 4588) with a new number.
 */
void srtp_protect_rtp(struct srtp_job *jobs, size_t count);

/*
 * A stream that was sent is over. Nothing may ever be sent under its SSRC with these keys again: the
 * numbers that were used are forgotten.
 */
void srtp_end_sent(struct srtp *s, uint32_t ssrc);

/*
 * Protects one compound RTCP packet.
 * The length in `out`, or -ENOSPC, -EINVAL (n < 8), -EOVERFLOW (2^31 sent), -EIO.
 */
int srtp_protect_rtcp(struct srtp *s, const uint8_t *packet, size_t n, uint8_t *out,
		      size_t capacity);

/* Asks for the memory that protecting the next packet will read. */
void srtp_fetch(const struct srtp *s);

/* Bytes an RTP packet grows by. */
size_t srtp_rtp_overhead(const struct srtp *s);
