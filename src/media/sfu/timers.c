/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/timers.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

void timers_fini(struct timers *h)
{
	free(h->heap);
	*h = (struct timers){ 0 };
}

int timers_reserve(struct timers *h, size_t n)
{
	if (n <= h->capacity)
		return 0;

	size_t capacity = h->capacity ? h->capacity : 16;
	while (capacity < n)
		capacity *= 2;
	struct timer **heap = realloc(h->heap, capacity * sizeof(struct timer *));

	if (!heap)
		return -ENOMEM;
	h->heap = heap;
	h->capacity = capacity;
	return 0;
}

static bool before(const struct timer *a, const struct timer *b)
{
	return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void place(struct timers *h, struct timer *t, size_t at)
{
	h->heap[at] = t;
	t->at = at + 1;
}

/* Moves the timer at `at` up or down to where it belongs. */
static void settle(struct timers *h, size_t at)
{
	struct timer *t = h->heap[at];

	while (at > 0 && before(t, h->heap[(at - 1) / 2])) {
		place(h, h->heap[(at - 1) / 2], at);
		at = (at - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < h->count && before(h->heap[child + 1], h->heap[child]))
			child++;
		if (child >= h->count || !before(h->heap[child], t))
			break;
		place(h, h->heap[child], at);
		at = child;
	}
	place(h, t, at);
}

static void disarm(struct timers *h, struct timer *t)
{
	if (!t->at)
		return;

	size_t at = t->at - 1;

	t->at = 0;
	t->due = TIMER_NEVER;
	h->count--;
	if (at < h->count) {
		place(h, h->heap[h->count], at);
		settle(h, at);
	}
}

void timers_arm(struct timers *h, struct timer *t, uint64_t due)
{
	if (due == TIMER_NEVER) {
		disarm(h, t);
		return;
	}
	if (t->at && t->due == due)
		return;
	t->due = due;
	t->order = h->orders++;
	if (!t->at) {
		assert(h->count < h->capacity);
		place(h, t, h->count++);
	}
	settle(h, t->at - 1);
}

struct timer *timers_first(const struct timers *h)
{
	return h->count ? h->heap[0] : NULL;
}
