/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/room.h"

#include <errno.h>
#include <stdlib.h>

#include "media/sfu/sfu.h"

int room_get(struct room **ret, struct sfu *s, const struct sid *sid)
{
	struct key key;

	if (!sfu_key(&key, sid))
		return -EINVAL;

	struct room *r = keymap_get(&s->rooms, &key);
	if (!r) {
		r = calloc(1, sizeof *r);
		if (!r)
			return -ENOMEM;
		r->sid = *sid;
		list_init(&r->participants);
		if (keymap_put(&s->rooms, &key, r) < 0) {
			free(r);
			return -ENOMEM;
		}
	}
	*ret = r;
	return 0;
}

void room_put(struct sfu *s, struct room *r)
{
	struct key key;

	if (!list_empty(&r->participants))
		return;
	if (sfu_key(&key, &r->sid))
		keymap_remove(&s->rooms, &key);
	replay_fini(&r->replay);
	free(r);
}
