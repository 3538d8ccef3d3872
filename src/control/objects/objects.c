/* SPDX-License-Identifier: Apache-2.0 */
#include "control/objects/objects.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "store/support.h"

static void put_digits(char *to, size_t n, unsigned value)
{
	for (; n > 0; value /= 10)
		to[--n] = (char)('0' + value % 10);
}

/* Each message has one: by printf that is half a microsecond. */
void object_time_text(uint64_t wall_us, char ret[OBJECT_TIME_SIZE])
{
	time_t seconds = (time_t)(wall_us / US_PER_S);
	struct tm utc;

	(void)gmtime_r(&seconds, &utc);
	memcpy(ret, "yyyy-mm-ddThh:mm:ss.mmmZ", sizeof "yyyy-mm-ddThh:mm:ss.mmmZ");
	put_digits(ret, 4, (unsigned)(1900 + utc.tm_year));
	put_digits(ret + 5, 2, (unsigned)(1 + utc.tm_mon));
	put_digits(ret + 8, 2, (unsigned)utc.tm_mday);
	put_digits(ret + 11, 2, (unsigned)utc.tm_hour);
	put_digits(ret + 14, 2, (unsigned)utc.tm_min);
	put_digits(ret + 17, 2, (unsigned)utc.tm_sec);
	put_digits(ret + 20, 3, (unsigned)(wall_us % US_PER_S / US_PER_MS));
}

json_t *object_time(uint64_t wall_us)
{
	char text[OBJECT_TIME_SIZE];

	object_time_text(wall_us, text);
	return json_string(text);
}

json_t *object_maybe_time(uint64_t wall_us)
{
	return wall_us ? object_time(wall_us) : json_null();
}

/* What stands behind the seconds (RFC 3339 5.6): a fraction in *ret_us, an offset in seconds. */
static bool parse_rest(const char *text, uint64_t *ret_us, long *ret_offset)
{
	uint64_t scale = US_PER_S;
	unsigned hours, minutes;
	int end = 0;

	*ret_us = 0;
	*ret_offset = 0;
	if (*text == '.') {
		if (!strspn(text + 1, "0123456789"))
			return false;
		for (text++; *text >= '0' && *text <= '9'; text++)
			*ret_us += (uint64_t)(*text - '0') * (scale /= 10);
	}
	if (*text == 'Z' || *text == 'z')
		return !text[1];
	if ((*text != '+' && *text != '-') ||
	    sscanf(text + 1, "%2u:%2u%n", &hours, &minutes, &end) != 2 || end != 5 || text[6] ||
	    hours > 23 || minutes > 59)
		return false;
	*ret_offset = (long)(hours * 60 + minutes) * 60 * (*text == '+' ? 1 : -1);
	return true;
}

bool object_time_parse(const char *text, uint64_t *ret_us)
{
	struct tm utc = { 0 };
	int end = 0;
	uint64_t us;
	long offset;

	if (strspn(text, "0123456789") != 4 ||
	    sscanf(text, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &utc.tm_year, &utc.tm_mon,
		   &utc.tm_mday, &utc.tm_hour, &utc.tm_min, &utc.tm_sec, &end) != 6 ||
	    end != 19 || !parse_rest(text + end, &us, &offset))
		return false;
	utc.tm_year -= 1900;
	utc.tm_mon -= 1;
	const struct tm said = utc;
	time_t seconds = timegm(&utc); /* normalises: what it changed was no date */
	if (utc.tm_mon != said.tm_mon || utc.tm_mday != said.tm_mday ||
	    utc.tm_hour != said.tm_hour || utc.tm_min != said.tm_min || utc.tm_sec != said.tm_sec ||
	    seconds - offset < 0)
		return false;
	*ret_us = (uint64_t)(seconds - offset) * US_PER_S + us;
	return true;
}

json_t *object_user(const struct store_user *user)
{
	json_t *o = json_pack("{s:s, s:s, s:s}", "id", user->id, "name", user->name, "role",
			      user_role_text(user->role));

	if (o && user->image)
		(void)json_object_set_new(o, "image", json_string(user->image));
	return o;
}

/* [{"type", "user_ids"}], in the order in which each type was first given. */
static json_t *object_reactions(const struct store_message *m)
{
	json_t *list = json_array(), *entry;
	size_t at;

	for (size_t i = 0; i < m->reaction_count; i++) {
		const struct store_reaction *r = &m->reactions[i];
		json_t *users = NULL;

		json_array_foreach(list, at, entry)
		{
			if (strcmp(json_string_value(json_object_get(entry, "type")), r->type) == 0)
				users = json_object_get(entry, "user_ids");
		}
		if (!users) {
			users = json_array();
			(void)json_array_append_new(
				list, json_pack("{s:s, s:o}", "type", r->type, "user_ids", users));
		}
		(void)json_array_append_new(users, json_string(r->user_id));
	}
	return list;
}

static void set_time(json_t *o, const char *name, uint64_t wall_us)
{
	if (wall_us)
		(void)json_object_set_new(o, name, object_time(wall_us));
}

json_t *object_attachment(const struct store_attachment *a)
{
	char url[64 + 32];
	json_t *o;

	/* the name at the end is for people who save the address; it does not matter */
	(void)snprintf(url, sizeof url, "/files/%s/file", a->id);
	o = json_pack("{s:s, s:s, s:s, s:I, s:s}", "id", a->id, "name", a->name, "mime_type",
		      a->kind, "size", (json_int_t)a->size, "url", url);
	if (o && a->width) {
		(void)json_object_set_new(o, "width", json_integer(a->width));
		(void)json_object_set_new(o, "height", json_integer(a->height));
	}
	if (o && a->duration_ms)
		(void)json_object_set_new(o, "voice",
					  json_pack("{s:I, s:s}", "duration_ms",
						    (json_int_t)a->duration_ms, "waveform",
						    a->waveform));
	return o;
}

static json_t *object_attachments(const struct store_message *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->attachment_count; i++)
		(void)json_array_append_new(list, object_attachment(&m->attachments[i]));
	return list;
}

static json_t *object_activity(const struct store_message *m)
{
	json_t *o = json_pack("{s:s}", "type", m->activity);

	if (o && m->activity_value)
		(void)json_object_set_new(o, "value", json_string(m->activity_value));
	if (o && m->activity_text)
		(void)json_object_set_new(o, "text", json_string(m->activity_text));
	return o;
}

json_t *object_message(const struct store_message *m)
{
	json_t *o = json_pack("{s:I, s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:o}", "id",
			      (json_int_t)m->id, "conversation_id", m->conversation_id, "type",
			      m->card || m->activity ? "system" : "regular", "user",
			      object_user(&m->user), "text", m->text, "client_id", m->client_id,
			      "created_at", object_time(m->created_at_us), "reactions",
			      object_reactions(m), "attachments", object_attachments(m));

	if (!o)
		return NULL;
	if (m->card)
		(void)json_object_set_new(o, "call", object_stored(m->card));
	if (m->activity)
		(void)json_object_set_new(o, "activity", object_activity(m));
	set_time(o, "updated_at", m->updated_at_us);
	set_time(o, "deleted_at", m->deleted_at_us);
	if (m->private)
		(void)json_object_set_new(o, "private", json_true());
	if (m->quoted_id && m->quoted_user_id)
		(void)json_object_set_new(o, "quoted",
					  json_pack("{s:I, s:s, s:s, s:s}", "id",
						    (json_int_t)m->quoted_id, "user_id",
						    m->quoted_user_id, "user_name",
						    m->quoted_user_name, "text", m->quoted_text));
	return o;
}

json_t *object_read(const struct store_read *read)
{
	int64_t up_to = read->unread_id ? read->unread_id - 1 : read->read_id;
	json_t *o = json_pack("{s:s, s:s, s:I, s:I}", "user_id", read->user_id, "role",
			      user_role_text(read->role), "last_read_message_id", (json_int_t)up_to,
			      "last_delivered_message_id", (json_int_t)read->delivered_id);

	if (o && read->unread_id)
		(void)json_object_set_new(o, "first_unread_message_id",
					  json_integer(read->unread_id));
	return o;
}

json_t *object_unread(const struct store_unread *unread)
{
	return json_pack("{s:o, s:I, s:I}", "read", object_read(&unread->read), "unread",
			 (json_int_t)unread->unread, "mentions", (json_int_t)unread->mentions);
}

json_t *object_support(const struct store_support *s, bool team)
{
	/* when the team looks again is its own business */
	enum support_status status = s->status == SUPPORT_SNOOZED && !team ? SUPPORT_PENDING
									   : s->status;
	json_t *o = json_pack("{s:s}", "status", support_status_text(status));

	if (!o)
		return NULL;
	if (s->question)
		(void)json_object_set_new(o, "question", json_integer(s->question));
	if (!team)
		return o;
	json_t *labels = json_array();
	for (size_t i = 0; i < s->label_count; i++)
		(void)json_array_append_new(labels, json_integer(s->labels[i]));
	(void)json_object_set_new(o, "status_at", object_maybe_time(s->status_at_us));
	(void)json_object_set_new(o, "assignee",
				  s->assignee.id ? object_user(&s->assignee) : json_null());
	(void)json_object_set_new(o, "labels", labels);
	(void)json_object_set_new(o, "waiting_since", object_maybe_time(s->waiting_since_us));
	(void)json_object_set_new(o, "priority", json_string(support_priority_text(s->priority)));
	if (s->status == SUPPORT_SNOOZED)
		(void)json_object_set_new(o, "snoozed_until", object_time(s->snoozed_until_us));
	return o;
}

json_t *object_stored(const char *json)
{
	json_t *o = json ? json_loads(json, 0, NULL) : NULL;

	return o ? o : json_object();
}

json_t *object_error(int status, int code, const char *message)
{
	return json_pack("{s:i, s:i, s:s}", "code", code, "status_code", status, "message",
			 message);
}
