/* SPDX-License-Identifier: Apache-2.0 */
/* See waiting.h. */
#include "control/hooks/waiting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/log.h"

static int write_all(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t written = write(fd, text, n);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			text += written;
			n -= (size_t)written;
		}
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int waiting_write(const char *path, const json_t *all)
{
	autofree char *text = NULL, *beside = NULL;

	if (json_array_size(all) == 0)
		return 0;
	text = json_dumps(all, JSON_COMPACT);
	if (!text || asprintf(&beside, "%s.new", path) < 0) {
		beside = NULL;
		return -ENOMEM;
	}
	autoclose int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int r = fd < 0 ? -errno : write_all(fd, text, strlen(text));

	if (r == 0 && rename(beside, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(beside);
	return r;
}

json_t *waiting_take(const char *path)
{
	json_error_t error;
	json_t *all = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

	if (!all && json_error_code(&error) == json_error_cannot_open_file)
		return NULL;
	if (!json_is_array(all)) {
		log_warn("hooks",
			 "what waited for webhooks cannot be read, and is left out file=%s", path);
		json_decref(all);
		all = NULL;
	}
	(void)unlink(path);
	return all;
}

json_t *waiting_json(const struct delivery *d)
{
	return json_pack("{s:s, s:s, s:i, s:I, s:I, s:s}", "id", d->id, "type", d->type, "attempts",
			 (int)d->attempts, "created_us", (json_int_t)d->created_us, "lost",
			 (json_int_t)d->lost, "body", d->body);
}

struct delivery *waiting_delivery(const json_t *saved)
{
	const char *id, *type, *body;
	int attempts;
	json_int_t created, lost;

	if (json_unpack((json_t *)(uintptr_t)saved, "{s:s, s:s, s:i, s:I, s:I, s:s}", "id", &id,
			"type", &type, "attempts", &attempts, "created_us", &created, "lost", &lost,
			"body", &body) < 0)
		return NULL;
	struct delivery *d = delivery_new(id, type, body);
	if (!d)
		return NULL;
	d->attempts = attempts > 0 ? (unsigned)attempts : 0;
	d->created_us = (uint64_t)created;
	d->lost = lost > 0 ? (uint64_t)lost : 0;
	return d;
}
