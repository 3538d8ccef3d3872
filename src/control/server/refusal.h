/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why something is refused, apart from how that is said: as the answer to a request (http_refuse) or in a frame of the event
 * socket (ws/sends.c). Codes and statuses are those of docs/api.md. Plain values; any thread.
 */
#pragma once

#include <jansson.h>
#include <stdarg.h>

enum { REFUSAL_TEXT_SIZE = 512 };

struct refusal {
	int status; /* HTTP's */
	int code;
	unsigned retry_after_s; /* 0 = not said */
	char message[REFUSAL_TEXT_SIZE];
};

/* Sets all of it. The message names the cause, the value and the fix; too long ones are cut. */
void refusal_set(struct refusal *r, int status, int code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void refusal_vset(struct refusal *r, int status, int code, const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));

/* The Error of api/openapi.yaml. NULL when out of memory. */
json_t *refusal_json(const struct refusal *r);
