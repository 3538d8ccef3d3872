/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libwebsockets 4.1.6 forgets 224 bytes ("ws struct") whenever a WebSocket inside HTTP/2 is
 * refused. Its allocator hook lets us see that block, which is made just before the refusing
 * callback, and free it once the stream has gone. A version that frees it by itself is noticed,
 * because the hook sees that too.
 *
 * The hook sees its large tables, too: two have a place for each file that the process may open, and are filled with
 * zeros; half a MiB, and 16 where a container's limit is a million. Places that nobody has used need no memory.
 */
#include <stdlib.h>
#include <string.h>

#include "base/trim.h"
#include "control/server/internal.h"

struct orphan {
	struct orphan *next;
	struct lws *wsi; /* NULL: gone, and the block may be freed */
	void *block;
};

/* The hook has no argument of its own; everything here happens on the control thread. */
static _Thread_local void *last_ws_struct;
static _Thread_local struct orphan *orphans;

enum { TABLES = 2 };

static _Thread_local struct {
	void *at;
	size_t size;
} tables[TABLES]; /* made since orphan_install; a context keeps them until its end */
static _Thread_local size_t table_count;

static void forget(const void *block)
{
	for (struct orphan **at = &orphans; *at; at = &(*at)->next) {
		if ((*at)->block == block) {
			struct orphan *found = *at;
			*at = found->next;
			free(found);
			return;
		}
	}
}

static void note_table(void *block, size_t size)
{
	if (block && table_count < TABLES) {
		tables[table_count].at = block;
		tables[table_count++].size = size;
	}
}

static void *hook(void *ptr, size_t size, const char *reason)
{
	if (size == 0) {
		if (ptr && ptr == last_ws_struct)
			last_ws_struct = NULL;
		if (ptr && orphans)
			forget(ptr);
		free(ptr);
		return NULL;
	}

	void *block = realloc(ptr, size);
	if (!ptr && reason && strcmp(reason, "ws struct") == 0)
		last_ws_struct = block;
	if (!ptr && reason &&
	    (strcmp(reason, "fds table") == 0 || strcmp(reason, "lws_lookup") == 0))
		note_table(block, size);
	return block;
}

void orphan_install(void)
{
	table_count = 0;
	lws_set_allocator(hook);
}

void orphan_tables_made(void)
{
	while (table_count > 0) {
		table_count--;
		trim_zeros(tables[table_count].at, tables[table_count].size);
	}
}

void orphan_note(struct lws *wsi)
{
	struct orphan *o = last_ws_struct ? malloc(sizeof *o) : NULL;

	if (o) {
		*o = (struct orphan){ .next = orphans, .wsi = wsi, .block = last_ws_struct };
		orphans = o;
	}
	last_ws_struct = NULL;
}

void orphan_gone(const struct lws *wsi)
{
	for (struct orphan *o = orphans; o; o = o->next) {
		if (o->wsi == wsi)
			o->wsi = NULL;
	}
}

void orphan_bury(void)
{
	for (struct orphan **at = &orphans; *at;) {
		struct orphan *o = *at;
		if (o->wsi) {
			at = &o->next;
			continue;
		}
		*at = o->next;
		free(o->block);
		free(o);
	}
}
