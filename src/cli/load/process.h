/* SPDX-License-Identifier: Apache-2.0 */
/* CPU time and memory of another process, from /proc. */
#pragma once

#include <stdint.h>

/* Nanoseconds on a CPU of all its threads, from schedstat: exact. 0 when there is no such process. */
uint64_t process_cpu_ns(int pid);

/* Of those, in user mode: sampled by the kernel's tick. */
uint64_t process_user_ns(int pid);

/* Resident set, KiB; 0 when there is no such process. */
uint64_t process_rss_kb(int pid);
