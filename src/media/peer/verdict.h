/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a datagram. The packet path returns one of these, each is counted, none is logged.
 * Names for /metrics come from verdict_name.
 */
#pragma once

#include <stdint.h>

enum verdict {
	V_OK,	      /* taken; see struct transport_in for what came out */
	V_DROP_SHORT, /* shorter than its own headers say, or empty */
	V_DROP_KIND,  /* first byte is none of STUN, DTLS, RTP (RFC 7983) */
	/* not a STUN message we answer: malformed, no FINGERPRINT, wrong method or class */
	V_DROP_STUN,
	V_DROP_UFRAG,	  /* USERNAME is not for this transport */
	V_DROP_INTEGRITY, /* MESSAGE-INTEGRITY missing or wrong */
	V_DROP_STRANGER,  /* DTLS or media from an address without an authenticated check */
	V_DROP_DTLS,	  /* DTLS not wanted now, or refused by it */
	V_DROP_KEYS,	  /* media before the handshake is done */
	V_DROP_AUTH,	  /* SRTP or SRTCP tag is wrong */
	V_DROP_REPLAY,	  /* seen already, or older than the window */
	V_DROP_SSRCS,	  /* one more SSRC than LIMIT_SSRCS_PER_TRANSPORT */
	V_DROP_CLOSED,	  /* the transport has failed or is closed */
	V_COUNT,
};

const char *verdict_name(enum verdict v);
