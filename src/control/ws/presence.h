/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is online: has an event socket open, in however many tabs. Going is told after a grace time, so
 * that a reload or a moment without network does not flicker (product 2.4). Owned by the hub; control
 * thread only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

struct presence;
struct uv_loop_s;

enum { PRESENCE_GRACE_S = 15 };

/* `user` came (online) or has been gone for the grace time. Valid during the call. */
typedef void presence_fn(void *arg, const struct store_user *user, bool online);

/* 0 or -ENOMEM. */
int presence_new(struct presence **ret, struct uv_loop_s *loop, presence_fn *changed, void *arg);

/* Tells nothing any more. Run the loop once more, so that the timer closes. Takes NULL. Returns NULL. */
struct presence *presence_free(struct presence *p);

/* One socket more, or less, of this user. */
void presence_enter(struct presence *p, const struct store_user *user);
/* The user has another name. Tells nobody. */
void presence_rename(struct presence *p, const struct store_user *user);
void presence_leave(struct presence *p, const char *user_id);

/* Calls `each` for everybody who is online. */
void presence_each(const struct presence *p, void (*each)(void *arg, const struct store_user *user),
		   void *arg);
