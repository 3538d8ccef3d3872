/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether there is room for a file: of a person's (--storage-per-person; guests a quarter), of all (--storage-total), and on the
 * disk, so that the database always has some (--disk-floor). Control thread only.
 */
#pragma once

#include "control/server/refusal.h"
#include "store/store.h"

struct control;

/* Below this no file is taken, so that messages go on. */
uint64_t storage_floor(const struct control *control);

/* What a person's files may take. */
struct store_room storage_room(const struct control *control, const struct store_user *user);

/* Whether `size` bytes more are too many: for the disk alone when `person` is NULL. True: what to say is in *ret, and it is counted. */
bool storage_refuses(struct control *control, const struct store_user *user,
		     const struct store_stored *person, const struct store_stored *total,
		     uint64_t size, struct refusal *ret);

/* Looks anew how much is stored, for /metrics. */
void storage_measure(struct control *control);
