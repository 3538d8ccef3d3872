/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world around signalling, made of doubles: WebSockets, HTTP requests, the media plane, calls/
 * and media tokens. Tests act as clients (real protobuf bytes in and out) and as media workers.
 */
#pragma once

#include "base/rng.h"
#include "control/signal/internal.h"

struct wsconn {
	struct list messages; /* of struct message */
	bool open, refuse_writes;
	unsigned pings;
	uint16_t close_code;
};

struct message {
	struct list in_conn;
	Lk__SignalResponse *response;
};

struct client {
	struct wsconn conn;
	struct session *session;
};

struct world {
	uv_loop_t loop;
	struct signal_hub *hub;
	struct rng rng;
	struct list commands;
	struct admission_time times[2]; /* of the workers' threads */
	char calls[2048];		/* "+room/identity -room/identity …" */
};

struct http_req {
	bool upgrade;
	const char *query[8][2]; /* name, value */
	const char *authorization;
	const char *host; /* NULL: there is none */
	bool tls, proxied;
	int status; /* of the answer; 101 = upgraded */
	char body[256];
	char retry_after[8];
	struct session *session;
	unsigned answers;
};

/* World with two workers. */
int world_init(void **state);
int world_fini(void **state);

/* ---- clients ---- */

/* Token like the ones of calls: may do everything; change it before client_join. */
struct media_token world_token(const char *room, const char *identity);
struct client *client_join(struct world *w, struct media_token token, struct client_info info);
struct client *client_enter(struct world *w, const char *room,
			    const char *identity); /* the plain case */
void client_send(struct client *c, Lk__SignalRequest *request);
void client_bytes(struct client *c, const void *bytes, size_t n, bool binary);
void client_close(struct client *c); /* the socket dies; frees c */

/* The next message; fails the test when there is none or it is of another kind.
 * The test frees it with response_free. */
Lk__SignalResponse *client_expect(struct client *c, Lk__SignalResponse__MessageCase kind);
void response_free(Lk__SignalResponse **response);
typedef Lk__SignalResponse *response_ptr;
#define response_scope cleanup(response_free) __attribute__((unused)) response_ptr

void client_expect_nothing(struct client *c);
void client_skip(struct client *c); /* forget all messages so far */
Lk__ParticipantInfo *expect_update(struct client *c,
				   Lk__SignalResponse **ret); /* `update` about one participant */

/* ---- the media plane ---- */

/* The oldest command; fails when there is none or it is of another type.
 * `sdp` lives until the next call. */
struct plane_cmd plane_expect(struct world *w, enum plane_cmd_type type);
void plane_expect_nothing(struct world *w);
void plane_skip(struct world *w);
uint16_t plane_worker_of_last(const struct world *w);
void plane_event(struct world *w, struct client *c, enum plane_event_type type,
		 const struct sid *track);

/* A published, live track: add_track, track_published, EV_TRACK_LIVE.
 * All messages about it are consumed at `c` only. */
struct sid client_publish(struct world *w, struct client *c, const char *cid, Lk__TrackType type,
			  Lk__TrackSource source);
