/* SPDX-License-Identifier: Apache-2.0 */
/* Intrusive doubly linked ring: embed a `struct list` in the element.
 * An empty list points to itself. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(name) ((struct list){ &(name), &(name) })

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void list_append(struct list *head, struct list *item)
{
	item->prev = head->prev;
	item->next = head;
	head->prev->next = item;
	head->prev = item;
}

/* Takes the item out; taking out an item twice is harmless. */
static inline void list_remove(struct list *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	list_init(item);
}

#define list_entry(item, type, member) container_of(item, type, member)

/* The element may be removed inside the loop. */
#define list_each(var, head, member)                                                              \
	for (struct list *var##_at = (head)->next, *var##_next = var##_at->next;                  \
	     var##_at != (head) && ((var) = list_entry(var##_at, __typeof__(*(var)), member), 1); \
	     var##_at = var##_next, var##_next = var##_at->next)
