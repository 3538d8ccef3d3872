/* SPDX-License-Identifier: Apache-2.0 */
#include "plane/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

int plane_queue_init(struct plane_queue *q, size_t slot_size, size_t capacity)
{
	size_t slots = 1;

	while (slots < capacity)
		slots *= 2;
	*q = (struct plane_queue){ .slot_size = slot_size, .mask = slots - 1, .wake_fd = -1 };
	q->slots = calloc(slots, slot_size);
	if (!q->slots)
		return -ENOMEM;
	q->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (q->wake_fd < 0) {
		int r = -errno;

		free(q->slots);
		q->slots = NULL;
		return r;
	}
	return 0;
}

void plane_queue_fini(struct plane_queue *q)
{
	if (q->wake_fd >= 0)
		(void)close(q->wake_fd);
	free(q->slots);
	*q = (struct plane_queue){ .wake_fd = -1 };
}

bool plane_queue_put(struct plane_queue *q, const void *element)
{
	/* relaxed: only this thread writes tail.
	 * acquire on head: the slot's last reader is done with it. */
	size_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);
	size_t head = atomic_load_explicit(&q->head, memory_order_acquire);

	if (tail - head > q->mask)
		return false;
	memcpy(q->slots + (tail & q->mask) * q->slot_size, element, q->slot_size);
	/* release: the element is written before the consumer sees it counted. */
	atomic_store_explicit(&q->tail, tail + 1, memory_order_release);

	uint64_t one = 1;
	/* Only fails when the counter is full, and then the consumer is awake already. */
	(void)!write(q->wake_fd, &one, sizeof one);
	return true;
}

void plane_queue_release(struct plane_queue *q)
{
	/* relaxed and acquire as in put: nobody else writes tail, and all slots have been read. */
	size_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);
	size_t head = atomic_load_explicit(&q->head, memory_order_acquire);
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)q->slots + page - 1) & ~(page - 1);
	uintptr_t to = ((uintptr_t)q->slots + (q->mask + 1) * q->slot_size) & ~(page - 1);

	if (head == tail && from < to)
		(void)madvise((void *)from, to - from, MADV_DONTNEED); /* refused: it stays */
}

bool plane_queue_take(struct plane_queue *q, void *ret_element)
{
	/* relaxed: only this thread writes head. acquire on tail: pairs with the release in put. */
	size_t head = atomic_load_explicit(&q->head, memory_order_relaxed);
	size_t tail = atomic_load_explicit(&q->tail, memory_order_acquire);

	if (head == tail)
		return false;
	memcpy(ret_element, q->slots + (head & q->mask) * q->slot_size, q->slot_size);
	/* release: the slot is read before the producer may fill it again. */
	atomic_store_explicit(&q->head, head + 1, memory_order_release);
	return true;
}

void plane_queue_drain_wake(struct plane_queue *q)
{
	uint64_t count;

	(void)!read(q->wake_fd, &count, sizeof count);
}
