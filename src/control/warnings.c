/* SPDX-License-Identifier: Apache-2.0 */
/* See warnings.h. */
#include "control/warnings.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "control/files/files.h"
#include "control/objects/objects.h"
#include "control/ws/hub.h"
#include "store/store.h"

enum { HOUR_MS = 3600 * 1000, DAY_S = 24 * 3600 };

struct warnings {
	struct warnings_config config;
	uv_timer_t *timer;
	int disk;	     /* as the store says */
	uint64_t file_bytes; /* a file for which there was no room; 0 = none */
	uint64_t low_bytes;  /* free when files are taken again; 0 = they are */
	bool ending;	     /* the certificate, as it was told */
	char *failure;	     /* why there is no new one; NULL: nothing has failed */
	uint64_t again_us;
	bool urgent;
	bool probing;
};

static const char *disk_kind(const struct warnings *w)
{
	if (w->disk == -ENOSPC || (w->disk == 0 && w->file_bytes))
		return "disk_full";
	if (w->disk == -EROFS)
		return "disk_read_only";
	if (w->disk < 0)
		return "disk_failed";
	return w->low_bytes ? "disk_low" : NULL;
}

static bool is_ending(const struct warnings *w)
{
	uint64_t ends = w->config.certificate_ends_us;

	return ends &&
	       ends < clock_wall_us() + (uint64_t)WARNINGS_CERTIFICATE_DAYS * DAY_S * US_PER_S;
}

static void tell(struct warnings *w)
{
	json_t *list = json_array();
	const char *disk = disk_kind(w);

	if (disk)
		(void)json_array_append_new(list, json_pack("{s:s}", "kind", disk));
	if (w->ending)
		(void)json_array_append_new(
			list, json_pack("{s:s, s:o}", "kind", "certificate_ends", "ends_at",
					object_time(w->config.certificate_ends_us)));
	if (w->failure && (w->urgent || w->ending))
		(void)json_array_append_new(
			list, json_pack("{s:s, s:s, s:o}", "kind", "certificate_failed", "cause",
					w->failure, "again_at", object_time(w->again_us)));
	hub_warn(w->config.hub, list);
}

static void on_time(uv_timer_t *timer);

/* The next look: soon while something may be over by itself. */
static void wind(struct warnings *w)
{
	bool soon = w->disk == -ENOSPC || w->disk == -EROFS || w->file_bytes || w->low_bytes;
	uint64_t ms = soon ? WARNINGS_LOOK_MS : HOUR_MS;

	(void)uv_timer_start(w->timer, on_time, ms, ms);
}

/* When the store had failed before, it has told already (warnings_disk). */
static void on_probed(void *arg, int status)
{
	struct warnings *w = arg;

	w->probing = false;
	if (status < 0 || !w->file_bytes)
		return;
	w->file_bytes = 0;
	tell(w);
	wind(w);
}

static void look_at_disk(struct warnings *w)
{
	uint64_t wanted = w->file_bytes > WARNINGS_DISK_ROOM ? w->file_bytes : WARNINGS_DISK_ROOM;
	uint64_t room = 0, disk = 0;

	if (w->probing)
		return;
	if (w->disk != -EROFS && files_disk(w->config.files, &room, &disk) == 0 && room < wanted)
		return;
	w->probing = true;
	store_probe(w->config.store, on_probed, w);
}

static void look_whether_low(struct warnings *w)
{
	uint64_t room = 0, disk = 0;

	if (files_disk(w->config.files, &room, &disk) < 0 || room < w->low_bytes)
		return;
	w->low_bytes = 0;
	tell(w);
	wind(w);
}

static void on_time(uv_timer_t *timer)
{
	struct warnings *w = timer->data;
	bool ending = is_ending(w);

	if (w->disk == -ENOSPC || w->disk == -EROFS || w->file_bytes)
		look_at_disk(w);
	if (w->low_bytes)
		look_whether_low(w);
	if (ending == w->ending)
		return;
	w->ending = ending;
	tell(w);
}

int warnings_new(struct warnings **ret, const struct warnings_config *config)
{
	struct warnings *w = calloc(1, sizeof *w);

	if (!w || !(w->timer = calloc(1, sizeof *w->timer))) {
		free(w);
		return -ENOMEM;
	}
	w->config = *config;
	(void)uv_timer_init(config->loop, w->timer); /* cannot fail */
	w->timer->data = w;
	wind(w);
	uv_unref((uv_handle_t *)w->timer);
	w->ending = is_ending(w);
	tell(w);
	*ret = w;
	return 0;
}

void warnings_disk(struct warnings *w, int status)
{
	if (w->disk == status)
		return;
	w->disk = status;
	tell(w);
	wind(w);
}

void warnings_certificate(struct warnings *w, uint64_t ends_us)
{
	bool before = w->ending || w->failure;

	free(w->failure);
	w->failure = NULL;
	w->config.certificate_ends_us = ends_us;
	w->ending = is_ending(w);
	if (before || w->ending)
		tell(w);
}

void warnings_certificate_failed(struct warnings *w, const char *cause, uint64_t again_us,
				 bool urgent)
{
	free(w->failure);
	w->failure = strndup(cause, utf8_prefix(cause, strlen(cause)));
	w->again_us = again_us;
	w->urgent = urgent;
	if (w->urgent || w->ending)
		tell(w);
}

void warnings_no_room(struct warnings *w, uint64_t bytes)
{
	const char *before = disk_kind(w);

	w->file_bytes = bytes ? bytes : 1;
	if (!before || strcmp(before, disk_kind(w)) != 0) /* also: it was only nearly full */
		tell(w);
	wind(w);
}

void warnings_disk_low(struct warnings *w, uint64_t bytes)
{
	bool known = w->low_bytes;

	w->low_bytes = bytes;
	if (!known)
		tell(w);
	wind(w);
}

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer);
}

struct warnings *warnings_free(struct warnings *w)
{
	if (!w)
		return NULL;
	uv_close((uv_handle_t *)w->timer, on_timer_closed);
	free(w->failure);
	free(w);
	return NULL;
}
