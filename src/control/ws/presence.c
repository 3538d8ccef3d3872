/* SPDX-License-Identifier: Apache-2.0 */
#include "control/ws/presence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "base/list.h"

enum { TICK_MS = 1000 };

struct person {
	struct list in_presence;
	struct store_user *user; /* owned */
	unsigned sockets;	 /* 0: in the grace time since gone_us */
	uint64_t gone_us;
};

struct presence {
	struct list people;
	uv_timer_t *timer; /* runs while somebody is in the grace time */
	presence_fn *changed;
	void *arg;
};

static void forget(struct person *person)
{
	list_remove(&person->in_presence);
	free(person->user);
	free(person);
}

static void on_tick(uv_timer_t *timer)
{
	struct presence *p = timer->data;
	uint64_t now = clock_now_us();
	bool waiting = false;
	struct person *person;

	list_each (person, &p->people, in_presence) {
		if (person->sockets)
			continue;
		if (now - person->gone_us < (uint64_t)PRESENCE_GRACE_S * US_PER_S) {
			waiting = true;
			continue;
		}
		p->changed(p->arg, person->user, false);
		forget(person);
	}
	if (!waiting)
		(void)uv_timer_stop(p->timer);
}

int presence_new(struct presence **ret, struct uv_loop_s *loop, presence_fn *changed, void *arg)
{
	struct presence *p = calloc(1, sizeof *p);

	if (!p || !(p->timer = calloc(1, sizeof *p->timer))) {
		free(p);
		return -ENOMEM;
	}
	list_init(&p->people);
	p->changed = changed;
	p->arg = arg;
	(void)uv_timer_init(loop, p->timer); /* cannot fail */
	p->timer->data = p;
	*ret = p;
	return 0;
}

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer);
}

struct presence *presence_free(struct presence *p)
{
	struct person *person;

	if (!p)
		return NULL;
	list_each (person, &p->people, in_presence)
		forget(person);
	uv_close((uv_handle_t *)p->timer, on_timer_closed);
	free(p);
	return NULL;
}

static struct person *find(const struct presence *p, const char *user_id)
{
	struct person *person;

	list_each (person, &p->people, in_presence)
		if (strcmp(person->user->id, user_id) == 0)
			return person;
	return NULL;
}

void presence_enter(struct presence *p, const struct store_user *user)
{
	struct person *person = find(p, user->id);

	if (person) {
		person->sockets++;
		return;
	}
	person = calloc(1, sizeof *person);
	if (!person || !(person->user = store_user_dup(user))) {
		free(person); /* out of memory: not shown as online */
		return;
	}
	person->sockets = 1;
	list_append(&p->people, &person->in_presence);
	p->changed(p->arg, person->user, true);
}

void presence_rename(struct presence *p, const struct store_user *user)
{
	struct person *person = find(p, user->id);
	struct store_user *fresh = person ? store_user_dup(user) : NULL;

	if (!fresh)
		return; /* not there; or out of memory, and the old name stays */
	free(person->user);
	person->user = fresh;
}

void presence_leave(struct presence *p, const char *user_id)
{
	struct person *person = find(p, user_id);

	if (!person || person->sockets == 0 || --person->sockets > 0)
		return;
	person->gone_us = clock_now_us();
	(void)uv_timer_start(p->timer, on_tick, TICK_MS, TICK_MS);
}

void presence_each(const struct presence *p, void (*each)(void *arg, const struct store_user *user),
		   void *arg)
{
	struct person *person;

	list_each (person, &p->people, in_presence)
		each(arg, person->user);
}
