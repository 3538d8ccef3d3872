/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of data streams: a client in a call with ann (in_call.h), what it is told of her streams, and her packets. */
#pragma once

#include "in_call.h"

struct streaming {
	struct in_call in;
	confab_call *call; /* in it */
	/* of streams that come in: how many, and of the newest event */
	int opened, chunks, closed, code;
	uint64_t received;
	char whole[70000], topic[32], attribute[32];
	bool has_whole;
	/* of our own */
	int ended, ended_code;
	confab_stream *stream; /* to be used in a callback */
};

/* For cmocka: *state is a client in the call; and its end. */
int streaming_set_up(void **state);
int streaming_tear_down(void **state);
/* A confab_done_fn, for its arg: counts in `ended`. */
void streaming_done(void *arg, const confab_error *error);

/* Ann sends a header (length -1: not told), a chunk, a trailer. */
void take_header(struct streaming *f, const char *id, int64_t length, bool is_text);
void take_chunk(struct streaming *f, const char *id, uint64_t index, const void *bytes, size_t n);
void take_trailer(struct streaming *f, const char *id, const char *reason);

/* What is kept of streams is kept no longer. */
void assert_nothing_kept(const struct streaming *f);
