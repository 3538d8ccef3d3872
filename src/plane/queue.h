/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded ring from one thread to one other thread, with an eventfd
 * that turns readable when there is something to take. Elements are
 * copied in and out. One producer thread, one consumer thread.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plane_queue {
	uint8_t *slots;
	size_t slot_size, mask;
	int wake_fd;
	_Atomic size_t head; /* next to take; written by the consumer */
	_Atomic size_t tail; /* next to put; written by the producer */
};

/* capacity is rounded up to a power of two. 0, -ENOMEM, or the error of eventfd(2). */
int plane_queue_init(struct plane_queue *q, size_t slot_size, size_t capacity);

/* Both threads are done with it; elements still inside are lost (take them out first). */
void plane_queue_fini(struct plane_queue *q);

/* Producer: false when full, and then nothing was taken over. Wakes the consumer. */
bool plane_queue_put(struct plane_queue *q, const void *element);

/* Producer: an empty queue's memory goes back to the system, until it is needed again. */
void plane_queue_release(struct plane_queue *q);

/* Consumer: false when empty. */
bool plane_queue_take(struct plane_queue *q, void *ret_element);

/* Consumer: call when wake_fd is readable, before taking everything out. */
void plane_queue_drain_wake(struct plane_queue *q);
