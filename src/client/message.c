/* SPDX-License-Identifier: Apache-2.0 */
/* What the server says of messages, in words of C: in events and in the answers to questions. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "client/chat.h"
#include "client/internal.h"

static const char *text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static int64_t number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static unsigned pixels(const json_t *object, const char *name)
{
	int64_t n = number(object, name);

	return n > 0 && n <= UINT16_MAX ? (unsigned)n : 0;
}

/* RFC 3339 5.6, as the server writes it: UTC with milliseconds. */
uint64_t message_time(const char *text)
{
	struct tm tm = { 0 };
	unsigned ms = 0;

	if (!text || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%3uZ", &tm.tm_year, &tm.tm_mon,
			    &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &ms) != 7)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	time_t s = timegm(&tm);
	return s > 0 ? (uint64_t)s * US_PER_S + ms * US_PER_MS : 0;
}

static size_t read_files(const json_t *list, confab_attachment ret[LIMIT_ATTACHMENTS])
{
	const json_t *file;
	size_t at, n = 0;

	json_array_foreach(list, at, file)
	{
		confab_attachment a = { .id = text(file, "id"),
					.name = text(file, "name"),
					.mime = text(file, "mime_type"),
					.url = text(file, "url"),
					.width = pixels(file, "width"),
					.height = pixels(file, "height") };
		int64_t size = number(file, "size");

		a.size = size > 0 ? (uint64_t)size : 0;
		if (n < LIMIT_ATTACHMENTS && a.id && a.name && a.mime && a.url)
			ret[n++] = a;
	}
	return n;
}

bool message_read(const json_t *json, struct message_view *ret)
{
	const json_t *user = json_object_get(json, "user");
	const char *type = text(json, "type");
	struct message_view v = {
		.message = { .id = number(json, "id"),
			     .conversation = text(json, "conversation_id"),
			     .user = text(user, "id"),
			     .user_name = text(user, "name"),
			     .text = text(json, "text"),
			     .client_id = text(json, "client_id"),
			     .created_us = message_time(text(json, "created_at")),
			     .quoted_id = number(json_object_get(json, "quoted"), "id"),
			     .is_private = json_is_true(json_object_get(json, "private")),
			     .is_system = type && strcmp(type, "regular") != 0,
			     .is_edited = text(json, "updated_at") != NULL,
			     .is_deleted = text(json, "deleted_at") != NULL }
	};

	if (v.message.id <= 0 || !v.message.conversation || !v.message.user ||
	    !v.message.user_name || !v.message.text || !v.message.client_id)
		return false;
	*ret = v;
	ret->message.attachment_count = read_files(json_object_get(json, "attachments"),
						   ret->files);
	ret->message.attachments = ret->message.attachment_count ? ret->files : NULL;
	return true;
}

/* ---- events ---- */

static bool is_change(const char *type)
{
	return strcmp(type, "message.updated") == 0 || strcmp(type, "message.deleted") == 0 ||
	       strcmp(type, "reaction.new") == 0 || strcmp(type, "reaction.deleted") == 0;
}

/* What the server writes about calls is for screens: the rings have told of it. */
static void tell_message(struct confab_client *c, const json_t *event, confab_event e)
{
	struct message_view v;

	if (!message_read(json_object_get(event, "message"), &v) || v.message.is_system)
		return;
	e.message = &v.message;
	if (e.type == CONFAB_EVENT_MESSAGE) {
		e.identity = v.message.user;
		e.name = v.message.user_name;
	}
	client_emit(c, &e);
}

bool chat_take(struct confab_client *c, const json_t *event, int64_t cursor)
{
	const char *type = text(event, "type");
	const json_t *user = json_object_get(event, "user"), *read = json_object_get(event, "read");
	confab_event e = { .conversation = text(event, "conversation_id"),
			   .identity = text(user, "id"),
			   .name = text(user, "name"),
			   .cursor = cursor };

	if (!e.conversation)
		return false;
	if (strcmp(type, "message.new") == 0) {
		e.type = CONFAB_EVENT_MESSAGE;
		tell_message(c, event, e);
	} else if (is_change(type) && e.identity) {
		e.type = CONFAB_EVENT_MESSAGE_CHANGED;
		e.topic = type;
		tell_message(c, event, e);
	} else if (strcmp(type, "message.read") == 0 && e.identity && json_is_object(read)) {
		e.type = CONFAB_EVENT_READ;
		e.message_id = number(read, "last_read_message_id");
		e.delivered_id = number(read, "last_delivered_message_id");
		client_emit(c, &e);
	} else if (strncmp(type, "typing.", 7) == 0 && e.identity) {
		e.type = CONFAB_EVENT_TYPING;
		e.state = strcmp(type, "typing.start") == 0;
		client_emit(c, &e);
	} else {
		return false;
	}
	return true;
}
