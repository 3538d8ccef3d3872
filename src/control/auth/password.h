/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Argon2id on libuv's thread pool: at most LIMIT_HASHES_AT_ONCE at a time (19 MiB each),
 * LIMIT_HASHES_QUEUED waiting, then busy (R11). Private to auth, loop's thread.
 */
#pragma once

#include <stdbool.h>

#include "base/list.h"

struct uv_loop_s;

struct password_pool {
	struct uv_loop_s *loop;
	struct list waiting;
	unsigned queued, running;
	bool stopped;
};

enum { PASSWORD_HASH_SIZE = 128 }; /* crypto_pwhash_STRBYTES */

void password_pool_init(struct password_pool *p, struct uv_loop_s *loop);

/* Waiting ones are answered with -ESHUTDOWN, inside; running ones end in the loop. */
void password_pool_stop(struct password_pool *p);

/*
 * Status: 0; -EACCES: not this password; -EBUSY: too many are waiting (answered inside the call);
 * -ESHUTDOWN; -ENOMEM. `hash`: of password_hash the result; of password_verify a fresh hash when
 * the old one is weaker than today's, else NULL.
 */
typedef void password_fn(void *arg, int status, const char *hash);

void password_hash(struct password_pool *p, const char *password, password_fn *done, void *arg);

/* `hash` NULL or "": nobody's password, in the same time as a wrong one. */
void password_verify(struct password_pool *p, const char *password, const char *hash,
		     password_fn *done, void *arg);
