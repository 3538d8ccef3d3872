/* SPDX-License-Identifier: Apache-2.0 */
/* ICE connectivity checks (RFC 8445, RFC 8489) to several places at once. */
#pragma once

#include "cli/doctor/signal.h"

struct probe {
	const struct place *place;
	bool answered;
	int failed;	   /* errno of the way there; 0 = none was heard */
	unsigned after_ms; /* of the answer */
	bool mapped_elsewhere; /* the server sees us at another address than we have: a NAT is between */

	/* while it runs */
	int fd;
	uint16_t own_port;
	bool sent;
};

/* Until all have answered, or for wait_ms. */
void probe_all(struct probe *probes, size_t count, int wait_ms);

/* The bytes of one check, framed for TCP (RFC 4571); the length. */
size_t probe_write(const struct place *p, const uint8_t tid[12], uint8_t *ret, size_t capacity);
