/* SPDX-License-Identifier: Apache-2.0 */
#include "called.h"

#include <errno.h>

#include "base/rng.h"

const struct store_user ann = { .id = "ann", .name = "Ann" }, bob = { .id = "bob", .name = "Bob" },
			boss = { .id = "boss", .name = "Boss", .role = ROLE_ADMIN };
static uint64_t wall = 1000 * 1000;

static uint64_t fake_wall(void)
{
	return ++wall;
}

const char *short_name(const char *type)
{
	static const char *const prefixes[] = { "call.session_participant_", "call.session_",
						"call." };

	for (size_t i = 0; i < 3; i++)
		if (strncmp(type, prefixes[i], strlen(prefixes[i])) == 0)
			return type + strlen(prefixes[i]);
	return type;
}

const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* "started [ann]; joined ann [ann]; …" */
static void on_event(void *arg, const struct call_event *e)
{
	struct world *w = arg;
	char *at = w->log + strlen(w->log), *end = w->log + sizeof w->log;
	const json_t *user = json_object_get(e->frame, "user"),
		     *state = json_object_get(e->frame, "state"), *person;
	size_t i;

	if (strcmp(e->type, "call.created") == 0 && w->quiet_created)
		return;
	at += snprintf(at, (size_t)(end - at), "%s", short_name(e->type));
	if (user)
		at += snprintf(at, (size_t)(end - at), " %s", text_of(user, "id"));
	if (text_of(e->frame, "reason"))
		at += snprintf(at, (size_t)(end - at), "(%s)", text_of(e->frame, "reason"));
	if (json_is_object(state)) {
		at += snprintf(at, (size_t)(end - at), " [");
		json_array_foreach(json_object_get(state, "participants"), i, person)
			at += snprintf(at, (size_t)(end - at), "%s%s", i ? " " : "",
				       text_of(person, "id"));
		json_int_t n = json_integer_value(json_object_get(state, "participant_count"));
		if (n > (json_int_t)i)
			at += snprintf(at, (size_t)(end - at), " +%d", (int)(n - (json_int_t)i));
		at += snprintf(at, (size_t)(end - at), "]");
	}
	snprintf(at, (size_t)(end - at), "; ");
	assert_true(e->cursor > w->cursor); /* all of them are stored, in this order */
	w->cursor = e->cursor;
	assert_string_equal(e->cid, text_of(e->frame, "cid"));
	assert_string_equal(e->type, text_of(e->frame, "type"));
	assert_true(e->conversation_id || e->audience.count > 0);
	w->hearers = e->audience.count;
}

void calls_open(struct world *w)
{
	struct calls_config config = { .store = w->scratch.store,
				       .rng = rng_os(),
				       .wall_us = fake_wall,
				       .sink = on_event,
				       .sink_arg = w };

	assert_int_equal(calls_new(&config, &w->calls), 0);
	store_wait(w->scratch.store);
}

int called_set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	scratch_make(&w->scratch);
	add_people(&w->scratch);
	w->quiet_created = true;
	calls_open(w);
	*state = w;
	return 0;
}

int called_tear_down(void **state)
{
	struct world *w = *state;

	scratch_close(&w->scratch);
	w->calls = calls_free(w->calls);
	scratch_remove(&w->scratch);
	free(w);
	return 0;
}

void note_answer(void *arg, int status, const char *problem, json_t *reply,
		 const struct call_join *join)
{
	struct got *g = arg;
	const json_t *call = json_object_get(reply, "call");

	g->status = status;
	g->calls++;
	g->created = json_is_true(json_object_get(reply, "created"));
	assert_true((status == 0) == (reply != NULL));
	assert_true(status != -EINVAL || problem);
	if (call) {
		strcpy(g->cid, text_of(call, "cid"));
		strcpy(g->by, text_of(json_object_get(call, "created_by"), "id"));
	}
	if (join)
		strcpy(g->identity, join->identity);
}

struct got ask(struct world *w, enum verb verb, const struct store_user *who, const char *type,
	       const char *id)
{
	struct got g = { .status = 1 };

	json_t *body = json_pack("{s:b}", "create", verb == JOIN_CREATE);

	if (verb == GET)
		calls_get(w->calls, who, type, id, body, note_answer, &g);
	else if (verb == CREATE)
		calls_get_or_create(w->calls, who, type, id, body, note_answer, &g);
	else
		calls_join(w->calls, who, type, id, body, note_answer, &g);
	json_decref(body);
	assert_int_equal(g.calls, 0);
	store_wait(w->scratch.store);
	assert_int_equal(g.calls, 1);
	return g;
}

void in(struct world *w, const char *room, const char *identity)
{
	calls_participant_joined(w->calls, room, identity, "Token Name");
}

const char *events(struct world *w)
{
	static char text[sizeof w->log];

	store_wait(w->scratch.store);
	strcpy(text, w->log);
	w->log[0] = '\0';
	return text;
}
