/* SPDX-License-Identifier: Apache-2.0 */
/* Data channel establishment (RFC 8832): the two messages on a channel's own stream, payload
 * protocol 50. Pure; texts point into the parsed bytes. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wr.h"

enum dcep_payload {
	DCEP_PPID = 50,
	DCEP_PPID_STRING = 51,
	DCEP_PPID_BINARY = 53,
};

enum dcep_message { DCEP_ACK = 2, DCEP_OPEN = 3 };

struct dcep_open {
	bool unordered;
	bool partial;	      /* `retransmits` counts; a limit in time is taken as one of 0 */
	uint16_t retransmits; /* longer ones are cut to this */
	const char *label;
	size_t label_length;
};

/* What kind of message this is; 0: neither. */
int dcep_kind(const uint8_t *bytes, size_t n);
/* false: malformed, or a label longer than LIMIT_DATA_LABEL or not UTF-8. */
bool dcep_parse_open(struct dcep_open *ret, const uint8_t *bytes, size_t n);
void dcep_write_open(struct wr *w, const struct dcep_open *open);
void dcep_write_ack(struct wr *w);
