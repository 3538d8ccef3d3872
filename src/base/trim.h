/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Gives what is free on the heap, of all threads, back to the system: the allocator keeps it
 * otherwise. Returns at once; a thread of its own does it, in about a millisecond, a part of which
 * other threads' malloc may wait: for moments after which little is to come. Any thread. Does
 * nothing when there is no thread to be had, or no memory.
 */
void trim_heap(void);

/*
 * Takes the libraries' code that was run so far out of memory; what is run again is mapped again, from the file or the
 * system's cache of it (a hundred page faults of a microsecond). Some code runs only while there are calls: the AES of
 * libipsec-mb is 3 MB. Any thread; others may run that code meanwhile.
 */
void trim_code(void);
