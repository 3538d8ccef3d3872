/* SPDX-License-Identifier: Apache-2.0 */
/* What test/lib/talk.c says: lines of JSON. Any thread; a line is whole. */
#pragma once

#include <confab/confab.h>

/* Between begin and end one line is written, by parts. */
void say_begin(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_text(const char *name, const char *text); /* NULL: null */
void say_more(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_end(void);

/* The end of a command. */
void say_done(const char *what, int code, const char *message);
/* All events but CONFAB_EVENT_FRAME. */
void say_event(const confab_event *e);
/* Fields of a line that has begun. */
void say_message(const confab_message *m);
/* The size of the picture, where a key frame of VP8 tells it (RFC 6386 9.1) and it is another than before. */
void say_size(const confab_event *e);
