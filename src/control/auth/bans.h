/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may not come in: asked at every door (sign-in, requests, event sockets, media), so it is kept in memory, as it is on
 * the disk. Owned by control.c, loop's thread only.
 */
#pragma once

#include "store/bans.h"

struct bans;

enum { BAN_REASON_MAX = 500, BAN_TEXT_SIZE = BAN_REASON_MAX + 128 };

/* 0 or -errno. Reads from the store, and waits for that. */
int bans_new(struct bans **ret, struct store *store);
/* Takes NULL. Returns NULL. */
struct bans *bans_free(struct bans *b);

/* True: banned now; ret_text says until when and why, to be read by the person. */
bool bans_hold(const struct bans *b, const char *user_id, char ret_text[BAN_TEXT_SIZE]);

typedef void bans_each_fn(void *arg, const struct store_ban *ban);
/* Those that hold now; merged accounts are none. */
void bans_each(const struct bans *b, bans_each_fn *each, void *arg);

/* In force when the callback says 0. -ENOENT: no such user. */
void bans_set(struct bans *b, const struct store_ban *ban, store_done_fn *done, void *arg);
/* -ENOENT: there is none. */
void bans_lift(struct bans *b, const char *user_id, const char *by_id, const char *place,
	       store_done_fn *done, void *arg);

/* After customers were merged, which moves bans: as the store has it now. */
void bans_reload(struct bans *b, store_done_fn *done, void *arg);
