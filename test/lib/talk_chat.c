/* SPDX-License-Identifier: Apache-2.0 */
#include "talk_chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talk_say.h"

enum { PICTURE = 256 * 1024 };

/* "send CONVERSATION CLIENT-ID TIMEOUT TEXT" */
static int send_text(confab_client *client, char **w, const char *rest, confab_error *error)
{
	const char *text = w[4] ? rest + (w[4] - w[2]) : "";
	int64_t id = 0;
	int r = confab_chat_send(client, w[1],
				 &(confab_draft){ .text = text,
						  .client_id = w[2],
						  .timeout_seconds = (unsigned)atoi(w[3]) },
				 &id, error);

	say_begin("\"sent\":%lld", (long long)id);
	say_end();
	return r;
}

/* "picture CONVERSATION FILE [TEXT]" */
static int send_picture(confab_client *client, char **w, const char *rest, confab_error *error)
{
	static unsigned char bytes[PICTURE];
	FILE *f = fopen(w[2], "rb");
	confab_file file = { .name = "front door.png", .bytes = bytes };
	int64_t id = 0;

	if (!f)
		return -1;
	file.length = fread(bytes, 1, sizeof bytes, f);
	(void)fclose(f);
	int r = confab_chat_send(client, w[1],
				 &(confab_draft){ .text = w[3] ? rest + (w[3] - w[2]) : NULL,
						  .files = &file,
						  .file_count = 1 },
				 &id, error);
	say_begin("\"sent\":%lld", (long long)id);
	say_end();
	return r;
}

static void say_messages(const confab_messages *m)
{
	for (size_t i = 0; i < m->count; i++) {
		say_begin("\"found\":%lld", (long long)m->items[i].id);
		say_message(&m->items[i]);
		say_end();
	}
	say_begin("\"count\":%zu,\"has_more\":%d", m->count, m->has_more);
	say_end();
}

/* "history CONVERSATION LIMIT [BEFORE [AFTER]]", "search CONVERSATION|- WORDS" */
static int look(confab_client *client, char **w, const char *rest, confab_error *error)
{
	confab_messages *m = NULL;
	int r;

	if (strcmp(w[0], "history") == 0)
		r = confab_chat_history(
			client, w[1],
			&(confab_page){ .limit = w[2] ? (unsigned)atoi(w[2]) : 0,
					.before = w[2] && w[3] ? atoll(w[3]) : 0,
					.after = w[2] && w[3] && w[4] ? atoll(w[4]) : 0 },
			&m, error);
	else
		r = confab_chat_search(client, strcmp(w[1], "-") ? w[1] : NULL, rest, &m, error);
	if (m)
		say_messages(m);
	confab_messages_free(m);
	return r;
}

static void say_answer(char *text)
{
	say_begin("\"answered\":1");
	say_text("text", text);
	say_end();
	confab_text_free(text);
}

int chat_obey(confab_client *client, char **w, const char *rest, int *ret_code,
	      confab_error *ret_error)
{
	int64_t id = w[1] && w[2] ? atoll(w[2]) : 0;
	/* what follows the third word */
	const char *more = w[1] && w[2] && w[3] ? rest + (w[3] - w[2]) : "";
	char *text = NULL;
	int r;

	if (strcmp(w[0], "send") == 0)
		r = send_text(client, w, rest, ret_error);
	else if (strcmp(w[0], "picture") == 0)
		r = send_picture(client, w, rest, ret_error);
	else if (strcmp(w[0], "history") == 0 || strcmp(w[0], "search") == 0)
		r = look(client, w, rest, ret_error);
	else if (strcmp(w[0], "read") == 0)
		r = confab_chat_mark_read(client, w[1], id, ret_error);
	else if (strcmp(w[0], "delivered") == 0)
		r = confab_chat_mark_delivered(client, w[1], id, ret_error);
	else if (strcmp(w[0], "typing") == 0)
		r = confab_chat_set_typing(client, w[1], (int)id);
	else if (strcmp(w[0], "edit") == 0)
		r = confab_chat_edit(client, w[1], id, more, ret_error);
	else if (strcmp(w[0], "delete") == 0)
		r = confab_chat_delete(client, w[1], id, ret_error);
	else if (strcmp(w[0], "react") == 0)
		r = confab_chat_react(client, w[1], id, w[3], atoi(w[4]), ret_error);
	else if (strcmp(w[0], "direct") == 0)
		r = confab_chat_direct(client, w[1], &text, ret_error);
	else if (strcmp(w[0], "request") == 0)
		r = confab_client_request(client, w[1], w[2], w[3] ? more : NULL, &text, ret_error);
	else
		return 0;
	if (text)
		say_answer(text);
	*ret_code = r;
	return 1;
}
