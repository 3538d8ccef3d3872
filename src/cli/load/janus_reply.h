/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Janus says, as JSON, to a request of ours. Pure; any thread. Everything in a reply lives until
 * janus_reply_fini, which must follow a parse that returned true.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct janus_reply {
	size_t index;	   /* the first word of our transaction: the participant's number */
	char step;	   /* its second word: one letter */
	const char *error; /* NULL: it worked */
	const char *sdp;   /* or NULL */
	uint64_t id;	   /* of the session, the handle or, in a room, the publisher; 0: none */
	uint64_t room;	   /* of a room that was made; 0: none */
	bool up;	   /* no reply: media of the handle `id` flows, and others may ask for it */
	json_t *json;
};

/* False: not JSON, or nothing that anybody waits for: an "ack", an event that nobody asked for. */
bool janus_reply_parse(struct janus_reply *ret, const char *bytes, size_t n);
void janus_reply_fini(struct janus_reply *r);
