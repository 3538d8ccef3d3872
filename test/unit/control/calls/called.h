/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of calls.h over a real store: people, verbs that are waited for, and events as words. */
#pragma once

#include "scratch.h"

#include <jansson.h>

#include "control/calls/calls.h"

extern const struct store_user ann, bob, boss; /* boss is of the team */

struct world {
	struct scratch scratch;
	struct calls *calls;
	char log[4096]; /* events as text */
	char media_log[512];
	int64_t cursor;
	size_t hearers; /* of the last event */
	bool quiet_created;
};

int called_set_up(void **state);
int called_tear_down(void **state);
/* Calls over the store of the world, as at the start of the daemon. */
void calls_open(struct world *w);

struct got {
	int status, calls;
	bool created;
	char cid[CALLS_CID_SIZE], by[65], identity[CALLS_IDENTITY_SIZE];
};

enum verb { GET, CREATE, JOIN, JOIN_CREATE };

/* For verbs that are not asked by `ask`: arg is a struct got. */
void note_answer(void *arg, int status, const char *problem, json_t *reply,
		 const struct call_join *join);
struct got ask(struct world *w, enum verb verb, const struct store_user *who, const char *type,
	       const char *id);

#define ROOM "default:chat-ann"

/* Somebody is in the room now. */
void in(struct world *w, const char *room, const char *identity);
/* What was told since the last call, until the next: "started [ann]; joined ann [ann]; …" */
const char *events(struct world *w);
/* "call.session_started" is "started". */
const char *short_name(const char *type);
const char *text_of(const json_t *object, const char *name);
