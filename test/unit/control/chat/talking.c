/* SPDX-License-Identifier: Apache-2.0 */
#include "talking.h"

#include "base/clock.h"

const struct store_user ann = { .id = "ann", .name = "Ann" }, bob = { .id = "bob", .name = "Bob" },
			boss = { .id = "boss", .name = "Boss", .role = ROLE_ADMIN },
			max = { .id = "max", .name = "Max", .role = ROLE_ADMIN };
uint64_t wall;

static uint64_t fake_wall(void)
{
	return ++wall;
}

#define LOG(w, ...) \
	(void)snprintf((w)->log + strlen((w)->log), sizeof(w)->log - strlen((w)->log), __VA_ARGS__)

void log_event(struct world *w, const struct store_event *e)
{
	static const char *const names[] = { [EVENT_MESSAGE_NEW] = "new",
					     [EVENT_MESSAGE_UPDATED] = "updated",
					     [EVENT_MESSAGE_DELETED] = "deleted",
					     [EVENT_REACTION_NEW] = "reacted",
					     [EVENT_REACTION_DELETED] = "unreacted" };

	if (e->message.private)
		LOG(w, "[%s by %s] ", names[e->type], e->user.id);
	else
		LOG(w, "%s by %s, ", names[e->type], e->user.id);
}

static void on_event(void *arg, const struct store_event *e)
{
	log_event(arg, e);
}

static void on_notice(void *arg, const struct chat_notice *n)
{
	static const char *const names[] = {
		[CHAT_READ] = "read",
		[CHAT_UNREAD] = "unread",
		[CHAT_TYPING_START] = "typing",
		[CHAT_TYPING_STOP] = "stopped",
	};
	struct world *w = arg;

	if (n->type == CHAT_REPORTS) /* of nobody, and about no message of these tests */
		return;
	LOG(w, "%s by %s", names[n->type], n->user->id);
	if (n->read)
		LOG(w, " to %lld", (long long)n->read->read_id);
	if (n->unread)
		LOG(w, " from %lld for %s", (long long)n->unread->read.unread_id, n->only);
	LOG(w, ", ");
}

int talking_set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	wall = 1000 * (uint64_t)US_PER_S;
	scratch_make(&w->scratch);
	struct chat_config config = { .store = w->scratch.store,
				      .wall_us = fake_wall,
				      .sink = on_event,
				      .notice = on_notice,
				      .sink_arg = w };
	assert_int_equal(chat_new(&config, &w->chat), 0);
	add_people(&w->scratch);
	*state = w;
	return 0;
}

int talking_tear_down(void **state)
{
	struct world *w = *state;

	scratch_close(&w->scratch);
	w->chat = chat_free(w->chat);
	scratch_remove(&w->scratch);
	free(w);
	return 0;
}

/* ---- verbs, each waited for ---- */

static void note_answer(void *arg, int status, const struct store_message *m, bool changed,
			int64_t cursor)
{
	struct answer *a = arg;

	assert_int_equal(cursor != 0, changed);
	*a = (struct answer){ .status = status, .changed = changed };
	if (!m)
		return;
	a->id = m->id;
	a->quoted_id = m->quoted_id;
	a->updated_us = m->updated_at_us;
	a->deleted_us = m->deleted_at_us;
	(void)snprintf(a->text, sizeof a->text, "%s", m->text);
	(void)snprintf(a->quoted, sizeof a->quoted, "%s", m->quoted_text ? m->quoted_text : "-");
	for (size_t i = 0; i < m->reaction_count; i++)
		(void)snprintf(a->reactions + strlen(a->reactions),
			       sizeof a->reactions - strlen(a->reactions), "%s:%s ",
			       m->reactions[i].type, m->reactions[i].user_id);
}

struct answer post(struct world *w, const struct store_user *who, struct chat_new_message m)
{
	struct answer a = { .status = 1 };

	if (!m.conversation_id)
		m.conversation_id = "ann";
	chat_send(w->chat, who, &m, note_answer, &a);
	store_wait(w->scratch.store);
	return a;
}

struct answer say(struct world *w, const struct store_user *who, const char *text)
{
	return post(w, who, (struct chat_new_message){ .text = text });
}

struct answer edit(struct world *w, const struct store_user *who, int64_t id, const char *text)
{
	struct answer a = { .status = 1 };

	chat_edit(w->chat, who, "ann", id, text, note_answer, &a);
	store_wait(w->scratch.store);
	return a;
}

struct answer discard(struct world *w, const struct store_user *who, int64_t id)
{
	struct answer a = { .status = 1 };

	chat_delete(w->chat, who, "ann", id, note_answer, &a);
	store_wait(w->scratch.store);
	return a;
}

struct answer react(struct world *w, const struct store_user *who, int64_t id, const char *type,
		    bool on)
{
	struct answer a = { .status = 1 };

	chat_react(w->chat, who, "ann", id, type, on, note_answer, &a);
	store_wait(w->scratch.store);
	return a;
}

static void note_texts(void *arg, int status, const struct store_message *list, size_t n,
		       bool has_more)
{
	char *text = arg;

	(void)has_more;
	assert_int_equal(status, 0);
	*text = '\0';
	for (size_t i = 0; i < n; i++)
		(void)snprintf(text + strlen(text), 256 - strlen(text), "%s|", list[i].text);
}

const char *history(struct world *w, const struct store_user *who, int64_t after)
{
	static char text[256];

	chat_history(w->chat, who, "ann", 0, after, 50, note_texts, text);
	store_wait(w->scratch.store);
	return text;
}

const char *search(struct world *w, const struct store_user *who, const char *where,
		   const char *words)
{
	static char text[256];

	chat_search(w->chat, who,
		    &(struct store_search){ .words = words, .conversation_id = where }, note_texts,
		    text);
	store_wait(w->scratch.store);
	return text;
}

static void note_list(void *arg, int status, const struct store_conversation *list, size_t n,
		      int64_t cursor)
{
	char *text = arg;

	(void)cursor;
	assert_int_equal(status, 0);
	assert_true(n >= 1);
	(void)snprintf(text, 256, "%s %lld", list[0].last_message.text, (long long)list[0].unread);
	for (size_t i = 0; i < list[0].read_count; i++)
		(void)snprintf(text + strlen(text), 256 - strlen(text), " %s:%lld/%lld",
			       list[0].reads[i].user_id, (long long)list[0].reads[i].read_id,
			       (long long)list[0].reads[i].delivered_id);
	for (size_t i = 0; i < list[0].read_count; i++)
		if (list[0].reads[i].unread_id)
			(void)snprintf(text + strlen(text), 256 - strlen(text), " %s from %lld",
				       list[0].reads[i].user_id,
				       (long long)list[0].reads[i].unread_id);
}

const char *overview(struct world *w, const struct store_user *who)
{
	static char text[256];

	chat_list(w->chat, who, note_list, text);
	store_wait(w->scratch.store);
	return text;
}
