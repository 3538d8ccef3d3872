/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversations inside the client; everything on its thread.
 *
 *	query.c    one request, one answer: what is read, changed, found
 *	message.c  what the server says of messages, in words of C
 *	sending.c  the queue of messages that this client writes ▸ asks.c (over the event socket), api.c
 *	typing.c   the others know that somebody writes
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "base/limits.h"
#include "base/list.h"
#include "confab/confab.h"

enum {
	CHAT_TICK_MS = 10, /* as long as there is something to look at */
	CHAT_SENDS = 256,  /* that wait */
	CHAT_ASK_MS = 5000,
	CHAT_FRAME_MAX = 60000, /* bytes; the server takes 64 KiB */
	CHAT_CLIENT_ID = 64,
};

struct chat {
	struct list sends; /* struct sending, in the order of the calls */
	unsigned send_count, attempts;
	uint64_t retry_at; /* 0: nothing waits for a time */
	bool going, again;
	struct list asks; /* struct ask, oldest first */
	unsigned ask_count, ask_last;
	bool socket_takes;  /* the server, messages on the event socket */
	struct list typing; /* struct typing */
	uv_timer_t timer;
};

void chat_init(struct confab_client *c);
/* Before the loop ends. */
void chat_fini(struct confab_client *c);
/* The clock of all below goes on, from now on until there is nothing more to look at. */
void chat_wind(struct confab_client *c);
/* The event socket is up, and takes these frames; it is lost; the user is gone. */
void chat_on_connected(struct confab_client *c, const json_t *accepts);
void chat_on_lost(struct confab_client *c);
void chat_end(struct confab_client *c, const confab_error *error);

bool conversation_is(const char *name);
extern const char conversation_problem[]; /* for people */
/* "/api/v1/conversations/{id}" and more; NULL: no conversation has such a name, or no memory. The caller's. */
char *conversation_path(const char *conversation, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* For a URL's query (RFC 3986 2.1); NULL: no memory. The caller's. */
char *url_quoted(const char *text);

/* ---- sending.c ---- */

/* Sends what can be sent now. */
void sending_go(struct confab_client *c);
/* Gives up what has waited too long. false: nothing waits. */
bool sending_tick(struct confab_client *c, uint64_t now);
void sending_end_all(struct confab_client *c, const confab_error *error);

/* ---- asks.c ---- */

typedef void ask_fn(void *arg, const json_t *message, const confab_error *error);
/*
 * Sends a frame with these fields (not taken) that the server replies to with a message. false: it cannot be asked
 * this way now. `error` with status 0: there was no reply.
 */
bool ask_send(struct confab_client *c, const char *type, const json_t *fields, ask_fn *fn,
	      void *arg);
/* A frame of the server: perhaps the reply to one of these. */
void ask_hear(struct confab_client *c, const json_t *event);
bool ask_tick(struct confab_client *c, uint64_t now);
/* No reply comes any more. */
void ask_end_all(struct confab_client *c, const char *why);

/* ---- typing.c ---- */

bool typing_tick(struct confab_client *c, uint64_t now);
/* They have written: nobody needs to be told any more. */
void typing_over(struct confab_client *c, const char *conversation);
void typing_end_all(struct confab_client *c);

/* ---- message.c ---- */

struct message_view {
	confab_message message;
	confab_attachment files[LIMIT_ATTACHMENTS];
};

/* Points into `json`, which must be as the API has it, else false. */
bool message_read(const json_t *json, struct message_view *ret);
/* "2026-11-22T10:00:00.000Z" in µs since 1970; 0: it is no time. */
uint64_t message_time(const char *text);

/* ---- what the server's events mean ---- */

/* true: it is about a conversation, and the program was told. */
bool chat_take(struct confab_client *c, const json_t *event, int64_t cursor);
