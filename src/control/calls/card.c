/* SPDX-License-Identifier: Apache-2.0 */
/* The trace of a call: a card in its conversation and in the operator's history. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/must.h"
#include "control/calls/internal.h"
#include "control/chat/chat.h"
#include "control/objects/objects.h"

static json_int_t seconds_of(const struct card *card)
{
	return card->answered_at_us && card->ended_at_us > card->answered_at_us
		       ? (json_int_t)((card->ended_at_us - card->answered_at_us + US_PER_S / 2) /
				      US_PER_S)
		       : 0;
}

json_t *card_json(const struct card *card)
{
	json_t *people = json_array();

	for (size_t i = 0; i < card->people_count; i++)
		(void)json_array_append_new(people, object_user(card->people[i]));
	json_t *o = json_pack(
		"{s:s, s:s, s:b, s:o, s:o, s:o, s:I, s:o, s:o}", "cid", card->cid, "outcome",
		card->outcome, "video", (int)card->video, "caller", object_user(card->caller),
		"started_at", object_time(card->started_at_us), "ended_at",
		object_time(card->ended_at_us), "duration_s", seconds_of(card), "participants",
		people, "quality", card->quality ? json_string(card->quality) : json_null());

	if (o && card->session_id)
		(void)json_object_set_new(o, "session_id", json_string(card->session_id));
	if (o && card->channel_name)
		(void)json_object_set_new(o, "channel_name", json_string(card->channel_name));
	return o;
}

/* For clients that know no cards, and for search. */
static void write_text(const json_t *card, char *ret, size_t capacity)
{
	static const char *const texts[][2] = {
		{ "missed", "Missed %s call" },
		{ "declined", "Declined %s call" },
		{ "cancelled", "Cancelled %s call" },
		{ "busy", "%s call, busy" },
	};
	const char *outcome = json_string_value(json_object_get(card, "outcome"));
	bool video = json_is_true(json_object_get(card, "video"));
	json_int_t s = json_integer_value(json_object_get(card, "duration_s"));

	for (size_t i = 0; i < countof(texts); i++)
		if (strcmp(texts[i][0], outcome) == 0) {
			const char *kind = i == 3 ? (video ? "Video" : "Voice")
						  : (video ? "video" : "voice");
			const char *at = strstr(texts[i][1], "%s");

			(void)snprintf(ret, capacity, "%.*s%s%s", (int)(at - texts[i][1]),
				       texts[i][1], kind, at + 2);
			return;
		}
	if (s >= 3600)
		(void)snprintf(ret, capacity, "%s call, %d:%02d:%02d", video ? "Video" : "Voice",
			       (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
	else
		(void)snprintf(ret, capacity, "%s call, %d:%02d", video ? "Video" : "Voice",
			       (int)(s / 60), (int)(s % 60));
}

static void ignore(void *arg, int status)
{
	(void)arg;
	(void)status; /* a full disk: the call goes on without its trace */
}

void card_post(struct calls *c, const char *cid, const char *conversation_id, const char *caller_id,
	       json_t *card)
{
	autofree char *json = must(json_dumps(card, JSON_COMPACT));
	char text[64], client_id[24]; /* one that nobody can have taken before */
	uint64_t now = c->wall_us();

	write_text(card, text, sizeof text);
	rng_name(c->rng, "call-", client_id, sizeof client_id);
	store_card_add(c->store,
		       &(struct store_card){ .cid = cid,
					     .conversation_id = conversation_id,
					     .card = json,
					     .ended_at_us = now },
		       ignore, NULL);
	if (conversation_id && c->chat)
		chat_add_card(c->chat, conversation_id, caller_id, client_id, text, json);
	json_decref(card);
}
