/* SPDX-License-Identifier: Apache-2.0 */
/* Who has read what, what is unread again, who is writing; over a real store. */
#include "talking.h"

#include <errno.h>

struct mark {
	int status;
	int64_t read, delivered, unread, mentions;
	unsigned changed;
};

static void note_mark(void *arg, int status, const struct store_read *read, unsigned changed)
{
	struct mark *m = arg;

	*m = (struct mark){ .status = status, .changed = changed };
	if (read) {
		m->read = read->read_id;
		m->delivered = read->delivered_id;
	}
}

static struct mark mark(struct world *w, const struct store_user *who, int64_t id, bool read)
{
	struct mark m = { .status = 1 };

	chat_mark(w->chat, who, "ann", id, read, note_mark, &m);
	store_wait(w->scratch.store);
	return m;
}

static void test_reading(void **state)
{
	struct world *w = *state;

	say(w, &ann, "1");
	say(w, &ann, "2");
	int64_t third = say(w, &ann, "3").id;
	assert_string_equal(overview(w, &boss), "3 3 ann:3/3"); /* who writes has read */
	struct mark m = mark(w, &boss, third, false);
	assert_true(m.changed && m.delivered == third && m.read == 0);
	assert_string_equal(overview(w, &boss), "3 3 ann:3/3 boss:0/3");
	w->log[0] = '\0';
	m = mark(w, &boss, third - 1, true);
	assert_true(m.changed && m.read == third - 1 && m.delivered == third);
	assert_string_equal(w->log, "read by boss to 2, ");
	assert_string_equal(overview(w, &boss), "3 1 ann:3/3 boss:2/3");
	assert_false(mark(w, &boss, 1, true).changed); /* never back */
	m = mark(w, &boss, 1000000, true);	       /* nobody has read what is not there */
	assert_int_equal(m.read, third);
	say(w, &ann, "4");
	assert_string_equal(overview(w, &boss), "4 1 ann:4/4 boss:3/3");
	assert_int_equal(mark(w, &bob, third, true).status, -ENOENT);
}

static void note_unread(void *arg, int status, const struct store_unread *unread, bool changed)
{
	struct mark *m = arg;

	*m = (struct mark){ .status = status, .changed = changed };
	if (unread) {
		m->read = unread->read.unread_id;
		m->unread = unread->unread;
		m->mentions = unread->mentions;
	}
}

static struct mark unread(struct world *w, const struct store_user *who, int64_t id)
{
	struct mark m = { .status = 1 };
	int status = chat_mark_unread(w->chat, who, "ann", id, note_unread, &m);

	if (status < 0)
		m.status = status;
	store_wait(w->scratch.store);
	return m;
}

static void test_unread_again(void **state)
{
	struct world *w = *state;
	const struct chat_new_message note = { .text = "ask @boss", .private = true };

	assert_int_equal(add_user(&w->scratch, "max", ROLE_ADMIN), 0);
	say(w, &ann, "1");
	int64_t second = say(w, &ann, "2").id, third = say(w, &ann, "3").id;
	assert_false(unread(w, &boss, second).changed); /* it is unread anyway */
	mark(w, &boss, third, true);
	w->log[0] = '\0';
	struct mark m = unread(w, &boss, second);
	assert_true(m.status == 0 && m.changed && m.read == second && m.unread == 2);
	assert_string_equal(w->log, "unread by boss from 2 for boss, ");
	/* others go on being told that it was read */
	assert_string_equal(overview(w, &boss), "3 2 ann:3/3 boss:3/3 boss from 2");
	assert_string_equal(overview(w, &ann), "3 0 ann:3/3 boss:3/3");
	assert_false(unread(w, &boss, second).changed);
	assert_int_equal(unread(w, &boss, third).unread, 1); /* another one from here on */

	assert_int_equal(mark(w, &boss, third, false).changed, 0); /* having it is not reading it */
	assert_int_equal(mark(w, &boss, second, true).changed, 0); /* nor is what lies before it */
	assert_int_equal(mark(w, &boss, third, true).changed, READ_AGAIN);
	assert_string_equal(overview(w, &boss), "3 0 ann:3/3 boss:3/3");
	unread(w, &boss, 1);
	say(w, &boss, "4"); /* who writes has read */
	assert_string_equal(overview(w, &boss), "4 0 ann:3/3 boss:4/4");

	int64_t secret = post(w, &max, note).id;
	mark(w, &boss, secret, true);
	m = unread(w, &boss, secret);
	assert_true(m.unread == 1 && m.mentions == 1);
	assert_int_equal(unread(w, &boss, secret + 1).status, -ENOENT);
	assert_int_equal(unread(w, &ann, 1).status, -EACCES);
	assert_int_equal(unread(w, &bob, 1).status, -ENOENT);
}

static void test_typing(void **state)
{
	struct world *w = *state;

	assert_int_equal(chat_typing(w->chat, &ann, "ann", true), 0);
	assert_int_equal(chat_typing(w->chat, &boss, "ann", false), 0);
	assert_int_equal(chat_typing(w->chat, &bob, "ann", true), -ENOENT);
	assert_string_equal(w->log, "typing by ann, stopped by boss, ");
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, talking_set_up, talking_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_reading),
		TEST(test_unread_again),
		TEST(test_typing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
