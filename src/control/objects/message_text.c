/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message as JSON text. Each one that is sent is written twice, for its sender and for those who hear of it: as a tree
 * of jansson's that was a tenth of what a message cost the control thread. So the usual ones are written here; what is
 * rare (files, reactions, quotes, cards, changes) goes through object_message. A test compares the two.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/sb.h"
#include "control/objects/objects.h"

/* RFC 8259 7, in the way of jansson. */
static void put_escape(struct sb *out, unsigned char c)
{
	static const char short_forms[] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r',
					    ['\t'] = 't', ['"'] = '"',	['\\'] = '\\' };

	if (c < sizeof short_forms && short_forms[c])
		sb_add(out, (char[]){ '\\', short_forms[c] }, 2);
	else
		sb_printf(out, "\\u%04X", c);
}

void object_text_write(struct sb *out, const char *text)
{
	sb_add(out, "\"", 1);
	for (;;) {
		const char *p = text;

		while ((unsigned char)*p >= ' ' && *p != '"' && *p != '\\')
			p++;
		sb_add(out, text, (size_t)(p - text));
		if (!*p)
			break;
		put_escape(out, (unsigned char)*p);
		text = p + 1;
	}
	sb_add(out, "\"", 1);
}

static bool is_usual(const struct store_message *m)
{
	return !m->card && !m->activity && !m->quoted_id && !m->reaction_count &&
	       !m->attachment_count && !m->updated_at_us && !m->deleted_at_us;
}

static void write_usual(struct sb *out, const struct store_message *m)
{
	char time[OBJECT_TIME_SIZE];

	object_time_text(m->created_at_us, time);
	sb_printf(out, "{\"id\":%lld,\"conversation_id\":", (long long)m->id);
	object_text_write(out, m->conversation_id);
	sb_puts(out, ",\"type\":\"regular\",\"user\":{\"id\":");
	object_text_write(out, m->user.id);
	sb_puts(out, ",\"name\":");
	object_text_write(out, m->user.name);
	sb_puts(out, ",\"role\":");
	object_text_write(out, user_role_text(m->user.role));
	if (m->user.image) {
		sb_puts(out, ",\"image\":");
		object_text_write(out, m->user.image);
	}
	sb_puts(out, "},\"text\":");
	object_text_write(out, m->text);
	sb_puts(out, ",\"client_id\":");
	object_text_write(out, m->client_id);
	sb_puts(out, ",\"created_at\":");
	object_text_write(out, time);
	sb_puts(out, ",\"reactions\":[],\"attachments\":[]");
	if (m->private)
		sb_puts(out, ",\"private\":true");
	sb_add(out, "}", 1);
}

void object_message_write(struct sb *out, const struct store_message *m)
{
	if (is_usual(m)) {
		write_usual(out, m);
		return;
	}
	json_t *o = object_message(m);
	autofree char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;

	json_decref(o);
	if (text)
		sb_puts(out, text);
	else
		out->bad = true;
}
