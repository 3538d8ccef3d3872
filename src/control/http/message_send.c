/* SPDX-License-Identifier: Apache-2.0 */
#include "control/http/message_send.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/must.h"
#include "control/chat/chat.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/message_args.h"
#include "control/support/support.h"

void message_refusal(int status, const struct store_message *message, const char *where,
		     struct refusal *ret)
{
	switch (status) {
	case -EBADMSG: /* this text is part of the contract: clients take the word out of it */
		refusal_set(ret, 400, 73, "The word '%s' is on the team's list; leave it out.",
			    message ? message->text : "");
		return;
	case -EACCES:
		refusal_set(ret, 403, 17, "Private notes are the team's; leave `private` out.");
		return;
	case -EPERM:
		refusal_set(ret, 403, 17, "Only its writer may change this message.");
		return;
	case -ETIMEDOUT:
		refusal_set(ret, 403, 17,
			    "The message is older than %d minutes; it stays as it is.",
			    CHAT_CHANGE_WINDOW_S / 60);
		return;
	case -ECONNREFUSED:
	case -ECONNABORTED:
		blocked_refusal(status, ret);
		return;
	case -E2BIG:
		refusal_set(ret, 400, 4, "At most %d attachments go with one message.",
			    LIMIT_ATTACHMENTS);
		return;
	case -EDQUOT:
		refusal_set(ret, 429, 9, "The message has %d reactions; no more are taken.",
			    STORE_REACTIONS_MAX);
		return;
	case -EMSGSIZE:
		refusal_set(ret, 413, 22, "The message is too long; at most %d bytes are taken.",
			    LIMIT_MESSAGE_TEXT);
		return;
	case -EINVAL:
		refusal_set(ret, 400, 4,
			    "`text` is empty, or `client_id` is not 1 to %d printable ASCII "
			    "characters.",
			    CHAT_CLIENT_ID_MAX);
		return;
	default:
		access_refusal(status, "conversation of this id, or message in it", where, ret);
	}
}

static void refuse_slow(int64_t wait_us, struct refusal *ret)
{
	unsigned seconds = (unsigned)((wait_us + US_PER_S - 1) / US_PER_S);

	refusal_set(ret, 429, 60,
		    "This conversation is in slow mode; your next message can go in %u seconds.",
		    seconds);
	ret->retry_after_s = seconds;
}

struct sending {
	message_reply_fn *done;
	void *arg;
};

static void on_sent(void *arg, int status, const struct store_message *message, bool created,
		    int64_t cursor)
{
	struct sending s = *(struct sending *)arg;
	struct refusal r;

	free(arg);
	if (status == -EAGAIN)
		refuse_slow(cursor, &r);
	else if (status < 0)
		message_refusal(status, message, "a message", &r);
	s.done(s.arg, &(struct message_reply){ .refused = status < 0 ? &r : NULL,
					       .message = message,
					       .created = created });
}

/* What is optional in a new message. False: refused. */
static bool read_options(const json_t *fields, struct chat_new_message *ret, struct refusal *r)
{
	const json_t *quoted = json_object_get(fields, "quoted_message_id");
	const json_t *private = json_object_get(fields, "private");

	if (quoted && (!json_is_integer(quoted) || json_integer_value(quoted) < 1)) {
		refusal_set(r, 400, 4, "`quoted_message_id` must be the id of a message.");
		return false;
	}
	if (private && !json_is_boolean(private)) {
		refusal_set(r, 400, 4, "`private` must be true or false.");
		return false;
	}
	ret->quoted_id = json_integer_value(quoted);
	ret->private = json_is_true(private);
	return true;
}

/* The ids of uploads, into `ids` (room for one more than are allowed). False: refused. */
static bool read_attachments(const json_t *fields, const char **ids, struct chat_new_message *ret,
			     struct refusal *r)
{
	const json_t *list = json_object_get(fields, "attachments"), *id;
	size_t i;

	json_array_foreach(list, i, id)
	{
		if (i <= LIMIT_ATTACHMENTS)
			ids[i] = json_string_value(id);
		if (i <= LIMIT_ATTACHMENTS && !ids[i])
			break;
	}
	if (list && (!json_is_array(list) || i < json_array_size(list))) {
		refusal_set(r, 400, 4, "`attachments` must be a list of ids of uploaded files.");
		return false;
	}
	ret->attachments = ids;
	ret->attachment_count = json_array_size(list);
	return true;
}

static bool read_fields(const json_t *fields, const char **ids, struct chat_new_message *ret,
			struct refusal *r)
{
	ret->text = json_string_value(json_object_get(fields, "text"));
	ret->client_id = json_string_value(json_object_get(fields, "client_id"));
	if (!ret->text) {
		refusal_set(r, 400, 4, "`text` must be a string.");
		return false;
	}
	if (!ret->client_id) {
		refusal_set(
			r, 400, 4,
			"`client_id` must be a string that is new for each message: repeats are "
			"not stored twice.");
		return false;
	}
	return read_options(fields, ret, r) && read_attachments(fields, ids, ret, r);
}

void message_send(struct control *control, const struct message_writer *who,
		  const char *conversation_id, const json_t *fields, message_reply_fn *done,
		  void *arg)
{
	struct chat_new_message message = {
		.conversation_id = conversation_id,
		.slow_mode_s = support_hours(control->support)->slow_mode_s
	};
	const char *ids[LIMIT_ATTACHMENTS + 1] = { 0 };
	struct refusal r;

	if (!read_fields(fields, ids, &message, &r) ||
	    !writer_may(who, control, WRITE_MESSAGE, &r)) {
		done(arg, &(struct message_reply){ .refused = &r });
		return;
	}
	struct sending *s = must(malloc(sizeof *s));
	*s = (struct sending){ .done = done, .arg = arg };
	chat_send(control->chat, who->user, &message, on_sent, s);
}

void message_send_frame(struct control *control, const struct message_writer *who,
			const char *conversation_id, const json_t *fields, message_reply_fn *done,
			void *arg)
{
	struct refusal r;

	store_hurry(control->store); /* as access_gate does between requests */
	if (access_allows(control, ACCESS_CONVERSATION, who->user, conversation_id, &r))
		message_send(control, who, conversation_id, fields, done, arg);
	else
		done(arg, &(struct message_reply){ .refused = &r });
}
