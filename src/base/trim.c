/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The heap: glibc keeps up to seven freed blocks of each small size for the thread that freed them. They lie
 * anywhere, and each holds the page that it is in: 2 MB after a wave of connections. There is no
 * call that frees them. So they are taken out, by allocating as many, and freed by another thread,
 * whose own go when it ends.
 */
#include "base/trim.h"

#include <stdlib.h>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of glibc 2.26 and later (glibc.malloc.tcache_count and …_max in its manual). */
enum { KEPT = 7, SMALLEST = 24, LARGEST = 1032, STEP = 16 };

struct kept {
	void *blocks[KEPT * ((LARGEST - SMALLEST) / STEP + 1)];
	size_t count;
	bool files; /* trim_files follows */
};

/*
 * Code and constants, which nothing writes to: what is thrown away here comes back from the file, page by page, as it is
 * used again. What the loader wrote to (RELRO) lies in segments for writing.
 */
static int drop(struct dl_phdr_info *object, size_t size, void *arg)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)arg;
	if (object->dlpi_name[0] && object->dlpi_name[0] != '/') /* the kernel's vDSO */
		return 0;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];

		if (part->p_type != PT_LOAD || part->p_flags & PF_W)
			continue;
		uintptr_t begin = (object->dlpi_addr + part->p_vaddr) & ~(page - 1);
		uintptr_t end = object->dlpi_addr + part->p_vaddr + part->p_filesz;
		(void)madvise((void *)begin, end - begin, MADV_DONTNEED);
	}
	return 0;
}

void trim_files(void)
{
	(void)dl_iterate_phdr(drop, NULL);
}

static bool is_zero(const uint8_t *page, size_t size)
{
	return page[0] == 0 && memcmp(page, page + 1, size - 1) == 0;
}

void trim_zeros(void *block, size_t size)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t at = ((uintptr_t)block + page - 1) & ~(page - 1);
	uintptr_t end = ((uintptr_t)block + size) & ~(page - 1);

	for (; at < end; at += page)
		if (is_zero((const uint8_t *)at, page))
			(void)madvise((void *)at, page, MADV_DONTNEED);
}

static void *run_free(void *arg)
{
	struct kept *k = arg;

	for (size_t i = 0; i < k->count; i++)
		free(k->blocks[i]);
	free(k);
	return NULL;
}

/* Waits for the thread that frees them: its own cache goes at its very end. */
static void *run(void *arg)
{
	bool files = ((struct kept *)arg)->files;
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_free, arg) == 0)
		(void)pthread_join(thread, NULL);
	else
		(void)run_free(arg);
	(void)malloc_trim(0);
	if (files)
		trim_files();
	return NULL;
}

static void trim(bool files)
{
	struct kept *k = malloc(sizeof *k);
	pthread_t thread;

	if (!k)
		return;
	k->files = files;
	k->count = 0;
	for (size_t n = SMALLEST; n <= LARGEST; n += STEP)
		for (int i = 0; i < KEPT; i++)
			k->blocks[k->count++] = malloc(n);
	if (pthread_create(&thread, NULL, run, k) == 0)
		(void)pthread_detach(thread);
	else
		(void)run_free(k);
}

void trim_heap(void)
{
	trim(false);
}

void trim_memory(void)
{
	trim(true);
}

#else

/* A sanitizer's allocator stands before glibc's, which then is never set up, and cannot be by two
 * threads at a time. */
void trim_heap(void)
{
}

void trim_memory(void)
{
}

void trim_files(void)
{
}

void trim_zeros(void *block, size_t size)
{
	(void)block, (void)size;
}

#endif
