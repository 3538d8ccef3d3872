/* SPDX-License-Identifier: Apache-2.0 */
/* Who brings a user token, and whether a connection's proof still holds. */
#include "auth_world.h"

#include <errno.h>

struct noted_bearer {
	int status, calls, code;
	int64_t expires_at_s;
	char id[65];
};

static void note_bearer(void *arg, int status, const struct store_user *user,
			const struct user_token *token, const struct token_error *error)
{
	struct noted_bearer *b = arg;

	b->expires_at_s = token ? token->expires_at_s : 0;

	b->status = status;
	b->calls++;
	b->code = error ? (int)error->code : 0;
	if (user)
		strcpy(b->id, user->id);
}

static struct noted_bearer bearer(struct world *w, const char *token)
{
	struct noted_bearer b = { .status = 1 };

	auth_bearer_find(w->auth, token, note_bearer, &b);
	assert_int_equal(b.calls, 0);
	run(w);
	assert_int_equal(b.calls, 1);
	return b;
}

static void test_user_tokens(void **state)
{
	struct world *w = *state;
	char *token = NULL, id[USER_ID_SIZE];
	const struct store_user ann = { .id = "ann", .name = "Ann" };

	assert_int_equal(create(w, "ann", NULL, NULL), 0);
	assert_int_equal(auth_user_token(w->auth, &ann, "bob", &token, id), -EPERM);
	assert_int_equal(auth_user_token(w->auth, &ann, "...", &token, id), -EINVAL);
	assert_null(token);
	assert_int_equal(auth_user_token(w->auth, &ann, " Ann ", &token, id), 0);
	assert_string_equal(id, "ann");
	assert_null(strstr(token, FORGE_SECRET));

	struct noted_bearer b = bearer(w, token);
	assert_int_equal(b.status, 0);
	assert_string_equal(b.id, "ann");
	wall += (uint64_t)USER_TOKEN_LIFE_S * US_PER_S;
	b = bearer(w, token);
	assert_int_equal(b.status, -EACCES);
	assert_int_equal(b.code, TOKEN_EXPIRED);
	free(token);

	/* Well signed, but nobody here. */
	token = user_token_make(auth_keys(w->auth), "ghost", wall / US_PER_S, USER_TOKEN_LIFE_S);
	b = bearer(w, token);
	assert_int_equal(b.status, -EACCES);
	assert_int_equal(b.code, TOKEN_NOT_OURS);
	free(token);
	assert_int_equal(bearer(w, "nonsense").code, TOKEN_NOT_OURS);
}

static struct noted_bearer still(struct world *w, const struct auth_proof *proof)
{
	struct noted_bearer b = { .status = 1 };

	auth_still(w->auth, proof, "ann", note_bearer, &b);
	assert_int_equal(b.calls, 0);
	run(w);
	assert_int_equal(b.calls, 1);
	return b;
}

/* What a connection keeps says the same as a request would be told. */
static void test_proofs(void **state)
{
	struct world *w = *state;
	struct auth_proof session = { .session_key = "" };

	assert_int_equal(create(w, "ann", "correct horse", NULL), 0);
	char *token = user_token_make(auth_keys(w->auth), "ann", wall / US_PER_S, 60);
	struct noted_bearer b = bearer(w, token);
	const struct auth_proof proof = { .token_expires_at_s = b.expires_at_s };
	assert_int_equal(b.expires_at_s, (int64_t)(wall / US_PER_S) + 60);
	b = still(w, &proof);
	assert_int_equal(b.status, 0);
	assert_string_equal(b.id, "ann");
	wall += 60 * US_PER_S;
	b = still(w, &proof);
	assert_int_equal(b.status, -EACCES);
	assert_int_equal(b.code, TOKEN_EXPIRED);
	assert_int_equal(bearer(w, token).code, TOKEN_EXPIRED);
	free(token);

	struct signed_in s = login(w, "ann", "correct horse", "127.0.0.1");
	auth_session_key(s.token, session.session_key);
	assert_int_equal(still(w, &session).status, 0);
	/* it counts as a use */
	wall += ((uint64_t)AUTH_SESSION_IDLE_S - 60) * US_PER_S;
	assert_int_equal(still(w, &session).status, 0);
	wall += 120 * US_PER_S;
	assert_int_equal(still(w, &session).status, 0);
	int status = 1;
	auth_logout(w->auth, s.token, note_status, &status);
	run(w);
	b = still(w, &session);
	assert_int_equal(b.status, -EACCES);
	assert_int_equal(b.code, TOKEN_NOT_OURS);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = { TEST(test_user_tokens), TEST(test_proofs) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
