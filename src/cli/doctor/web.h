/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 and WebSocket, as little of them as the doctor asks with. Blocking, each step within DOCTOR_WAIT_MS. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/doctor/dial.h"

enum { WEB_HOST = 256, WEB_ANSWER = 128 * 1024, WEB_FRAME = 256 * 1024 };

/* Whom to ask. */
struct web_target {
	bool tls;
	char host[WEB_HOST]; /* without brackets; "" = nobody */
	uint16_t port;
};

/* http, https, ws or wss. What follows the host is left out, and *ret_path says whether there was more than "/".
 * 0 or -EINVAL. */
int web_target_parse(const char *url, struct web_target *ret, bool *ret_path);

/* "https://chat.example.com", "http://[::1]:8080": without the scheme's own port. */
void web_target_text(const struct web_target *t, char ret[WEB_HOST + 32]);

/* This machine itself, for browsers: https is not needed for camera and microphone there. */
bool web_target_is_local(const struct web_target *t);

struct web_request {
	const char *method, *path;
	const char *bearer, *origin; /* NULL: none */
	const char *body;	     /* JSON; NULL: none */
};

struct web_answer {
	int status; /* 0: there was none, and `error` says why */
	char error[DIAL_ERROR];
	char date[40], location[256]; /* of these headers; "" = none */
	bool has_certificate;
	struct dial_certificate certificate;
	char *body; /* owned; NUL-terminated; NULL = none */
};

/* Asks once. The answer is to be freed with web_answer_fini, also after a failure. */
void web_ask(const struct web_target *t, const struct web_request *request, struct web_answer *ret);
void web_answer_fini(struct web_answer *a);

/* The body as a JSON object, the caller's; NULL when it is none. */
json_t *web_answer_json(const struct web_answer *a);

/* Seconds since 1970 of "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7); 0 = not that. */
int64_t web_date(const char *text);

/* Length of the head, with its empty line; 0 = not whole yet. */
size_t web_head_length(const char *bytes, size_t n);
/* The value of a header of the head into ret, "" when there is none. */
void web_header(const char *head, const char *name, char *ret, size_t capacity);
/* Takes the chunks' lengths out (RFC 9112 7.1), in place. The length, or -1 when the last one is not there. */
long web_unchunk(char *bytes, size_t n);

/* ---- WebSocket ---- */

/* Asks for an upgrade. NULL: `ret` says with which status it was refused. */
struct dial *web_socket_open(const struct web_target *t, const char *path, struct web_answer *ret);
/* One binary message of at most 125 bytes. */
bool web_socket_send(struct dial *c, const uint8_t *bytes, size_t n);
/* The next whole message into bytes (WEB_FRAME): its length, or -1. */
long web_socket_read(struct dial *c, uint8_t *bytes);
