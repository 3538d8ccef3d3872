/* SPDX-License-Identifier: Apache-2.0 */
#include "control/upkeep.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "control/chat/chat.h"
#include "control/files/files.h"
#include "store/store.h"

enum { EVERY_MS = 3600 * 1000, GUEST_KEPT_S = 7 * 24 * 3600 };

struct upkeep {
	struct store *store;
	struct chat *chat;
	struct files *files;
	uv_timer_t *timer;
	bool sweeping, again, stopped;
};

/* ---- files that nobody can see any more ---- */

static void on_gone(void *arg, int status, const char *id);

/* The row is let go when the bytes are: a crash in between does it again. */
static void on_removed(void *arg, int status, const char *id)
{
	struct upkeep *u = arg;

	if (status == 0 && !u->stopped) {
		chat_files_gone(u->chat, id, on_gone, u);
		return;
	}
	if (status < 0)
		log_warn("files", "a file that nobody needs cannot be removed: %s",
			 strerror(-status));
	u->sweeping = false; /* the next hour tries again */
}

/* One after the other, so that a long list does not keep the store busy. */
static void on_gone(void *arg, int status, const char *id)
{
	struct upkeep *u = arg;

	if (status == 0 && id && !u->stopped) {
		files_remove(u->files, id, on_removed, u);
		return;
	}
	u->sweeping = false;
	if (status == 0 && u->again && !u->stopped)
		upkeep_sweep_files(u);
}

void upkeep_sweep_files(struct upkeep *u)
{
	u->again = u->sweeping; /* what it has missed is found then */
	if (u->sweeping)
		return;
	u->sweeping = true;
	chat_files_gone(u->chat, NULL, on_gone, u);
}

/* ---- files that no row speaks of: the server ended between the file and its row ---- */

enum { FOUND_AT_ONCE = 500 };

static void on_found(void *arg, int status, const char *id)
{
	(void)arg, (void)id;
	if (status == -ESTALE)
		log_warn(
			"files",
			"the database does not know most of the files beside it: they stay. Was an "
			"older backup restored?");
	else if (status < 0)
		log_warn("files", "files are not looked through: %s", strerror(-status));
}

static void look_through(struct upkeep *u)
{
	char(*ids)[FILES_ID_SIZE] = NULL;
	size_t n = 0;
	int status = files_list(u->files, &ids, &n);

	if (status < 0)
		log_warn("files", "the folder of files cannot be read: %s", strerror(-status));
	for (size_t at = 0; at < n;) {
		json_t *list = json_array();
		for (size_t end = at + FOUND_AT_ONCE; at < n && at < end; at++)
			(void)json_array_append_new(list, json_string(ids[at]));
		autofree char *text = json_dumps(list, JSON_COMPACT);
		if (text)
			store_files_found(u->store, text, on_found, NULL);
		json_decref(list);
	}
	free(ids);
}

/* ---- every hour ---- */

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
	look_through(u);
	*ret = u;
	return 0;
}

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer);
}

void upkeep_stop(struct upkeep *u)
{
	u->stopped = true;
}

struct upkeep *upkeep_free(struct upkeep *u)
{
	if (!u)
		return NULL;
	uv_close((uv_handle_t *)u->timer, on_timer_closed);
	free(u);
	return NULL;
}
