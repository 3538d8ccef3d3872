/* SPDX-License-Identifier: Apache-2.0 */
/* Enters a room as a hidden participant that offers nothing, and reads where the media is to go. */
#pragma once

#include "cli/doctor/web.h"

struct token_keys;

enum { PLACES_MAX = 32, ICE_TEXT = 257 };

/* Where the server says that media is taken, and the words that it answers checks to. */
struct place {
	struct sockaddr_storage address;
	bool tcp;
	char ufrag[ICE_TEXT], pwd[ICE_TEXT];
};

/* Of a description, added to those that are there; each address once. */
size_t places_of(const char *sdp, struct place places[PLACES_MAX], size_t count);

/*
 * One room more, with its places added to *count. NULL: the reason is in `ret` (web_answer_fini). The room is there until
 * signal_leave.
 */
struct dial *signal_enter(const struct web_target *t, const struct token_keys *keys,
			  unsigned number, struct place places[PLACES_MAX], size_t *count,
			  struct web_answer *ret);

/* Leaves it and closes the connection. Takes NULL. */
void signal_leave(struct dial *c);
