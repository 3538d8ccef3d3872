/* SPDX-License-Identifier: Apache-2.0 */
/* What the server's events mean to the program: each as it came, and those about rings and conversations
 * once more in words of C. */
#include <string.h>

#include "client/internal.h"

static const char *text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

void event_take(struct confab_client *c, json_t *event, const char *bytes, size_t n)
{
	const char *type = text(event, "type"), *cid = text(event, "cid");
	const json_t *user = json_object_get(event, "user");
	int64_t cursor = json_integer_value(json_object_get(event, "cursor"));

	client_emit(c, &(confab_event){ .type = CONFAB_EVENT_SERVER,
					.call = cid ? call_find(c, cid) : NULL,
					.identity = text(user, "id"),
					.name = text(user, "name"),
					.topic = type,
					.conversation = text(event, "conversation_id"),
					.data = (const uint8_t *)bytes,
					.length = n,
					.cursor = cursor });
	if (strcmp(type, "resync") == 0) {
		client_emit(c, &(confab_event){ .type = CONFAB_EVENT_RESYNC });
		ring_refresh(c);
	} else if (cid && json_object_get(event, "ring")) {
		ring_take(c, event);
	} else {
		(void)chat_take(c, event, cursor);
	}
}
