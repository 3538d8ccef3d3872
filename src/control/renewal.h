/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes a renewed TLS certificate into use by itself: looks at its files every few seconds, and at once when told (SIGHUP). What
 * does not pass is left alone, and said once. Owned by control.c; control thread only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct renewal;
struct server;
struct uv_loop_s;

enum { RENEWAL_LOOK_MS = 5000 };

struct renewal_config {
	struct uv_loop_s *loop;
	struct server *server;
	const char *cert, *key; /* kept: must outlive this */
	void (*taken)(void *arg, uint64_t ends_us);
	void *arg;
};

/* 0 or -ENOMEM. */
int renewal_new(struct renewal **ret, const struct renewal_config *config);

/* Now, also when the files look as they did. */
void renewal_look(struct renewal *r);

/* Run the loop once more, so that the timer closes. Takes NULL. Returns NULL. */
struct renewal *renewal_free(struct renewal *r);
