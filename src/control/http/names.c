/* SPDX-License-Identifier: Apache-2.0 */
#include "control/http/names.h"

#include <stdlib.h>
#include <string.h>

#include "control/calls/calls.h"
#include "control/chat/channels.h"
#include "control/control.h"
#include "control/ws/hub.h"

/* Ids, each once in the end; when memory runs out, those that are missing see the name later. */
struct ids {
	const char **at; /* owned, the ids are not */
	size_t n;
};

static void add_ids(void *arg, const char *const *ids, size_t n)
{
	struct ids *list = arg;
	const char **more = realloc(list->at, (list->n + n) * sizeof *more);

	if (!more)
		return;
	memcpy(more + list->n, ids, n * sizeof *more);
	list->at = more;
	list->n += n;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void drop_doubles(struct ids *list)
{
	size_t kept = 0;

	qsort(list->at, list->n, sizeof *list->at, by_text);
	for (size_t i = 0; i < list->n; i++)
		if (kept == 0 || strcmp(list->at[kept - 1], list->at[i]) != 0)
			list->at[kept++] = list->at[i];
	list->n = kept;
}

void http_tell_around(struct control *control, const char *const *user_ids, size_t n,
		      const json_t *event)
{
	struct ids list = { 0 };

	add_ids(&list, user_ids, n);
	for (size_t i = 0; i < n; i++)
		chat_channel_fellows(control->chat, user_ids[i], add_ids, &list);
	drop_doubles(&list);
	hub_publish(
		control->hub,
		&(struct hub_audience){ .admins = true, .user_ids = list.at, .user_count = list.n },
		0, event);
	free(list.at);
}

void http_tell_name(struct control *control, const struct store_user *user)
{
	struct ids list = { 0 };

	add_ids(&list, &user->id, 1);
	chat_channel_rename(control->chat, user, add_ids, &list);
	drop_doubles(&list);
	hub_rename(control->hub,
		   &(struct hub_audience){ .everybody = user->role == ROLE_ADMIN,
					   .admins = true,
					   .user_ids = list.at,
					   .user_count = list.n },
		   user);
	free(list.at);
	calls_user_renamed(control->calls, user);
}
