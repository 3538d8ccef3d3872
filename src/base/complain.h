/* SPDX-License-Identifier: Apache-2.0 */
/* A line for the operator, where something fails that only they can mend: cause, value, what helps. Pure. */
#pragma once

#include <stddef.h>

/* Writes it into `ret` (NULL: nobody reads it), cut where it is too long; returns r, for the caller's own return. */
int complain(char *ret, size_t size, int r, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
