/* SPDX-License-Identifier: Apache-2.0 */
/* Data streams that we send: what stream.c (the public functions) and outgoing.c (sending) share. On the loop. */
#pragma once

#include "client/session.h"

enum { OUTGOING_WHY_MAX = 256 };

struct confab_stream {
	struct list in_call; /* alone: not opened */
	struct confab_call *call;
	Lk__DataPacket *packet; /* with the header; owned */
	bool text;
	uint64_t rate, send_at;	  /* bytes per second; when the next chunk may leave */
	uint64_t chunks, written; /* so far; `written` counts what is asked for */
	uint64_t length;	  /* that the header says; 0: nothing */
	struct list parts;	  /* struct part, oldest first */
	size_t waiting;		  /* bytes of copies among them */
	confab_error error;	  /* why it cannot go on; code 0: it can */
};

/* What the program asked for: bytes, or the end. */
struct part {
	struct list in_stream;
	struct confab_stream *stream;
	const uint8_t *bytes; /* of who waits, or `copy` */
	size_t length, sent;
	bool copied, closes;
	char why[OUTGOING_WHY_MAX + 1];
	char problem[96];  /* the end is not as the program wants it: that it is told; "" */
	uint64_t all_sent; /* the session's data_bytes with the trailer; 0: not yet */
	confab_done_fn *done;
	void *arg;
	uint8_t copy[];
};

/* Of a stream that is in no call, or whose parts have ended. */
void outgoing_free(struct confab_stream *st);
/* Tells the others of it. CONFAB_OK, or *ret_error. */
int outgoing_begin(struct confab_stream *st, confab_error *ret_error);
/* Takes the part; its `done` comes once, maybe at once. */
void outgoing_add(struct part *p);
