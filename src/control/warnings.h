/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the team must know of the server itself, on whatever page they are: the disk takes nothing, or the certificate ends
 * soon. Told to admins by the hub, when they come and when it changes. Owned by control.c; control thread only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct files;
struct hub;
struct store;
struct uv_loop_s;
struct warnings;

enum {
	WARNINGS_CERTIFICATE_DAYS = 14, /* what is renewed by itself is renewed earlier */
	WARNINGS_LOOK_MS = 2000,	/* whether a full disk has room again */
	WARNINGS_DISK_ROOM = 1 << 20,	/* bytes that are room */
};

struct warnings_config {
	struct uv_loop_s *loop;
	struct store *store;
	struct files *files;
	struct hub *hub;
	uint64_t certificate_ends_us; /* wall; 0 = there is none, or it is not known */
};

/* 0 or -ENOMEM. */
int warnings_new(struct warnings **ret, const struct warnings_config *config);

/* What store_config.on_disk says. While the disk is full or read-only it is looked at again and again, so that the warning
 * goes although nobody writes; after -EIO nothing helps but a restart. */
void warnings_disk(struct warnings *w, int status);

/* Another certificate is in use, which ends then (wall µs; 0 = not known). */
void warnings_certificate(struct warnings *w, uint64_t ends_us);

/* One could not be had (domain.c): why, and when it is tried again (wall µs). `urgent`: browsers warn now; else it is told once the one in use
 * ends soon. Over with the next certificate. */
void warnings_certificate_failed(struct warnings *w, const char *cause, uint64_t again_us,
				 bool urgent);

/* There was no room for a file of `bytes`. */
void warnings_no_room(struct warnings *w, uint64_t bytes);

/* A file was refused so that the disk keeps some room; gone when `bytes` are free. */
void warnings_disk_low(struct warnings *w, uint64_t bytes);

/* After store_close. Run the loop once more, so that the timer closes. Takes NULL. Returns NULL. */
struct warnings *warnings_free(struct warnings *w);
