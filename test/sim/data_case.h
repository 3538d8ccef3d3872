/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of data in whole calls share: who comes in, and packets of any length. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "check.h"

#define SEND(client, text) assert_int_equal(sim_send_data(client, false, text, sizeof(text) - 1), 0)

static inline struct sim_client *enter(struct sim *s, const char *identity, struct plane_join join)
{
	join.can_subscribe = true;
	(void)snprintf(join.identity, sizeof join.identity, "%s", identity);
	struct sim_client *c = sim_join_as(s, &join);

	if (join.can_publish)
		sim_offer(c);
	return c;
}

static inline struct sim_client *enter_as_usual(struct sim *s, const char *identity)
{
	return enter(s, identity,
		     (struct plane_join){ .can_publish = true, .can_publish_data = true });
}

/* A packet of n bytes: one field with a pattern. */
static inline void fill_packet(uint8_t *bytes, size_t n, unsigned seed)
{
	size_t body = n - 4;

	bytes[0] = 0x52;
	bytes[1] = (uint8_t)(body & 0x7f) | 0x80;
	bytes[2] = (uint8_t)(body >> 7 & 0x7f) | 0x80;
	bytes[3] = (uint8_t)(body >> 14);
	for (size_t i = 0; i < body; i++)
		bytes[4 + i] = (uint8_t)(i * 7 + seed * 13 + i / 200);
}
