/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	slab, 64 KB, aligned to 64 KB │ header │ block │ block │ … never used yet │
 *
 * A block's slab is found by its address. Sizes are rounded up to steps of 64 bytes, above 1 KB of
 * 128; what is larger than a class has a mapping to itself.
 */
#include "base/slab.h"

#include <stdlib.h>

/* Nobody who lasts is so large: a size that was miscounted. */
#define MOST ((size_t)1 << 30)

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/list.h"

enum {
	SLAB = 64 * 1024,
	ALIGN = 64,
	SMALL = 1024, /* up to this in steps of ALIGN, … */
	STEP = 128,   /* … then of this */
	LARGEST = 8 * 1024,
	CLASSES = SMALL / ALIGN + (LARGEST - SMALL) / STEP,
};

struct slab {
	struct list in_class; /* of those that have room; alone when it is full */
	void *free;	      /* blocks given back, each holds the next */
	size_t bytes;	      /* of the mapping */
	uint32_t size;	      /* of a block; 0 = one large block */
	uint32_t used, fresh; /* blocks; offset of what was never used */
	unsigned class;
};

static struct {
	pthread_mutex_t lock;
	struct list classes[CLASSES];
	size_t bytes;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

static unsigned class_of(size_t size)
{
	return (unsigned)(size <= SMALL ? (size - 1) / ALIGN
					: SMALL / ALIGN + (size - SMALL - 1) / STEP);
}

static uint32_t size_of(unsigned class)
{
	return class < SMALL / ALIGN ? (class + 1) * ALIGN
				     : SMALL + (class - SMALL / ALIGN + 1) * STEP;
}

static struct slab *slab_of(void *block)
{
	return (struct slab *)((uintptr_t)block & ~(uintptr_t)(SLAB - 1));
}

/* Maps more than it takes, and gives back what is before and behind. */
static struct slab *map(size_t bytes)
{
	uint8_t *all = mmap(NULL, bytes + SLAB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	if (all == MAP_FAILED)
		return NULL;
	size_t before = (SLAB - (uintptr_t)all % SLAB) % SLAB;
	if (before)
		(void)munmap(all, before);
	(void)munmap(all + before + bytes, SLAB - before);
	struct slab *s = (void *)(all + before);
	s->bytes = bytes;
	s->fresh = (sizeof *s + ALIGN - 1) / ALIGN * ALIGN;
	list_init(&s->in_class);
	return s;
}

/* A slab of the class that has room. */
static struct slab *with_room(unsigned class)
{
	struct list *all = &pool.classes[class];

	if (!all->next)
		list_init(all);
	if (!list_empty(all))
		return list_entry(all->next, struct slab, in_class);
	struct slab *s = map(SLAB);
	if (!s)
		return NULL;
	s->class = class;
	s->size = size_of(class);
	list_append(all, &s->in_class);
	return s;
}

static void *take(struct slab *s)
{
	void *block = s->free;

	if (block) {
		memcpy(&s->free, block, sizeof s->free);
		memset(block, 0, s->size);
	} else {
		block = (uint8_t *)s + s->fresh;
		s->fresh += s->size;
	}
	s->used++;
	pool.bytes += s->size;
	if (!s->free && s->fresh + s->size > SLAB)
		list_remove(&s->in_class);
	return block;
}

static void *large(size_t size)
{
	size_t offset = (sizeof(struct slab) + ALIGN - 1) / ALIGN * ALIGN;
	struct slab *s = size <= MOST ? map((offset + size + 4095) / 4096 * 4096) : NULL;

	if (!s)
		return NULL;
	pool.bytes += s->bytes;
	return (uint8_t *)s + offset;
}

void *slab_calloc(size_t size)
{
	void *block = NULL;

	(void)pthread_mutex_lock(&pool.lock);
	if (size > LARGEST) {
		block = large(size);
	} else {
		struct slab *s = with_room(class_of(size ? size : 1));

		if (s)
			block = take(s);
	}
	(void)pthread_mutex_unlock(&pool.lock);
	return block;
}

void slab_free(void *block)
{
	if (!block)
		return;
	struct slab *s = slab_of(block);

	(void)pthread_mutex_lock(&pool.lock);
	pool.bytes -= s->size ? s->size : s->bytes;
	if (s->size) {
		bool was_full = !s->free && s->fresh + s->size > SLAB;

		memcpy(block, &s->free, sizeof s->free);
		s->free = block;
		s->used--;
		if (was_full)
			list_append(&pool.classes[s->class], &s->in_class);
	}
	if (s->used == 0) {
		list_remove(&s->in_class);
		(void)munmap(s, s->bytes);
	}
	(void)pthread_mutex_unlock(&pool.lock);
}

size_t slab_bytes(void)
{
	(void)pthread_mutex_lock(&pool.lock);
	size_t bytes = pool.bytes;

	(void)pthread_mutex_unlock(&pool.lock);
	return bytes;
}

#else

#include <string.h>

/* A sanitizer sees what becomes of each block. */
void *slab_calloc(size_t size)
{
	enum { ALIGN = 64 };
	size_t rounded = (size + ALIGN - 1) / ALIGN * ALIGN;
	void *block = size <= MOST ? aligned_alloc(ALIGN, rounded ? rounded : ALIGN) : NULL;

	if (block)
		memset(block, 0, rounded);
	return block;
}

void slab_free(void *block)
{
	free(block);
}

size_t slab_bytes(void)
{
	return 0;
}

#endif
