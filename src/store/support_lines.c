/* SPDX-License-Identifier: Apache-2.0 */
#include "store/support_lines.h"

#include <errno.h>

static struct store_event *append(struct mem *mem, struct event_list *out)
{
	struct store_event *grown = mem_grow(mem, out->events, out->n, sizeof *grown);

	if (!grown)
		return NULL;
	out->events = grown;
	return &out->events[out->n++];
}

int support_line_add(struct db *db, struct mem *mem, const struct support_line *line,
		     struct event_list *out)
{
	int status = db_exec(
		db,
		"INSERT INTO messages (conversation_id, user_id, client_id, text, created_at, "
		"private, activity, activity_value, activity_text) VALUES (?, ?, 'line-' || "
		"lower(hex(randomblob(10))), ?, ?, ?, ?, ?, ?)",
		"sssiisss", line->conversation_id, line->user_id, line->words, (int64_t)line->at_us,
		(int64_t)line->private, line->activity, line->value, line->text);
	struct store_event *e = status == 0 ? append(mem, out) : NULL;

	if (!e)
		return status < 0 ? status : -ENOMEM;
	*e = (struct store_event){ .type = EVENT_MESSAGE_NEW,
				   .created_at_us = line->at_us,
				   .conversation_id = line->conversation_id };
	int64_t id = db_last_id(db);
	int row = message_find(db, mem, line->conversation_id, id, &e->message);
	if (row < 0)
		return row;
	e->user = e->message.user;
	return event_add(db,
			 &(struct event_row){ .type = EVENT_MESSAGE_NEW,
					      .created_at_us = line->at_us,
					      .message_id = id,
					      .conversation_id = line->conversation_id },
			 &e->cursor);
}

int support_event_add(struct db *db, struct mem *mem, const char *conversation_id,
		      const char *user_id, uint64_t at_us, struct event_list *out)
{
	struct store_event *e = append(mem, out);

	if (!e)
		return -ENOMEM;
	*e = (struct store_event){ .type = EVENT_CONVERSATION_UPDATED,
				   .created_at_us = at_us,
				   .conversation_id = conversation_id,
				   .user = { .id = user_id, .name = "" } };
	int status = support_take(db, mem, conversation_id, &e->support);
	return status < 0 ? status
			  : event_add(db,
				      &(struct event_row){ .type = EVENT_CONVERSATION_UPDATED,
							   .created_at_us = at_us,
							   .conversation_id = conversation_id,
							   .user_id = user_id },
				      &e->cursor);
}
