/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCTP packets (RFC 9260 section 3) as bytes: the common header with its CRC32c, chunks, and the
 * parameters inside chunks. Every walk takes at least four bytes a step and cannot leave its
 * packet. What chunks mean is media/peer/sctp.c's. Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"
#include "base/wr.h"

enum sctp_chunk_type {
	SCTP_DATA = 0,
	SCTP_INIT = 1,
	SCTP_INIT_ACK = 2,
	SCTP_SACK = 3,
	SCTP_HEARTBEAT = 4,
	SCTP_HEARTBEAT_ACK = 5,
	SCTP_ABORT = 6,
	SCTP_SHUTDOWN = 7,
	SCTP_SHUTDOWN_ACK = 8,
	SCTP_ERROR = 9,
	SCTP_COOKIE_ECHO = 10,
	SCTP_COOKIE_ACK = 11,
	SCTP_SHUTDOWN_COMPLETE = 14,
	SCTP_RE_CONFIG = 130,	/* RFC 6525 */
	SCTP_FORWARD_TSN = 192, /* RFC 3758 */
};

enum sctp_param_type {
	SCTP_PARAM_HEARTBEAT_INFO = 1,
	SCTP_PARAM_COOKIE = 7,
	SCTP_PARAM_OUTGOING_RESET = 13, /* RFC 6525 section 4 */
	SCTP_PARAM_RESET_RESPONSE = 16,
	SCTP_PARAM_EXTENSIONS = 0x8008,	 /* RFC 5061 4.2.7: chunk types that are understood */
	SCTP_PARAM_FORWARD_TSN = 0xC000, /* RFC 3758 3.1 */
};

enum {
	SCTP_HEADER = 12,
	SCTP_CHUNK_HEADER = 4,
	/* flags of DATA */
	SCTP_FLAG_END = 1,
	SCTP_FLAG_BEGIN = 2,
	SCTP_FLAG_UNORDERED = 4,
	SCTP_FLAG_IMMEDIATE = 8, /* RFC 7053: acknowledge at once */
	SCTP_FLAG_TAG = 1,	 /* of ABORT and SHUTDOWN COMPLETE: the tag is the sender's */
};

struct sctp_header {
	uint16_t source, destination; /* ports */
	uint32_t tag;
};

struct sctp_chunk {
	uint8_t type, flags;
	struct rd body; /* without header and padding */
};

struct sctp_param {
	uint16_t type;
	struct rd body;
};

/* CRC32c as RFC 9260 appendix A has it; `crc` continues an earlier piece, 0 begins. */
uint32_t sctp_crc32c(uint32_t crc, const void *bytes, size_t n);

/* Reads the common header and checks the checksum; *ret_chunks is the rest. false: not SCTP. */
bool sctp_parse(struct sctp_header *ret, struct rd *ret_chunks, const uint8_t *bytes, size_t n);

/* The next chunk; false at the end, or (with chunks->bad) when the rest is malformed. */
bool sctp_next_chunk(struct rd *chunks, struct sctp_chunk *ret);
/* The next parameter of a chunk; the same. */
bool sctp_next_param(struct rd *params, struct sctp_param *ret);

/* A packet is written as: header, chunks, sctp_write_checksum. */
void sctp_write_header(struct wr *w, const struct sctp_header *h);
/* Begins a chunk; the result goes to sctp_end, which fills in its length and pads it. */
size_t sctp_begin_chunk(struct wr *w, uint8_t type, uint8_t flags);
/* The same for a parameter. */
size_t sctp_begin_param(struct wr *w, uint16_t type);
void sctp_end(struct wr *w, size_t begin);
/* Fills in the checksum of the whole packet; its length, or 0 when it did not fit. */
size_t sctp_write_checksum(struct wr *w);
