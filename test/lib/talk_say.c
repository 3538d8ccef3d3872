/* SPDX-License-Identifier: Apache-2.0 */
#include "talk_say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void say_more(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
}

void say_begin(const char *format, ...)
{
	va_list args;

	flockfile(stdout);
	(void)putchar('{');
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
}

void say_end(void)
{
	(void)puts("}");
	(void)fflush(stdout);
	funlockfile(stdout);
}

void say_text(const char *name, const char *text)
{
	printf(",\"%s\":", name);
	if (!text) {
		printf("null");
		return;
	}
	(void)putchar('"');
	for (; *text; text++)
		if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else if ((unsigned char)*text < ' ')
			printf("\\u%04x", (unsigned)*text);
		else
			(void)putchar(*text);
	(void)putchar('"');
}

void say_done(const char *what, int code, const char *message)
{
	say_begin("\"done\":\"%s\",\"code\":%d", what, code);
	say_text("message", message);
	say_end();
}

static const char *name_of(confab_event_type type)
{
	static const char *const names[] = {
		[CONFAB_EVENT_CONNECTION] = "connection",
		[CONFAB_EVENT_CALLING_STATE] = "state",
		[CONFAB_EVENT_PARTICIPANT_JOINED] = "joined",
		[CONFAB_EVENT_PARTICIPANT_LEFT] = "left",
		[CONFAB_EVENT_TRACK_SUBSCRIBED] = "subscribed",
		[CONFAB_EVENT_TRACK_UNSUBSCRIBED] = "unsubscribed",
		[CONFAB_EVENT_TRACK_MUTED] = "muted",
		[CONFAB_EVENT_DATA] = "data",
		[CONFAB_EVENT_KEY_FRAME_WANTED] = "key frame",
		[CONFAB_EVENT_SERVER] = "server",
		[CONFAB_EVENT_RING] = "ring",
		[CONFAB_EVENT_MESSAGE] = "message",
		[CONFAB_EVENT_SPEAKING] = "speaking",
		[CONFAB_EVENT_TRACK_PUBLISHED] = "published",
		[CONFAB_EVENT_TRACK_UNPUBLISHED] = "unpublished",
		[CONFAB_EVENT_PARTICIPANT_CHANGED] = "changed",
		[CONFAB_EVENT_QUALITY] = "quality",
		[CONFAB_EVENT_TRACK_PAUSED] = "paused",
		[CONFAB_EVENT_SUBSCRIPTION_PERMISSION] = "permission",
		[CONFAB_EVENT_SUBSCRIPTION_FAILED] = "subscription failed",
		[CONFAB_EVENT_ROOM] = "room",
		[CONFAB_EVENT_LAYERS_WANTED] = "layers",
		[CONFAB_EVENT_TARGET_BITRATE] = "target",
		[CONFAB_EVENT_MESSAGE_CHANGED] = "message changed",
		[CONFAB_EVENT_READ] = "read",
		[CONFAB_EVENT_TYPING] = "typing",
		[CONFAB_EVENT_RESYNC] = "resync",
	};

	return names[type];
}

static void say_details(const confab_event *e)
{
	const confab_participant *p = e->details;

	say_more(",\"changed\":%u,\"can_publish\":%d", e->changed, p->can_publish);
	say_text("metadata", p->metadata);
	say_more(",\"attributes\":{\"\":0");
	for (size_t i = 0; i < p->attribute_count; i++)
		say_text(p->attributes[i].name, p->attributes[i].value);
	say_more("}");
}

static void say_parts(const confab_event *e)
{
	if (e->type == CONFAB_EVENT_DATA)
		say_more(",\"length\":%zu,\"first\":%u", e->length, e->length ? e->data[0] : 0u);
	if (e->ring) {
		say_more(",\"ring\":%d,\"incoming\":%d,\"video\":%d", e->ring->state,
			 e->ring->incoming, e->ring->video);
		say_text("outcome", e->ring->outcome);
		say_text("caller", e->ring->caller);
	}
	if (e->message)
		say_message(e->message);
	else if (e->conversation)
		say_text("conversation", e->conversation);
	if (e->publication) {
		say_more(",\"width\":%u,\"simulcast\":%d", e->publication->width,
			 e->publication->simulcast);
		say_text("mime", e->publication->mime);
		say_text("title", e->publication->name);
	}
	if (e->details)
		say_details(e);
	if (e->room) {
		say_more(",\"participants\":%u", e->room->participants);
		say_text("metadata", e->room->metadata);
		say_text("room", e->room->name);
	}
	if (e->error)
		say_text("error", e->error->message);
}

void say_message(const confab_message *m)
{
	const confab_attachment *a = m->attachment_count ? &m->attachments[0] : NULL;

	say_more(",\"message\":%lld,\"created_us\":%llu,\"quoted\":%lld,\"private\":%d,"
		 "\"deleted\":%d,\"edited\":%d,\"files\":%zu,\"size\":%llu,\"width\":%u",
		 (long long)m->id, (unsigned long long)m->created_us, (long long)m->quoted_id,
		 m->is_private, m->is_deleted, m->is_edited, m->attachment_count,
		 a ? (unsigned long long)a->size : 0, a ? a->width : 0);
	say_text("text", m->text);
	say_text("conversation", m->conversation);
	say_text("user", m->user);
	say_text("client_id", m->client_id);
	say_text("url", a ? a->url : NULL);
	say_text("mime", a ? a->mime : NULL);
	say_text("file", a ? a->name : NULL);
}

void say_event(const confab_event *e)
{
	say_begin("\"event\":\"%s\",\"state\":%d,\"muted\":%d,\"codec\":%d,\"source\":%d,"
		  "\"reason\":%d,\"level\":%.3f,\"bitrate\":%u,\"cursor\":%lld,"
		  "\"message_id\":%lld,\"delivered_id\":%lld",
		  name_of(e->type), e->state, e->muted, (int)e->codec, (int)e->source,
		  (int)e->reason, e->level, e->bitrate, (long long)e->cursor,
		  (long long)e->message_id, (long long)e->delivered_id);
	say_text("cid", e->call ? confab_call_cid(e->call) : NULL);
	say_text("identity", e->identity);
	say_text("name", e->name);
	say_text("topic", e->topic);
	say_text("id", e->track_id);
	if (e->track) /* the text of the event, and the function's */
		say_text("track",
			 strcmp(e->track_id, confab_track_id(e->track)) == 0 ? e->track_id : "?");
	say_parts(e);
	say_end();
}

void say_size(const confab_event *e)
{
	static unsigned last; /* of any track: tests look at one at a time */
	const confab_frame *f = e->frame;

	if (f->codec != CONFAB_VP8 || !f->key || f->length < 10)
		return;
	unsigned width = (f->bytes[6] | f->bytes[7] << 8) & 0x3fff;
	unsigned height = (f->bytes[8] | f->bytes[9] << 8) & 0x3fff;

	if (last == width)
		return;
	last = width;
	say_begin("\"event\":\"size\",\"width\":%u,\"height\":%u", width, height);
	say_text("id", e->track_id);
	say_end();
}
