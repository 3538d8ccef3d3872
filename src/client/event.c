/* SPDX-License-Identifier: Apache-2.0 */
/* What the server's events mean to the program: each as it came, and those about rings and messages
 * once more in words of C. */
#include <string.h>

#include "client/internal.h"

static const char *text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void tell_message(struct confab_client *c, const json_t *event)
{
	const json_t *m = json_object_get(event, "message"), *user = json_object_get(m, "user");
	const char *type = text(m, "type");
	confab_message message = { .id = json_integer_value(json_object_get(m, "id")),
				   .conversation = text(event, "conversation_id"),
				   .text = text(m, "text"),
				   .client_id = text(m, "client_id"),
				   .is_private = json_is_true(json_object_get(m, "private")) };

	/* what the server writes about calls is for screens: the rings have told of it */
	if (!type || strcmp(type, "regular") != 0 || !message.conversation || !message.text)
		return;
	client_emit(c, &(confab_event){ .type = CONFAB_EVENT_MESSAGE,
					.identity = text(user, "id"),
					.name = text(user, "name"),
					.message = &message });
}

void event_take(struct confab_client *c, json_t *event, const char *bytes, size_t n)
{
	const char *type = text(event, "type"), *cid = text(event, "cid");
	const json_t *user = json_object_get(event, "user");

	client_emit(c, &(confab_event){ .type = CONFAB_EVENT_SERVER,
					.call = cid ? call_find(c, cid) : NULL,
					.identity = text(user, "id"),
					.name = text(user, "name"),
					.topic = type,
					.data = (const uint8_t *)bytes,
					.length = n });
	if (strcmp(type, "message.new") == 0)
		tell_message(c, event);
	else if (strcmp(type, "resync") == 0)
		ring_refresh(c);
	else if (cid && json_object_get(event, "ring"))
		ring_take(c, event);
}
