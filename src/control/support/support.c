/* SPDX-License-Identifier: Apache-2.0 */
#include "control/support/support.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

struct support {
	struct store *store;
	uint64_t (*wall_us)(void);
	support_event_fn *sink;
	void *sink_arg;
};

int support_new(const struct support_config *config, struct support **ret)
{
	struct support *s = calloc(1, sizeof *s);

	if (!s)
		return -ENOMEM;
	*s = (struct support){ .store = config->store,
			       .wall_us = config->wall_us ? config->wall_us : clock_wall_us,
			       .sink = config->sink,
			       .sink_arg = config->sink_arg };
	*ret = s;
	return 0;
}

struct support *support_free(struct support *s)
{
	free(s);
	return NULL;
}

static bool is_team(const struct store_user *who)
{
	return who->role == ROLE_ADMIN;
}

struct asking {
	struct support *support;
	support_state_fn *done;
	void *arg;
};

static struct asking *asking_new(struct support *s, support_state_fn *done, void *arg)
{
	struct asking *a = malloc(sizeof *a);

	if (!a)
		abort(); /* R61: a clean end and a restart */
	*a = (struct asking){ .support = s, .done = done, .arg = arg };
	return a;
}

static void on_changed(void *arg, int status, const struct store_support *state,
		       const struct store_event *events, size_t n)
{
	struct asking a = *(struct asking *)arg;

	free(arg);
	for (size_t i = 0; i < n; i++)
		a.support->sink(a.support->sink_arg, &events[i]);
	a.done(a.arg, status, state);
}

void support_change(struct support *s, const struct store_user *who,
		    const struct store_support_change *change, support_state_fn *done, void *arg)
{
	struct store_support_change c = *change;

	if (!is_team(who)) {
		done(arg, -EACCES, NULL);
		return;
	}
	c.user_id = who->id;
	c.at_us = s->wall_us();
	store_support_set(s->store, &c, on_changed, asking_new(s, done, arg));
}

void support_team(struct support *s, const struct store_user *who, store_users_fn *done, void *arg)
{
	if (is_team(who))
		store_team_list(s->store, done, arg);
	else
		done(arg, -EACCES, NULL, 0);
}
