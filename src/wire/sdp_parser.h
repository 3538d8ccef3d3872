/* SPDX-License-Identifier: Apache-2.0 */
/* What sdp.c and sdp_attribute.c share while one description is parsed.
 * Nobody else includes this. */
#pragma once

#include "wire/sdp.h"

struct sdp_parser {
	struct sdp *sdp;
	struct sdp_section *section; /* the current one; at session level &session */
	struct sdp_section session;  /* what sections inherit */
	bool at_session;
	bool own_fingerprint; /* the current level has a sha-256 of its own */
	/* by payload type: 1 + index in sdp->codecs; 0 = not in this section */
	uint16_t codec_at[128];
	uint8_t extension_ids[32]; /* bit set of the current section */
	unsigned line;
	struct sdp_error error;
};

/* Notes and returns the error.
 * `fix` says what would be right; `value` is shown cut short and printable. */
enum sdp_result sdp_fail(struct sdp_parser *p, enum sdp_result code, const char *what,
			 struct sdp_text value, const char *fix);

/* One a= line, without "a=". */
enum sdp_result sdp_parse_attribute(struct sdp_parser *p, struct sdp_text line);

/* A word's bytes: RFC 8866 token, or any visible byte. False when empty or longer than max. */
bool sdp_text_is_token(struct sdp_text t, size_t max);
bool sdp_text_is_visible(struct sdp_text t, size_t max);
