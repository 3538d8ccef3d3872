/* SPDX-License-Identifier: Apache-2.0 */
/* See delivery.h. */
#include "control/hooks/delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct delivery *delivery_new(const char *id, const char *type, const char *body)
{
	struct delivery *d = calloc(1, sizeof *d);

	if (!d || !(d->body = strdup(body))) {
		free(d);
		return NULL;
	}
	list_init(&d->in_list);
	(void)snprintf(d->id, sizeof d->id, "%s", id);
	(void)snprintf(d->type, sizeof d->type, "%s", type);
	d->length = strlen(body);
	d->created_us = clock_wall_us();
	return d;
}

struct delivery *delivery_free(struct delivery *d)
{
	if (!d)
		return NULL;
	list_remove(&d->in_list);
	free(d->body);
	free(d);
	return NULL;
}

void delivery_note(struct delivery *d, long status, const char *cause, uint64_t took_us)
{
	d->status = status;
	d->took_us = took_us;
	d->next_us = 0;
	(void)snprintf(d->cause, sizeof d->cause, "%s", status == 0 ? cause : "");
}

void deliveries_init(struct deliveries *all)
{
	list_init(&all->list);
	all->count = all->bytes = 0;
}

void deliveries_fini(struct deliveries *all)
{
	struct delivery *d;

	list_each (d, &all->list, in_list)
		(void)delivery_free(d);
	deliveries_init(all);
}

static void let_go_of_body(struct deliveries *all, struct delivery *d)
{
	if (!d->body)
		return;
	all->bytes -= d->length;
	free(d->body);
	d->body = NULL;
}

static void trim(struct deliveries *all)
{
	while (all->count > DELIVERIES_KEPT) {
		struct delivery *oldest = list_entry(all->list.prev, struct delivery, in_list);

		deliveries_take(all, oldest);
		(void)delivery_free(oldest);
	}
	for (struct list *at = all->list.prev; all->bytes > DELIVERIES_BYTES && at != &all->list;
	     at = at->prev)
		let_go_of_body(all, list_entry(at, struct delivery, in_list));
}

void deliveries_keep(struct deliveries *all, struct delivery *d)
{
	list_append(all->list.next, &d->in_list); /* in front of the first */
	all->count++;
	all->bytes += d->body ? d->length : 0;
	if (d->length > DELIVERIES_BYTES) /* not in the place of all others */
		let_go_of_body(all, d);
	trim(all);
}

void deliveries_take(struct deliveries *all, struct delivery *d)
{
	list_remove(&d->in_list);
	all->count--;
	all->bytes -= d->body ? d->length : 0;
}

struct delivery *delivery_find(const struct list *list, const char *id)
{
	struct delivery *d;

	list_each (d, list, in_list)
		if (strcmp(d->id, id) == 0)
			return d;
	return NULL;
}
