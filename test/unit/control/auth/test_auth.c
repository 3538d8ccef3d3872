/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts, sign-in, sessions and links, over a real store and a real loop. */
#include "auth_world.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"

static int session_status(struct world *w, const char *token)
{
	struct noted_user u = { .status = 1 };

	auth_session_find(w->auth, token, note_user, &u);
	run(w);
	assert_int_equal(u.calls, 1);
	return u.status;
}

static void test_collision_is_refused(void **state)
{
	struct world *w = *state;
	struct noted_user u;

	assert_int_equal(create(w, "Ann.Lee", "correct horse", &u), 0);
	assert_string_equal(u.id, "annlee");
	assert_string_equal(u.name, "annlee");
	/* Another name that becomes the same account. */
	assert_int_equal(create(w, "ann lee", "another password", &u), -EEXIST);
	assert_int_equal(create(w, "ANNLEE", NULL, NULL), -EEXIST);
	/* It is still Ann's. */
	assert_int_equal(login(w, "annlee", "another password", "127.0.0.1").status, -EACCES);
	assert_int_equal(login(w, "Ann.Lee", "correct horse", "127.0.0.1").status, 0);
}

static void test_form_of_accounts(void **state)
{
	struct world *w = *state;
	static char long_name[LIMIT_USER_NAME + 2], long_password[LIMIT_PASSWORD + 2];

	memset(long_name, 'n', sizeof long_name - 1);
	memset(long_password, 'p', sizeof long_password - 1);
	const struct auth_new_user bad[] = {
		{ .raw_id = "..." },
		{ .raw_id = "system" },
		{ .raw_id = "!anon" },
		{ .raw_id = "ann", .name = "two\nlines" },
		{ .raw_id = "ann", .name = "\xff" },
		{ .raw_id = "ann", .name = long_name },
		{ .raw_id = "ann", .image = "javascript:alert(1)" },
		{ .raw_id = "ann", .image = "http://example.com/a.png" },
		{ .raw_id = "ann", .password = "1234567" },
		{ .raw_id = "ann", .password = "" },
		{ .raw_id = "ann", .password = long_password },
		{ .raw_id = "annannann", .password = "annannann" },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct noted_user u = { .status = 1 };

		assert_non_null(auth_user_problem(&bad[i]));
		auth_user_create(w->auth, &bad[i], note_user, &u);
		run(w);
		assert_int_equal(u.status, -EINVAL);
	}
	const struct auth_new_user good = { .raw_id = "ann",
					    .name = "\xc3\x84nn \"x\" <b>",
					    .image = "https://e.example/a.png" };
	assert_null(auth_user_problem(&good));
}

static void test_sign_in_and_out(void **state)
{
	struct world *w = *state;
	int status = 1;

	assert_int_equal(create(w, "ann", "correct horse", NULL), 0);
	struct signed_in one = login(w, "ann", "correct horse", "127.0.0.1");
	struct signed_in two = login(w, " ANN ", "correct horse", "127.0.0.1");
	assert_int_equal(one.status, 0);
	assert_string_equal(one.id, "ann");
	assert_int_equal(strlen(one.token), 43);
	assert_string_not_equal(one.token, two.token);
	assert_int_equal(session_status(w, one.token), 0);
	assert_int_equal(session_status(w, two.token), 0);

	/* Logging out ends this session and no other. */
	auth_logout(w->auth, one.token, note_status, &status);
	run(w);
	assert_int_equal(status, 0);
	assert_int_equal(session_status(w, one.token), -ENOENT);
	assert_int_equal(session_status(w, two.token), 0);
	assert_int_equal(session_status(w, ""), -ENOENT);
	assert_int_equal(session_status(w, "not-a-token"), -ENOENT);

	/* Unused for a week. */
	wall += ((uint64_t)AUTH_SESSION_IDLE_S + 3601) * US_PER_S;
	assert_int_equal(session_status(w, two.token), -ENOENT);

	/* However much it is used, it ends (R17). */
	two = login(w, "ann", "correct horse", "127.0.0.1");
	const uint64_t day = UINT64_C(24) * 3600 * US_PER_S;
	for (unsigned i = 1; i < AUTH_SESSION_LIFE_S / (24 * 3600); i++) {
		wall += day;
		assert_int_equal(session_status(w, two.token), 0);
	}
	wall += day;
	assert_int_equal(session_status(w, two.token), -ENOENT);
}

static void test_wrong_ones_look_the_same(void **state)
{
	struct world *w = *state;

	assert_int_equal(create(w, "ann", "correct horse", NULL), 0);
	assert_int_equal(create(w, "linkonly", NULL, NULL), 0);
	assert_int_equal(login(w, "ann", "correct horsE", "127.0.0.1").status, -EACCES);
	/* for the audit log: whose password it was not */
	assert_string_equal(login(w, "ann", "", "127.0.0.1").id, "ann");
	assert_string_equal(login(w, "nobody", "", "127.0.0.1").id, "");
	assert_int_equal(login(w, "nobody", "correct horse", "127.0.0.1").status, -EACCES);
	assert_int_equal(login(w, "...", "correct horse", "127.0.0.1").status, -EACCES);
	assert_int_equal(login(w, "linkonly", "", "127.0.0.1").status, -EACCES);
	/* R13: nothing is cut off or folded. */
	char password[80];
	memset(password, 'x', sizeof password);
	strcpy(password + 70, "\xc3\xa9");
	assert_int_equal(create(w, "bob", password, NULL), 0);
	assert_int_equal(login(w, "bob", password, "127.0.0.1").status, 0);
	strcpy(password + 70, "\xc3\xa8");
	assert_int_equal(login(w, "bob", password, "127.0.0.1").status, -EACCES);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of all threads, since a worker hashes: how busy the machine is does not count. */
static uint64_t cpu_us(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (uint64_t)t.tv_sec * US_PER_S + (uint64_t)t.tv_nsec / 1000;
}

/* A guess at an unknown user costs what a wrong password costs: a whole Argon2id. */
static void test_unknown_users_take_as_long(void **state)
{
	struct world *w = *state;
	enum { N = 15 };
	uint64_t took[2][N];

	assert_int_equal(create(w, "ann", "correct horse", NULL), 0);
	for (int i = 0; i < 2 * N; i++) {
		char peer[32];

		snprintf(peer, sizeof peer, "10.0.0.%d", i);
		uint64_t start = cpu_us();
		assert_int_equal(login(w, i % 2 ? "ann" : "nobody", "wrong", peer).status, -EACCES);
		took[i % 2][i / 2] = cpu_us() - start;
	}
	qsort(took[0], N, sizeof took[0][0], by_value);
	qsort(took[1], N, sizeof took[1][0], by_value);
	/* Medians. Without the dummy hash it is a factor of 100. */
	assert_true(took[0][N / 2] * 2 > took[1][N / 2] && took[1][N / 2] * 2 > took[0][N / 2]);
}

static void test_guessing_is_throttled(void **state)
{
	struct world *w = *state;
	int checked = 0;

	assert_int_equal(create(w, "ann", "correct horse", NULL), 0);
	uint64_t began = clock_now_us();
	for (int i = 0; i < 30; i++) {
		struct signed_in s = login(w, "ann", "guess", "192.0.2.1");

		checked += s.status == -EACCES;
		if (s.status == -EAGAIN)
			assert_true(s.retry_after_s >= 1);
		else
			assert_int_equal(s.status, -EACCES);
	}
	/* One more every 20 s, which a sanitizer's build on a busy machine may take. */
	assert_in_range(checked, 10, 10 + (clock_now_us() - began) / (20 * US_PER_S));
	/* The right password does not get through either, from there; from elsewhere it does. */
	assert_int_equal(login(w, "ann", "correct horse", "192.0.2.1").status, -EAGAIN);
	assert_int_equal(login(w, "ann", "correct horse", "192.0.2.2").status, 0);
}

static void test_hashing_queue_is_bounded(void **state)
{
	struct world *w = *state;
	enum { N = LIMIT_HASHES_AT_ONCE + LIMIT_HASHES_QUEUED + 10 };
	static struct signed_in s[N];
	int busy = 0, wrong = 0;

	for (int i = 0; i < N; i++) {
		char peer[32];

		s[i] = (struct signed_in){ .status = 1 };
		snprintf(peer, sizeof peer, "10.1.0.%d", i);
		auth_login(w->auth, "nobody", "guess", peer, NULL, note_signin, &s[i]);
	}
	run(w);
	for (int i = 0; i < N; i++) {
		assert_int_equal(s[i].calls, 1);
		busy += s[i].status == -EBUSY;
		wrong += s[i].status == -EACCES;
	}
	assert_int_equal(busy + wrong, N);
	assert_int_equal(busy, 10);
}

static void test_stop_answers_what_waits(void **state)
{
	struct world *w = *state;
	enum { N = 10 };
	static struct signed_in s[N];

	for (int i = 0; i < N; i++) {
		s[i] = (struct signed_in){ .status = 1 };
		auth_login(w->auth, "nobody", "guess", "127.0.0.1", NULL, note_signin, &s[i]);
	}
	store_wait(w->scratch.store); /* now they wait for their hashes */
	assert_true(auth_busy(w->auth));
	auth_stop(w->auth);
	struct signed_in late = { .status = 1 };
	auth_login(w->auth, "nobody", "guess", "127.0.0.1", NULL, note_signin, &late);
	run(w);
	for (int i = 0; i < N; i++)
		assert_int_equal(s[i].calls, 1);
	assert_int_equal(s[N - 1].status, -ESHUTDOWN);
	assert_int_equal(late.status, -ESHUTDOWN);
}

struct noted_link {
	int status;
	char token[AUTH_TOKEN_SIZE];
};

static void note_link(void *arg, int status, const char *token)
{
	struct noted_link *l = arg;

	l->status = status;
	if (token)
		strcpy(l->token, token);
}

static int use_link(struct world *w, const char *token, struct signed_in *ret)
{
	struct signed_in s = { .status = 1 };

	auth_link_use(w->auth, token, "127.0.0.1", NULL, note_signin, &s);
	run(w);
	assert_int_equal(s.calls, 1);
	if (ret)
		*ret = s;
	return s.status;
}

static void test_links(void **state)
{
	struct world *w = *state;
	struct noted_link l = { .status = 1 }, old = { .status = 1 };
	struct signed_in s;

	auth_link_create(w->auth, "ann", NULL, AUTH_LINK_LIFE_S, note_link, &l);
	run(w);
	assert_int_equal(l.status, -ENOENT);
	assert_int_equal(create(w, "ann", NULL, NULL), 0);
	auth_link_create(w->auth, "ann", NULL, AUTH_LINK_LIFE_S, note_link, &l);
	auth_link_create(w->auth, "ann", NULL, AUTH_LINK_LIFE_S, note_link, &old);
	run(w);
	assert_int_equal(l.status, 0);

	assert_int_equal(use_link(w, "guess", NULL), -EACCES);
	assert_int_equal(use_link(w, l.token, &s), 0);
	assert_string_equal(s.id, "ann");
	assert_int_equal(session_status(w, s.token), 0);
	/* Once; and a link is not a session, nor a session a link. */
	assert_int_equal(use_link(w, l.token, NULL), -EACCES);
	assert_int_equal(session_status(w, l.token), -ENOENT);
	assert_int_equal(use_link(w, s.token, NULL), -EACCES);
	/* After a day it is over. */
	wall += (uint64_t)AUTH_LINK_LIFE_S * US_PER_S;
	assert_int_equal(use_link(w, old.token, NULL), -EACCES);

	/* Guessing links is throttled, too. */
	int refused = 0;
	for (int i = 0; i < 30; i++)
		refused += use_link(w, "guess", NULL) == -EAGAIN;
	assert_true(refused >= 15);
}

static bool file_has(const char *dir, const char *name, const void *needle, size_t n)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	assert_int_equal(fstat(fd, &st), 0);
	char *bytes = malloc((size_t)st.st_size + 1);
	assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
	bool found = memmem(bytes, (size_t)st.st_size, needle, n) != NULL;
	free(bytes);
	close(fd);
	return found;
}

/* R14: whoever reads the files signs in as nobody. */
static void test_files_hold_no_usable_secret(void **state)
{
	struct world *w = *state;
	struct noted_link l = { .status = 1 };

	assert_int_equal(create(w, "ann", "correct horse battery", NULL), 0);
	struct signed_in s = login(w, "ann", "correct horse battery", "127.0.0.1");
	auth_link_create(w->auth, "ann", NULL, AUTH_LINK_LIFE_S, note_link, &l);
	run(w);
	assert_int_equal(s.status, 0);
	assert_int_equal(l.status, 0);

	static const char *const files[] = { "confab.db", "confab.db-wal" };
	bool seen_user = false, seen_hash = false;
	unsigned char raw[32]; /* may hold zeros: not a string */
	size_t n;
	assert_int_equal(sodium_base642bin(raw, sizeof raw, s.token, 43, NULL, &n, NULL,
					   sodium_base64_VARIANT_URLSAFE_NO_PADDING),
			 0);
	for (size_t i = 0; i < 2; i++) {
		assert_false(file_has(w->scratch.dir, files[i], s.token, strlen(s.token)));
		assert_false(file_has(w->scratch.dir, files[i], raw, sizeof raw));
		assert_false(file_has(w->scratch.dir, files[i], l.token, strlen(l.token)));
		assert_false(file_has(w->scratch.dir, files[i], "correct horse",
				      strlen("correct horse")));
		seen_user |= file_has(w->scratch.dir, files[i], "ann", strlen("ann"));
		seen_hash |= file_has(w->scratch.dir, files[i], "$argon2id$v=19$m=19456,t=2,p=1$",
				      strlen("$argon2id$v=19$m=19456,t=2,p=1$"));
	}
	/* The search does find what is there. */
	assert_true(seen_user && seen_hash);
}

static void test_weak_keys_are_refused(void **state)
{
	struct world *w = *state;
	struct auth *a;
	struct auth_config config = { .loop = &w->scratch.loop,
				      .store = w->scratch.store,
				      .rng = rng_os() };

	config.keys = (struct token_keys){ .api_key = "k",
					   .secret = "0123456789abcdef0123456789abcde" };
	assert_int_equal(auth_new(&config, &a), -EINVAL);
	config.keys = (struct token_keys){ .api_key = "", .secret = FORGE_SECRET };
	assert_int_equal(auth_new(&config, &a), -EINVAL);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_collision_is_refused),
		TEST(test_form_of_accounts),
		TEST(test_sign_in_and_out),
		TEST(test_wrong_ones_look_the_same),
		TEST(test_unknown_users_take_as_long),
		TEST(test_guessing_is_throttled),
		TEST(test_hashing_queue_is_bounded),
		TEST(test_stop_answers_what_waits),
		TEST(test_links),
		TEST(test_files_hold_no_usable_secret),
		TEST(test_weak_keys_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
