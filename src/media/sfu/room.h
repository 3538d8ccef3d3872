/* SPDX-License-Identifier: Apache-2.0 */
/* A room: the participants that are in a call together.
 * Owned by the sfu's table; exists while it is not empty. */
#pragma once

#include <stddef.h>

#include "base/list.h"
#include "media/sfu/replay.h"
#include "media/sfu/speakers.h"
#include "plane/plane.h"

struct sfu;

struct room {
	struct sid sid;
	struct list participants;
	struct speakers speakers;
	struct replay replay; /* reliable data packets */
	size_t count;
};

/* Finds the room or makes it. 0 or -ENOMEM. */
int room_get(struct room **ret, struct sfu *s, const struct sid *sid);

/* Frees the room if nobody is in it. */
void room_put(struct sfu *s, struct room *r);
