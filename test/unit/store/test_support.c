/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of conversations: by messages, and by the team. */
#include "scratch.h"

#include <errno.h>

#include "store/support.h"

enum { EVENTS_MAX = 16 };

/* What a verb brought about. */
struct noted {
	int status;
	bool changed; /* a message: the state */
	enum support_status state;
	uint64_t waiting_since_us;
	char assignee[65];
	int64_t question;
	size_t n;
	enum store_event_type types[EVENTS_MAX];
	char activities[EVENTS_MAX][16], values[EVENTS_MAX][16];
	bool private[EVENTS_MAX];
	int64_t cursors[EVENTS_MAX];
};

static void note_events(struct noted *n, const struct store_event *events, size_t count)
{
	n->n = count;
	for (size_t i = 0; i < count && i < EVENTS_MAX; i++) {
		const struct store_event *e = &events[i];

		n->types[i] = e->type;
		n->cursors[i] = e->cursor;
		snprintf(n->activities[i], 16, "%s",
			 e->message.activity ? e->message.activity : "");
		snprintf(n->values[i], 16, "%s",
			 e->message.activity_value ? e->message.activity_value : "");
		n->private[i] = e->message.private;
		if (e->type == EVENT_CONVERSATION_UPDATED) {
			n->state = e->support->status;
			n->waiting_since_us = e->support->waiting_since_us;
		}
	}
}

static void note_support(void *arg, int status, const struct store_support *support,
			 const struct store_event *events, size_t count)
{
	struct noted *n = arg;

	*n = (struct noted){ .status = status };
	note_events(n, events, count);
	if (!support)
		return;
	n->state = support->status;
	n->waiting_since_us = support->waiting_since_us;
	n->question = support->question;
	snprintf(n->assignee, sizeof n->assignee, "%s",
		 support->assignee.id ? support->assignee.id : "");
}

static void note_message(void *arg, int status, const struct store_message *message, bool created,
			 int64_t cursor)
{
	struct noted *n = arg;

	(void)created, (void)cursor;
	*n = (struct noted){ .status = status };
	if (!message)
		return;
	note_events(n, message->events, message->event_count);
	n->changed = message->support != NULL;
	if (message->support) {
		n->state = message->support->status;
		n->waiting_since_us = message->support->waiting_since_us;
	}
}

static uint64_t clock_us = 1000;

static struct noted say(struct scratch *s, const char *who, bool private)
{
	struct noted n = { .status = 1 };
	char client_id[32];

	snprintf(client_id, sizeof client_id, "c%llu", (unsigned long long)++clock_us);
	store_message_add(s->store,
			  &(struct store_new_message){ .conversation_id = "ann",
						       .user_id = who,
						       .client_id = client_id,
						       .text = "words",
						       .private = private,
						       .created_at_us = clock_us },
			  note_message, &n);
	store_wait(s->store);
	assert_int_equal(n.status, 0);
	return n;
}

static struct noted set(struct scratch *s, struct store_support_change change)
{
	struct noted n = { .status = 1 };

	change.conversation_id = change.conversation_id ? change.conversation_id : "ann";
	change.user_id = "boss";
	change.at_us = ++clock_us;
	store_support_set(s->store, &change, note_support, &n);
	store_wait(s->store);
	return n;
}

static struct noted set_status(struct scratch *s, enum support_status status)
{
	return set(s, (struct store_support_change){
			      .fields = CHANGE_STATUS, .status = status, .ask = true });
}

static void test_waiting(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	struct noted n = say(s, "ann", false);
	uint64_t since = clock_us;
	assert_true(n.changed);
	assert_int_equal(n.waiting_since_us, since);
	assert_false(say(s, "ann", false).changed); /* waits already */
	assert_false(say(s, "boss", true).changed); /* a note answers nobody */
	n = say(s, "boss", false);
	assert_true(n.changed);
	assert_int_equal(n.waiting_since_us, 0);
	assert_false(say(s, "boss", false).changed);
}

static struct noted snooze(struct scratch *s, uint64_t until_us)
{
	return set(s, (struct store_support_change){ .fields = CHANGE_STATUS,
						     .status = SUPPORT_SNOOZED,
						     .snoozed_until_us = until_us });
}

struct woken {
	struct noted n;
	uint64_t next_us;
};

static void note_woken(void *arg, int status, const struct store_event *events, size_t n,
		       uint64_t next_us)
{
	struct woken *w = arg;

	w->n = (struct noted){ .status = status };
	note_events(&w->n, events, n);
	w->next_us = next_us;
}

static struct woken wake(struct scratch *s, uint64_t now_us)
{
	struct woken w = { .n.status = 1 };

	store_snooze_wake(s->store, now_us, note_woken, &w);
	store_wait(s->store);
	assert_int_equal(w.n.status, 0);
	return w;
}

static void test_snoozed(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	say(s, "ann", false);
	assert_int_equal(wake(s, 9000000).next_us, 0);
	struct noted n = snooze(s, 5000000);
	assert_int_equal(n.state, SUPPORT_SNOOZED);
	assert_string_equal(n.values[0], "snoozed");
	assert_true(n.private[0]);
	assert_int_equal(snooze(s, 5000000).n, 0);
	assert_int_equal(snooze(s, 6000000).n, 2); /* until another time */

	struct woken w = wake(s, 5999999);
	assert_int_equal(w.n.n, 0);
	assert_int_equal(w.next_us, 6000000);
	w = wake(s, 6000000);
	assert_int_equal(w.n.n, 2);
	assert_string_equal(w.n.activities[0], "woken");
	assert_true(w.n.private[0]);
	assert_int_equal(w.n.state, SUPPORT_OPEN);
	assert_int_equal(w.next_us, 0);
	assert_int_equal(wake(s, 9000000).n.n, 0);

	/* after the customer has written it is not woken any more */
	snooze(s, 7000000);
	n = say(s, "ann", false);
	assert_string_equal(n.activities[0], "reopened");
	assert_int_equal(n.state, SUPPORT_OPEN);
	assert_int_equal(wake(s, 9000000).n.n, 0);

	/* that it was resolved and is put away now concerns nobody but the team */
	set_status(s, SUPPORT_RESOLVED);
	n = snooze(s, 8000000);
	assert_true(n.private[0]);
	set_status(s, SUPPORT_RESOLVED);
	assert_int_equal(wake(s, 9000000).n.n, 0);
}

static void test_priority(void **state)
{
	struct scratch *s = *state;
	struct store_support_change change = { .fields = CHANGE_PRIORITY,
					       .priority = PRIORITY_URGENT };

	add_people(s);
	struct noted n = set(s, change);
	assert_int_equal(n.n, 2);
	assert_string_equal(n.activities[0], "priority");
	assert_string_equal(n.values[0], "urgent");
	assert_true(n.private[0]);
	assert_int_equal(set(s, change).n, 0);
}

static void test_resolved_and_reopened(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	say(s, "ann", false);
	struct noted n = set_status(s, SUPPORT_PENDING);
	assert_int_equal(n.n, 2);
	assert_string_equal(n.activities[0], "status");
	assert_string_equal(n.values[0], "pending");
	assert_true(n.private[0]);
	assert_true(n.cursors[1] > n.cursors[0]);
	assert_int_equal(set_status(s, SUPPORT_PENDING).n, 0);

	n = set_status(s, SUPPORT_RESOLVED);
	assert_int_equal(n.state, SUPPORT_RESOLVED);
	assert_false(n.private[0]); /* the customer is told */
	assert_int_equal(n.waiting_since_us, 0);
	assert_int_not_equal(n.question, 0);

	n = say(s, "ann", false);
	assert_int_equal(n.n, 1);
	assert_string_equal(n.activities[0], "reopened");
	assert_true(n.private[0]);
	assert_int_equal(n.state, SUPPORT_OPEN);
	assert_int_equal(n.waiting_since_us, clock_us);
}

/* Resolved by mistake: the same case goes on, and is not asked about. */
static void test_opened_again(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	say(s, "ann", false);
	int64_t question = set_status(s, SUPPORT_RESOLVED).question;
	struct noted n = set_status(s, SUPPORT_OPEN);
	assert_int_equal(n.question, 0);
	assert_false(n.private[0]);
	assert_int_equal(set_status(s, SUPPORT_RESOLVED).question, question);
}

static void test_assignee(void **state)
{
	struct scratch *s = *state;

	add_people(s);
	struct noted n = set(s, (struct store_support_change){ .fields = CHANGE_ASSIGNEE,
							       .assignee_id = "boss" });
	assert_int_equal(n.status, 0);
	assert_string_equal(n.assignee, "boss");
	assert_string_equal(n.activities[0], "assigned");
	assert_string_equal(n.values[0], "boss");
	assert_int_equal(n.n, 2);
	n = set(s,
		(struct store_support_change){ .fields = CHANGE_ASSIGNEE, .assignee_id = "bob" });
	assert_int_equal(n.status, -ENXIO); /* a customer */
	n = set(s, (struct store_support_change){ .fields = CHANGE_ASSIGNEE });
	assert_string_equal(n.assignee, "");
	assert_string_equal(n.activities[0], "unassigned");
	assert_int_equal(set(s, (struct store_support_change){ .fields = CHANGE_ASSIGNEE }).n, 0);
	n = set(s, (struct store_support_change){ .conversation_id = "nobody",
						  .fields = CHANGE_ASSIGNEE });
	assert_int_equal(n.status, -ENOENT);
}

static void note_list(void *arg, int status, const struct store_conversation *list, size_t n,
		      int64_t cursor)
{
	struct noted *noted = arg;

	(void)cursor;
	noted->status = status;
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].id, "ann") == 0) {
			noted->n = (size_t)list[i].unread;
			assert_string_equal(list[i].last_message.text, "words");
		}
}

/* The server's lines are no news: not counted, and not the last message. */
static void test_lines_are_no_messages(void **state)
{
	struct scratch *s = *state;
	struct noted n = { .status = 1 };

	add_people(s);
	say(s, "ann", false);
	set_status(s, SUPPORT_RESOLVED);
	store_conversation_list(s->store, (struct store_scope){ .user_id = "ann" }, 10, note_list,
				&n);
	store_wait(s->store);
	assert_int_equal(n.status, 0);
	assert_int_equal(n.n, 0);
}

/* A case of ann's that `who` replies to after so long; boss resolves it. Returns the question. */
static int64_t have_case(struct scratch *s, const char *who, uint64_t took_us)
{
	say(s, "ann", false);
	clock_us += took_us - 1; /* say takes one */
	say(s, who, false);
	return set_status(s, SUPPORT_RESOLVED).question;
}

static void rate(struct scratch *s, int64_t question, int rating)
{
	struct noted n = { .status = 1 };

	store_rating_add(s->store,
			 &(struct store_rating){ .conversation_id = "ann",
						 .question = question,
						 .rating = rating,
						 .at_us = ++clock_us },
			 note_support, &n);
	store_wait(s->store);
	assert_int_equal(n.status, 0);
}

struct figured {
	struct store_figures all;
	struct store_member_figures boss, max;
};

static void note_figures(void *arg, int status, const struct store_figures *figures)
{
	struct figured *f = arg;

	assert_int_equal(status, 0);
	assert_int_equal(figures->team_count, 2);
	assert_string_equal(figures->team[0].user.id, "boss");
	assert_string_equal(figures->team[1].user.id, "max");
	*f = (struct figured){ *figures, figures->team[0], figures->team[1] };
}

static void note_reply_time(void *arg, int status, int64_t replied, uint64_t median_us)
{
	struct store_figures *f = arg;

	assert_int_equal(status, 0);
	f->replied = replied;
	f->reply_median_us = median_us;
}

static void test_figures(void **state)
{
	struct scratch *s = *state;
	struct store_figures told = { 0 };
	struct figured f;
	uint64_t before = clock_us;

	add_people(s);
	assert_int_equal(add_user(s, "max", ROLE_ADMIN), 0);
	have_case(s, "boss", 40);
	have_case(s, "boss", 10);
	rate(s, have_case(s, "boss", 30), 5);
	rate(s, have_case(s, "boss", 20), 4);
	have_case(s, "max", 5);
	say(s, "ann", false); /* nobody has replied to this one */

	store_figures_read(s->store, before, note_figures, &f);
	store_wait(s->store);
	assert_int_equal(f.all.cases, 6);
	assert_int_equal(f.all.reply_median_us, 20); /* of 5 10 20 30 40 */
	assert_int_equal(f.boss.replied, 4);
	assert_int_equal(f.boss.reply_median_us, 20); /* the lower of 20 and 30 */
	assert_int_equal(f.boss.resolved, 5);
	assert_int_equal(f.boss.ratings, 2);
	assert_true(f.boss.rating_mean == 4.5);
	assert_int_equal(f.max.replied, 1);
	assert_int_equal(f.max.reply_median_us, 5);
	assert_int_equal(f.max.resolved, 0);

	store_reply_time_read(s->store, before, note_reply_time, &told);
	store_wait(s->store);
	assert_int_equal(told.replied, 5);
	assert_int_equal(told.reply_median_us, 20);

	store_figures_read(s->store, clock_us + 1, note_figures, &f); /* of cases after that */
	store_wait(s->store);
	assert_int_equal(f.all.cases + f.boss.replied + f.boss.resolved + f.boss.ratings, 0);
}

struct replayed {
	size_t lines, states;
};

static void note_replay(void *arg, int status, const struct store_event *list, size_t n, bool more)
{
	struct replayed *r = arg;

	assert_int_equal(status, 0);
	assert_false(more);
	for (size_t i = 0; i < n; i++) {
		r->lines += list[i].message.activity != NULL;
		r->states += list[i].type == EVENT_CONVERSATION_UPDATED;
	}
}

static void test_replay(void **state)
{
	struct scratch *s = *state;
	struct replayed team = { 0 }, customer = { 0 };

	add_people(s);
	say(s, "ann", false);
	set_status(s, SUPPORT_PENDING);
	store_event_list(s->store, (struct store_scope){ .all = true, .user_id = "boss" }, 0, 100,
			 note_replay, &team);
	store_event_list(s->store, (struct store_scope){ .user_id = "ann" }, 0, 100, note_replay,
			 &customer);
	store_wait(s->store);
	assert_int_equal(team.lines, 1);
	assert_int_equal(customer.lines, 0);
	assert_int_equal(team.states, 1);
	assert_int_equal(customer.states, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_waiting, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_snoozed, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_priority, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_resolved_and_reopened, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(test_opened_again, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_assignee, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_lines_are_no_messages, scratch_setup,
						scratch_teardown),
		cmocka_unit_test_setup_teardown(test_figures, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_replay, scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
