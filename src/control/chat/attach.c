/* SPDX-License-Identifier: Apache-2.0 */
/* Files of messages, from their upload to their end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "control/chat/channels.h"
#include "control/chat/private.h"

enum { UNSENT_S = 24 * 3600 };

/* A name to show and to save under: no path, no control characters, not too long; UTF-8. */
static void clean_name(const char *name, char ret[LIMIT_FILE_NAME + 1])
{
	size_t n = 0;

	for (const char *p = name; *p; p++)
		if (*p == '/' || *p == '\\')
			name = p + 1;
	for (; *name && n < LIMIT_FILE_NAME; name++)
		ret[n++] = (unsigned char)*name < ' ' || *name == 0x7f || strchr("<>:\"|?*", *name)
				   ? '_'
				   : *name;
	while (n && !utf8_is_valid(ret, n))
		n--; /* cut within a character, or never UTF-8 */
	ret[n] = '\0';
	if (n == 0 || strspn(ret, ". ") == n)
		(void)strcpy(ret, "file");
}

void chat_attach(struct chat *c, const struct store_user *who, const char *conversation_id,
		 const struct store_attachment *attachment, const struct store_room *room,
		 store_attachment_fn *done, void *arg)
{
	struct store_attachment a = *attachment;
	char name[LIMIT_FILE_NAME + 1];

	clean_name(attachment->name, name);
	a.name = name;
	a.conversation_id = chat_visible_id(c, who, conversation_id);
	a.user_id = who->id;
	a.created_at_us = c->wall_us();
	store_attachment_add(c->store, &a, room, done, arg);
}

void chat_attachment(struct chat *c, const char *id, store_attachment_fn *done, void *arg)
{
	store_attachment_find(c->store, id, done, arg);
}

void chat_files_gone(struct chat *c, const char *removed, store_gone_fn *done, void *arg)
{
	uint64_t now = c->wall_us(), age = (uint64_t)UNSENT_S * US_PER_S;

	store_files_gone(c->store, removed, now > age ? now - age : 0, done, arg);
}
