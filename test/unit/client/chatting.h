/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of conversations: a client of ada's with its event socket, what its program is told, and how what it sends ends. */
#pragma once

#include "client_edges.h"

/* {"user_id":"ada"}, unsigned: a client does not look at the signature. */
#define ADA   "e30.eyJ1c2VyX2lkIjoiYWRhIn0.x"
#define BASE  "http://server"
#define PLACE BASE "/api/v1/conversations/ada"
#define MESSAGE(id, client_id)                                                               \
	"{\"id\":" id ",\"conversation_id\":\"ada\",\"type\":\"regular\",\"user\":{\"id\":"  \
	"\"ada\",\"name\":\"Ada\"},\"text\":\"hello\",\"client_id\":\"" client_id "\","      \
	"\"created_at\":\"2026-11-22T10:00:00.250Z\",\"quoted\":{\"id\":3},\"attachments\":" \
	"[{\"id\":\"f1\",\"name\":\"a.png\",\"mime_type\":\"image/png\",\"size\":70,"        \
	"\"width\":4,\"height\":3,\"url\":\"/files/f1/a.png\"}],\"reactions\":[]}"

/* How what was asked for ended. */
struct chat_end {
	int ended, code, status;
	int64_t id;
	char text[256];
};

struct chatting {
	confab_client *client;
	struct {
		confab_event_type type;
		int state;
		int64_t message_id, delivered_id, cursor;
		char text[80], identity[24], topic[24];
	} seen;
	unsigned events;
	struct chat_end sent, also;
};

/* For cmocka: *state is a client that is online, with a server that takes messages on the socket; and its end. */
int chatting_set_up(void **state);
int chatting_tear_down(void **state);
/* The same in steps: ada's event socket is opened, with what her program has heard already; the server greets. */
void chatting_begin(struct chatting *f, int64_t since);
void go_online(const char *accepts);

/* The server says this on the event socket. */
void say(const char *text);
void send_text(struct chatting *f, const char *text, const char *client_id,
	       struct chat_end *ret_end);

/* Callbacks; the first two for a struct chat_end. */
void chatting_sent(void *arg, const confab_error *error, int64_t id);
void chatting_done(void *arg, const confab_error *error);
void chatting_token(void *arg, confab_token_request *request);
