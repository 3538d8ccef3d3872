/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bodies of the coordinator's requests, over the store double: settings, members, filters, custom
 * data, call types. The first byte chooses the verb, the second who asks; the rest is JSON. Whatever
 * comes, each question is answered exactly once, with a reply or with a sentence that is UTF-8.
 */
#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "control/calls/calls.h"
#include "store_double.h"

static calls_verb *const verbs[] = {
	calls_get,
	calls_get_or_create,
	calls_join,
	calls_ring,
	calls_accept,
	calls_reject,
	calls_update,
	calls_go_live,
	calls_stop_live,
	calls_end,
	calls_update_members,
	calls_query_members,
	calls_request_permissions,
	calls_user_permissions,
	calls_block,
	calls_unblock,
	calls_kick,
	calls_mute,
	calls_react,
	calls_send_event,
};
enum { VERBS = sizeof verbs / sizeof *verbs };

static const struct store_user askers[] = {
	{ .id = "ann", .name = "Ann" },
	{ .id = "bob", .name = "Bob" },
	{ .id = "eve", .name = "Eve", .role = ROLE_GUEST },
	{ .id = "boss", .name = "Boss", .role = ROLE_ADMIN },
};

struct seen {
	unsigned answers;
	int status;
};

static void on_answer(void *arg, int status, const char *problem, json_t *reply,
		      const struct call_join *join)
{
	struct seen *seen = arg;

	(void)join;
	seen->answers++;
	seen->status = status;
	if ((status == 0) != (reply != NULL) || (status == 0 && problem))
		abort();
	if (problem && !utf8_is_valid(problem, strlen(problem)))
		abort();
}

static void settle(void)
{
	while (double_run(SIZE_MAX) > 0) {}
}

static struct calls *open_calls(void)
{
	static struct rng rng;
	struct calls_config config = { .rng = &rng };
	struct calls *c;

	rng_seeded(&rng, 1);
	if (calls_new(&config, &c) < 0)
		abort();
	settle();
	return c;
}

/* A call is there already, so that what changes one has something to change. */
static void create(struct calls *c)
{
	struct seen seen = { 0 };

	calls_get_or_create(c, &askers[0], "default", "room", NULL, on_answer, &seen);
	settle();
	if (seen.answers != 1 || seen.status != 0)
		abort();
}

static void ask(struct calls *c, uint8_t verb, const struct store_user *who, json_t *body)
{
	struct seen seen = { 0 };

	if (verb % (VERBS + 2) == VERBS)
		calls_query(c, who, body, on_answer, &seen);
	else if (verb % (VERBS + 2) == VERBS + 1)
		calls_type_put(c, who, "own", body, on_answer, &seen);
	else
		verbs[verb % (VERBS + 2)](c, who, "default", "room", body, on_answer, &seen);
	settle();
	if (seen.answers != 1)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	json_t *body = n > 2 ? json_loadb((const char *)bytes + 2, n - 2, 0, NULL) : NULL;

	if (!json_is_object(body)) { /* the server gives nothing else on */
		json_decref(body);
		return 0;
	}
	struct calls *c = open_calls();
	create(c);
	ask(c, bytes[0], &askers[bytes[1] % 4], body);
	ask(c, 0, &askers[3], body); /* what was stored can be read */
	json_decref(body);
	(void)calls_free(c);
	settle();
	double_reset();
	return 0;
}
