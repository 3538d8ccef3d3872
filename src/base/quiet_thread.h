/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Starts a thread that no signal for the process interrupts: those are the control thread's. Signals
 * that a fault of the thread itself raises stay open, or a crash would end the process without the
 * report of whoever watches (a core dump handler, AddressSanitizer). name: at most 15 bytes, as
 * pthread_setname_np(3) allows. Returns 0 or a negative errno.
 */

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

static inline int quiet_thread_start(pthread_t *thread, const char *name, void *(*run)(void *),
				     void *arg)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };
	sigset_t blocked, before;

	(void)sigfillset(&blocked);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		(void)sigdelset(&blocked, faults[i]);
	(void)pthread_sigmask(SIG_SETMASK, &blocked, &before);
	int r = -pthread_create(thread, NULL, run, arg);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r == 0)
		(void)pthread_setname_np(*thread, name);
	return r;
}
