/* SPDX-License-Identifier: Apache-2.0 */
#include "control/http/storage.h"

#include "base/disk.h"
#include "control/control.h"
#include "control/files/files.h"
#include "control/warnings.h"

enum { MB = 1000 * 1000 };

/* Whoever needs no account for it gets a quarter, as with the rate (limit.c). */
enum { GUEST_SHARE = 4 };

uint64_t storage_floor(const struct control *control)
{
	uint64_t room = 0, disk = 0;

	(void)files_disk(control->files, &room, &disk); /* 0 of 0: not known */
	return disk_floor(control->disk_floor, disk);
}

struct store_room storage_room(const struct control *control, const struct store_user *user)
{
	struct store_room room = control->storage;

	if (user->role == ROLE_GUEST)
		room.person = (room.person + GUEST_SHARE - 1) / GUEST_SHARE;
	return room;
}

static bool refuse(struct control *control)
{
	control->files_refused++;
	return true;
}

static double mb(uint64_t bytes)
{
	return (double)bytes / MB;
}

static bool disk_refuses(struct control *control, uint64_t size, struct refusal *ret)
{
	uint64_t room = 0, disk = 0;

	if (files_disk(control->files, &room, &disk) < 0)
		return false; /* writing says it */
	uint64_t least = disk_floor(control->disk_floor, disk);
	if (least == 0 || room >= least + size)
		return false;
	refusal_set(ret, 507, -1,
		    "The server's disk has %.0f MB left, and files leave %.0f MB free for "
		    "messages; its operator must make room on it.",
		    mb(room), mb(least));
	warnings_disk_low(control->warnings, least + size);
	return refuse(control);
}

bool storage_refuses(struct control *control, const struct store_user *user,
		     const struct store_stored *person, const struct store_stored *total,
		     uint64_t size, struct refusal *ret)
{
	struct store_room most = storage_room(control, user);

	if (person && most.person && person->bytes + size > most.person) {
		refusal_set(ret, 413, 22,
			    "Your files take %.1f MB of %.1f MB, and this one has %.1f MB: delete "
			    "messages with files, or ask the operator for more "
			    "(--storage-per-person).",
			    mb(person->bytes), mb(most.person), mb(size));
		return refuse(control);
	}
	if (total && most.total && total->bytes + size > most.total) {
		refusal_set(ret, 507, -1,
			    "All files take %.1f MB of %.1f MB, and this one has %.1f MB: the "
			    "operator can allow more (--storage-total).",
			    mb(total->bytes), mb(most.total), mb(size));
		return refuse(control);
	}
	return disk_refuses(control, size, ret);
}

static void on_stored(void *arg, int status, const struct store_stored *person,
		      const struct store_stored *total)
{
	struct control *control = arg;

	(void)person;
	if (status == 0)
		control->stored = *total;
}

void storage_measure(struct control *control)
{
	store_stored_read(control->store, "", on_stored, control);
}
