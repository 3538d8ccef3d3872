/* SPDX-License-Identifier: Apache-2.0 */
/* Who gets which event: sockets, webhooks, notifications. */
#include <stdint.h>

#include "control/auth/bans.h"
#include "control/calls/calls.h"
#include "control/chat/channels.h"
#include "control/hooks/hooks.h"
#include "control/http/support_args.h"
#include "control/notify.h"
#include "control/private.h"
#include "control/push/push.h"
#include "control/support/support.h"
#include "control/ws/hub.h"
#include "control/ws/objects.h"

/* Those who may see a conversation: a channel's members; else its customer and every admin, of the team's notes
 * admins only. It points to `*conversation_id`. */
static struct hub_audience audience_of(struct control *c, const char *const *conversation_id,
				       bool private)
{
	struct hub_audience to = { .admins = true,
				   .user_ids = conversation_id,
				   .user_count = private ? 0 : 1 };

	if (store_is_channel(*conversation_id)) {
		to.admins = false;
		to.user_ids = chat_channel_ids(c->chat, *conversation_id, &to.user_count);
	}
	return to;
}

/* Not `except`, unless that is NULL. */
static void publish_to_conversation(struct control *c, const char *conversation_id, bool private,
				    const char *except, int64_t cursor, const json_t *event)
{
	struct hub_audience to = audience_of(c, &conversation_id, private);

	to.except = except;
	hub_publish(c->hub, &to, cursor, event);
}

void control_post_event(struct control *c, int64_t cursor, const json_t *frame)
{
	json_t *event = c->event_hooks ? json_copy((json_t *)(uintptr_t)frame) : NULL;

	if (event && cursor)
		(void)json_object_set_new(event, "cursor", json_integer(cursor));
	if (event)
		hooks_publish(c->event_hooks, event);
}

/* With the state of the conversation: the team and the customer each see their part of that. */
static void publish_support(struct control *c, const struct store_event *event)
{
	struct store_event seen = *event;
	const struct hub_audience team = { .admins = true };
	const struct hub_audience customer = { .user_ids = &event->conversation_id,
					       .user_count = 1 };

	seen.team = true;
	json_t *whole = event_stored(&seen, NULL);
	seen.team = false;
	json_t *part = event_stored(&seen, NULL);
	if (whole && part) {
		hub_publish(c->hub, &team, event->cursor, whole);
		hub_publish(c->hub, &customer, event->cursor, part);
		control_post_event(c, event->cursor, whole);
	}
	json_decref(whole);
	json_decref(part);
}

void publish_chat_event(void *arg, const struct store_event *event)
{
	struct control *c = arg;

	support_on_event(c->support, event);
	notify_message(c->push, event);
	if (event->type == EVENT_CHANNEL_UPDATED)
		calls_conversation_changed(c->calls, event->conversation_id);
	if (event->type == EVENT_MESSAGE_DELETED)
		control_sweep_files(c); /* its attachments go with it */
	if (event->support && !event->message.private) {
		publish_support(arg, event);
		return;
	}
	if (event->type == EVENT_MESSAGE_NEW && !event->support && !c->event_hooks) {
		const struct hub_audience to = audience_of(c, &event->conversation_id,
							   event->message.private);

		hub_publish_message(c->hub, &to, event);
		return;
	}
	json_t *frame = event_stored(event, NULL);

	if (frame)
		publish_to_conversation(arg, event->conversation_id, event->message.private, NULL,
					event->cursor, frame);
	if (frame)
		control_post_event(arg, event->cursor, frame);
	json_decref(frame);
}

static void publish_to_one(struct control *c, const char *user_id, const json_t *frame)
{
	hub_publish(c->hub, &(struct hub_audience){ .user_ids = &user_id, .user_count = 1 }, 0,
		    frame);
}

/* Who has read hears of what they have marked unread, and alone of its end. A customer hears what the team has been given, and
 * what it has read only when it says so. */
static void publish_read(struct control *c, const struct chat_notice *notice)
{
	bool hidden = notice->user->role == ROLE_ADMIN &&
		      !store_is_channel(notice->conversation_id) &&
		      !support_hours(c->support)->receipts;
	bool moved = notice->changed & (READ_FURTHER | GIVEN_FURTHER);
	struct store_read read = *notice->read;
	struct chat_notice others = *notice;

	read.unread_id = 0;
	others.read = &read;
	json_t *frame = moved ? event_notice(&others) : NULL;
	json_t *own = !moved || notice->read->unread_id ? event_notice(notice) : NULL;
	if (frame)
		publish_to_conversation(c, notice->conversation_id, hidden,
					own ? notice->user->id : NULL, 0, frame);
	if (own)
		publish_to_one(c, notice->user->id, own);
	if (frame)
		control_post_event(c, 0, frame);
	read.read_id = 0;
	json_t *part = hidden && notice->changed & GIVEN_FURTHER ? event_notice(&others) : NULL;
	if (part)
		publish_to_one(c, notice->conversation_id, part);
	json_decref(part);
	json_decref(own);
	json_decref(frame);
}

void publish_chat_notice(void *arg, const struct chat_notice *notice)
{
	if (notice->type == CHAT_READ) {
		publish_read(arg, notice);
		return;
	}
	if (notice->type == CHAT_REPORTED || notice->type == CHAT_REPORT_CLOSED) {
		json_t *event = event_report(notice);

		if (event) /* the team's pages load the list: reports.updated */
			control_post_event(arg, 0, event);
		json_decref(event);
		return;
	}
	json_t *frame = notice->type == CHAT_REPORTS ? event_reports(notice->reports_open)
						     : event_notice(notice);
	const struct hub_audience team = { .admins = true };

	if (frame && notice->type == CHAT_REPORTS)
		hub_publish(((struct control *)arg)->hub, &team, 0, frame);
	else if (frame && notice->only)
		publish_to_one(arg, notice->only, frame);
	else if (frame)
		publish_to_conversation(arg, notice->conversation_id,
					notice->type == CHAT_VIEWING_START ||
						notice->type == CHAT_VIEWING_STOP,
					NULL, 0, frame);
	json_decref(frame);
}

void publish_times(void *arg)
{
	support_tell_times(arg);
}

/* Who was let into a channel's call is no member of it. */
static void publish_to_guests(struct control *c, const struct call_event *event)
{
	const struct store_channel *channel = store_is_channel(event->conversation_id)
						      ? chat_channel_find(c->chat,
									  event->conversation_id)
						      : NULL;

	for (size_t i = 0; channel && i < event->audience.count; i++) {
		const char *const *id = &event->audience.user_ids[i];

		if (!chat_channel_member(channel, *id))
			hub_publish(c->hub,
				    &(struct hub_audience){ .user_ids = id, .user_count = 1 },
				    event->cursor, event->frame);
	}
}

void publish_call_event(void *arg, const struct call_event *event)
{
	struct control *c = arg;
	const struct hub_audience to = { .user_ids = event->audience.user_ids,
					 .user_count = event->audience.count };

	if (event->conversation_id) {
		publish_to_conversation(c, event->conversation_id, false, NULL, event->cursor,
					event->frame);
		publish_to_guests(c, event);
	} else {
		hub_publish(c->hub, &to, event->cursor, event->frame);
	}
	control_post_event(c, event->cursor, event->frame);
	notify_ring(c->push, event->frame);
}

bool publish_needs_no_push(void *arg, const char *user_id)
{
	struct control *c = arg;
	char text[BAN_TEXT_SIZE];

	return hub_is_online(c->hub, user_id, NULL) || bans_hold(c->bans, user_id, text);
}

bool publish_is_online(void *arg, const char *user_id, const char *device)
{
	const struct control *c = arg;

	return hub_is_online(c->hub, user_id, device);
}
