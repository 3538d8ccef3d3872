/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

/*
 * Gives back to the system what is free on the heap, of all threads: the allocator keeps it otherwise. Returns at once; a
 * thread of its own does it, in about a millisecond, a part of which other threads' malloc may wait: for moments after which
 * little is to come. Any thread. Does nothing when there is no thread to be had, or no memory.
 */
void trim_heap(void);

/* The same, and then trim_files. */
void trim_memory(void);

/*
 * Takes the code and the constants of the program and its libraries out of memory as far as they were used; what is used
 * again is mapped again, from the system's cache of the file (for each 64 KB a page fault of a microsecond). Most of it is run
 * at the start, for a handshake or for a page of the web app, and then no more for long. Any thread; others may run that code
 * meanwhile.
 */
void trim_files(void);

/*
 * Whole pages of a private block in which there is nothing but zeros go back to the system, and read as zeros still: of
 * large tables that somebody filled with them. Nobody else may write to it meanwhile.
 */
void trim_zeros(void *block, size_t size);
