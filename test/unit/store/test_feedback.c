/* SPDX-License-Identifier: Apache-2.0 */
/* What people say of calls: only who was there, the last word of each, beside the card and in the figures. */
#include "scratch.h"

#include <errno.h>

#include "store/support.h"

static void note_session(void *arg, int status, const struct store_user *user, int64_t cursor,
			 const struct store_session_hearers *hearers)
{
	(void)arg, (void)user, (void)cursor, (void)hearers;
	assert_int_equal(status, 0);
}

/* ann is alone in it from `at_us` on; its card is written. */
static void hold(struct scratch *s, const char *session_id, uint64_t at_us)
{
	char card[64];
	int status = 1;

	snprintf(card, sizeof card, "{\"session_id\":\"%s\"}", session_id);
	store_call_session_start(s->store,
				 &(struct store_session_start){ .session_id = session_id,
								.cid = "default:x",
								.user_id = "ann",
								.user_name = "Ann",
								.at_us = at_us },
				 note_session, NULL);
	store_call_session_end(
		s->store,
		&(struct store_session_start){ .session_id = session_id, .at_us = at_us + 1 },
		note_session, NULL);
	store_card_add(
		s->store,
		&(struct store_card){ .cid = "default:x", .card = card, .ended_at_us = at_us },
		note_status, &status);
	store_wait(s->store);
	assert_int_equal(status, 0);
}

static int say(struct scratch *s, const char *who, const char *session_id, int rating,
	       const char *reason)
{
	int status = 1;

	store_feedback_add(s->store,
			   &(struct store_feedback){ .cid = "default:x",
						     .user_id = who,
						     .session_id = session_id,
						     .rating = rating,
						     .reason = reason,
						     .at_us = 5000 },
			   note_status, &status);
	store_wait(s->store);
	return status;
}

struct cards {
	char text[4][256];
	size_t n;
};

static void note_cards(void *arg, int status, const struct store_card *list, size_t n)
{
	struct cards *c = arg;

	assert_int_equal(status, 0);
	assert_true(n <= 4);
	for (c->n = 0; c->n < n; c->n++)
		snprintf(c->text[c->n], sizeof c->text[0], "%s", list[c->n].card);
}

static struct cards cards(struct scratch *s)
{
	struct cards c = { .n = 99 };

	store_card_list(s->store, "boss", NULL, NULL, 4, note_cards, &c);
	store_wait(s->store);
	return c;
}

static void test_only_who_was_there(void **state)
{
	struct scratch *s = *state;

	assert_int_equal(say(s, "ann", NULL, 5, NULL), -ENOENT);
	hold(s, "cs_a", 1000);
	assert_int_equal(say(s, "bob", NULL, 5, NULL), -ENOENT);
	assert_int_equal(say(s, "ann", "cs_other", 5, NULL), -ENOENT);
	assert_int_equal(say(s, "ann", "cs_a", 5, NULL), 0);
}

static void test_the_last_word_of_the_last_session(void **state)
{
	struct scratch *s = *state;

	hold(s, "cs_a", 1000);
	hold(s, "cs_b", 2000);
	assert_int_equal(say(s, "ann", NULL, 1, "It \"froze\""), 0);
	assert_int_equal(say(s, "ann", NULL, 2, "It froze"), 0);
	struct cards c = cards(s);
	assert_int_equal(c.n, 2);
	assert_string_equal(c.text[0],
			    "{\"session_id\":\"cs_b\",\"feedback\":[{\"user_id\":\"ann\","
			    "\"rating\":2,\"reason\":\"It froze\"}]}");
	assert_string_equal(c.text[1], "{\"session_id\":\"cs_a\"}");
	assert_int_equal(say(s, "ann", "cs_a", 4, NULL), 0);
	c = cards(s);
	assert_string_equal(c.text[1],
			    "{\"session_id\":\"cs_a\",\"feedback\":[{\"user_id\":\"ann\","
			    "\"rating\":4,\"reason\":null}]}");
}

static void note_figures(void *arg, int status, const struct store_figures *figures)
{
	assert_int_equal(status, 0);
	*(struct store_figures *)arg = *figures;
}

static void test_figures(void **state)
{
	struct scratch *s = *state;
	struct store_figures f = { 0 };

	hold(s, "cs_a", 1000);
	hold(s, "cs_b", 2000);
	assert_int_equal(say(s, "ann", "cs_a", 5, NULL), 0);
	assert_int_equal(say(s, "ann", "cs_b", 2, NULL), 0);
	store_figures_read(s->store, 5000, note_figures, &f);
	store_wait(s->store);
	assert_int_equal(f.call_ratings, 2);
	assert_true(f.call_rating_mean == 3.5);
	store_figures_read(s->store, 5001, note_figures, &f);
	store_wait(s->store);
	assert_int_equal(f.call_ratings, 0);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_only_who_was_there),
		TEST(test_the_last_word_of_the_last_session),
		TEST(test_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
