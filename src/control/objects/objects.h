/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of docs/api.md that everything is made of, as JSON; those of calls are in
 * calls/objects.h. Each returns a new reference; NULL when out of memory. */
#pragma once

#include <jansson.h>

#include "store/store.h"

json_t *object_time(uint64_t wall_us); /* RFC 3339 UTC with milliseconds */

enum { OBJECT_TIME_SIZE = 48 };
void object_time_text(uint64_t wall_us, char ret[OBJECT_TIME_SIZE]);

/* The other way: seconds, with or without a fraction, and Z or an offset. False: it is no such time,
 * or not one of 1970 to 9999. */
bool object_time_parse(const char *text, uint64_t *ret_us);

json_t *object_maybe_time(uint64_t wall_us); /* 0 = null */
json_t *object_user(const struct store_user *user);
json_t *object_attachment(const struct store_attachment *attachment);
json_t *object_message(const struct store_message *message);
/* As they see it themselves; others are shown one whose unread_id is 0. */
json_t *object_read(const struct store_read *read);
json_t *object_unread(const struct store_unread *unread);

/* The same as text, appended: what object_message gives, and a string in quotation marks. The texts are UTF-8. */
struct sb;
void object_message_write(struct sb *out, const struct store_message *message);
void object_text_write(struct sb *out, const char *text);

/* What becomes of a conversation: the whole of it for the team, less for the customer. */
json_t *object_support(const struct store_support *support, bool team);

/* Text that we made and stored; {} when it is damaged. NULL is {} too. */
json_t *object_stored(const char *json);

/* `{"code", "status_code", "message"}` */
json_t *object_error(int status, int code, const char *message);
