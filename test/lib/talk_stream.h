/* SPDX-License-Identifier: Apache-2.0 */
/* What talk.c does with data streams. */
#pragma once

#include <confab/confab.h>

/* Does the command of these words, as chat_obey; own_loop: by the functions that do not wait, which say their end themselves. */
int stream_obey(confab_call *call, int own_loop, char **w, const char *rest, int *ret_code,
		confab_error *ret_error);
/* Says an event about a stream that comes in; 0: it is another. */
int stream_event(const confab_event *e);
