/* SPDX-License-Identifier: Apache-2.0 */
#include "control/upkeep.h"

#include <errno.h>
#include <stdlib.h>
#include <uv.h>

#include "base/clock.h"
#include "control/chat/chat.h"
#include "control/files/files.h"
#include "store/store.h"

enum { EVERY_MS = 3600 * 1000, GUEST_KEPT_S = 7 * 24 * 3600 };

struct upkeep {
	struct store *store;
	struct chat *chat;
	struct files *files;
	uv_timer_t *timer;
};

/* One after the other, so that a long list does not keep the store busy. */
static void on_dropped(void *arg, int status, const struct store_attachment *attachment)
{
	struct upkeep *u = arg;

	if (status < 0)
		return; /* none left, or the store is closing */
	files_remove(u->files, attachment->id);
	chat_attachment_drop(u->chat, on_dropped, u);
}

void upkeep_sweep_files(struct upkeep *u)
{
	chat_attachment_drop(u->chat, on_dropped, u);
}

static void on_pruned(void *arg, int status)
{
	(void)arg;
	(void)status; /* the next hour tries again */
}

static void on_hour(uv_timer_t *timer)
{
	struct upkeep *u = timer->data;

	/* their tokens ended long ago */
	store_guest_prune(u->store, clock_wall_us() - (uint64_t)GUEST_KEPT_S * US_PER_S, on_pruned,
			  NULL);
	upkeep_sweep_files(u);
}

int upkeep_new(struct upkeep **ret, uv_loop_t *loop, struct store *store, struct chat *chat,
	       struct files *files)
{
	struct upkeep *u = calloc(1, sizeof *u);

	if (!u || !(u->timer = calloc(1, sizeof *u->timer))) {
		free(u);
		return -ENOMEM;
	}
	u->store = store;
	u->chat = chat;
	u->files = files;
	(void)uv_timer_init(loop, u->timer); /* cannot fail */
	u->timer->data = u;
	(void)uv_timer_start(u->timer, on_hour, 0, EVERY_MS);
	uv_unref((uv_handle_t *)u->timer);
	*ret = u;
	return 0;
}

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer);
}

struct upkeep *upkeep_free(struct upkeep *u)
{
	if (!u)
		return NULL;
	uv_close((uv_handle_t *)u->timer, on_timer_closed);
	free(u);
	return NULL;
}
