/* SPDX-License-Identifier: Apache-2.0 */
#include "base/complain.h"

#include <stdarg.h>
#include <stdio.h>

int complain(char *ret, size_t size, int r, const char *format, ...)
{
	va_list args;

	if (!ret)
		return r;
	va_start(args, format);
	(void)vsnprintf(ret, size, format, args);
	va_end(args);
	return r;
}
