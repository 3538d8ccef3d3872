/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of libconfab. One loop per client; everything here belongs to its thread, except what
 * client_post and the waiters guard with the client's lock, and the two states, which are atomic.
 *
 *	public functions ▸ loop.c (tasks) ▸ user.c (token, event socket) ▸ event.c (what an event means)
 *	client, handle, join, ring,      ▸ api.c (requests) ▸ http.c
 *	sending, history, change,        ▸ chat.h (conversations)
 *	track, subscribe, rpc, describe, ▸ call.c (state machine) ▸ session.c (one connection to a media server)
 *	stream
 */
#pragma once

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

#include "base/limits.h"
#include "base/list.h"
#include "client/chat.h"
#include "client/http.h"
#include "client/peer.h"
#include "client/send.h"
#include "client/ws.h"
#include "confab/confab.h"

enum {
	CLIENT_BACKOFF_MS = 500,
	CLIENT_BACKOFF_MOST_MS = 15000,
	CLIENT_WAIT_MOST_S = 300, /* that a server may ask for */
	CLIENT_FIRST_ATTEMPTS = 3,
	CLIENT_SILENCE_MS = 40000, /* the server says something every 15 s */
	CLIENT_JOIN_MS = 20000,
};

/* Someone who waits for the end of something. */
struct waiting {
	struct list in_list;
	confab_done_fn *done;
	void *arg;
};

struct confab_client {
	confab_client_options options;
	char *base_url;
	uv_loop_t loop;
	uv_async_t wake;
	bool running; /* own_loop: inside the loop */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct list tasks; /* under the lock, as `quit` */
	bool quit;
	_Atomic int state;
	struct websockets *websockets;
	struct https *https;

	/* the user: client.c */
	char user_id[LIMIT_USER_ID + 1]; /* "" = nobody is connected or connecting */
	confab_token_provider_fn *provider;
	void *provider_arg;
	char *token;
	uint64_t token_serial;	/* grows with every new one */
	uint64_t events_serial; /* of the event socket's */
	uint64_t generation;	/* of the user; what was begun for another is dropped */
	bool asking, refreshed;
	struct list wants;    /* struct token_want */
	struct list connects; /* struct waiting */
	struct ws *events;
	uv_timer_t events_timer; /* silence, or the time until the next attempt */
	unsigned attempts;
	int64_t cursor;	 /* -1 = none */
	int64_t started; /* where this connection's events begin */
	char device_id[24];
	struct list calls;
	struct chat chat;

	/* shared by all sessions */
	struct cert *cert;
	struct dtls_context *dtls;
	struct sdp *sdp;
	struct outbox outbox;
};

enum { CLIENT_RING_ID = 48 };

/* What this device knows of a call's rings; ring.c. Ids are "" for none. */
struct call_ring {
	char seen[CLIENT_RING_ID]; /* the latest */
	confab_ring_state state;   /* of it */
	bool accepted;		   /* by somebody */
	char own[CLIENT_RING_ID];  /* started here: only then an answer makes us join */
	char settled
		[CLIENT_RING_ID]; /* answered here: what is still on its way about it rings no more */
};

/* "type:id" and NUL. */
enum { CLIENT_CID_SIZE = LIMIT_CALL_ID + 1 + LIMIT_CHAT_CALL_ID + 1 };

struct confab_call {
	struct list in_client;
	struct confab_client *client;
	char type[LIMIT_CALL_ID + 1], id[LIMIT_CHAT_CALL_ID + 1], cid[CLIENT_CID_SIZE];
	_Atomic int state;
	uint64_t attempt; /* grows with every join and leave: older work is no longer wanted */
	bool create, manual_subscribe;
	char *url, *token; /* of another server; NULL */
	uint64_t reconnect_us, give_up_at;
	unsigned attempts;
	uv_timer_t timer;		       /* until the next attempt to come back */
	struct list joins;		       /* struct waiting */
	struct list tracks;		       /* struct confab_track, in_call */
	struct list wishes;		       /* struct wish; subscribe.c */
	struct list rpc_methods, rpc_pending;  /* rpc_serve.c, rpc.c */
	unsigned rpc_open;		       /* requests that are not answered yet */
	struct list describing;		       /* struct describe; describe.c */
	struct list outgoing;		       /* struct confab_stream; outgoing.c */
	struct list incoming;		       /* struct incoming; incoming.c */
	size_t incoming_count, incoming_bytes; /* of them, and what is kept of them */
	struct session *session;
	confab_reason reason; /* that the server gave for the end of the last session */
	struct call_ring ring;
	uint64_t leaves; /* grows with every leave: a ring that was begun before is not wanted */
};

struct confab_track {
	struct list in_call;
	struct confab_call *call;
	confab_codec codec;
	confab_source source;
	char *name;
	unsigned width, height;
	bool muted;
	char cid[24], sid[48];
	confab_layer layers[PEER_LAYERS];
	unsigned layer_count; /* 1: no simulcast */
	unsigned wanted;      /* layers that somebody wants, as bits */
	unsigned waiting;     /* layers that begin (again) with a key frame */
	bool sending;	      /* `send` is set up for the present session */
	bool published;
	struct send send[PEER_LAYERS];
	struct waiting *publishing; /* until it can be written; owned */
};

/* ---- loop.c ---- */

/* Runs fn on the loop; from any thread. false: no memory, and fn is not called. */
bool client_post(struct confab_client *c, void (*fn)(void *arg), void *arg);
bool client_may_wait(const struct confab_client *c);
/* Runs fn(arg, done, done_arg) on the loop and waits until it has called done. */
int client_wait(struct confab_client *c,
		void (*fn)(void *arg, confab_done_fn *done, void *done_arg), void *arg,
		confab_error *ret_error);
/* Runs fn on the loop, at once in a callback; what it returns. */
int client_ask(struct confab_client *c, int (*fn)(void *arg), void *arg);
void client_log(const struct confab_client *c, confab_log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void client_emit(struct confab_client *c, const confab_event *event);

/* ---- errors ---- */

/* Fills *ret and returns its code. */
int error_set(confab_error *ret, int code, int status, bool unrecoverable, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
int error_token_not_set(confab_error *ret);
int error_no_memory(confab_error *ret);
int error_copy(confab_error *ret, const confab_error *error);

/* Puts someone in the list; false: no memory. */
bool waiting_add(struct list *list, confab_done_fn *done, void *arg);
/* Tells all of them and empties the list. */
void waiting_end(struct list *list, const confab_error *error);
/* For who does not want to know. */
void done_ignored(void *arg, const confab_error *error);

/* ---- user.c ---- */

typedef void token_fn(void *arg, const char *token, const confab_error *error);
/* The user's token, but for the one with this serial, which the server does not take any more (0: any). fn comes once,
 * maybe at once. */
void token_get(struct confab_client *c, uint64_t expired, token_fn *fn, void *arg);

/* Calls done when the user is connected, or cannot be; at once if that is known. */
void client_ready(struct confab_client *c, confab_done_fn *done, void *arg);

/* Ends everything of the user; those who wait get `error`. */
void client_teardown(struct confab_client *c, const confab_error *error);
uint64_t backoff_ms(unsigned attempt);
/* The same, and not before the server wants it. */
uint64_t retry_ms(unsigned attempt, const confab_error *error);
/* What a server says of seconds, within reason: 0…CLIENT_WAIT_MOST_S. */
int error_wait(int64_t seconds);

/* ---- event.c ---- */

/* One event of the server: tells the program, and the call it is about. */
void event_take(struct confab_client *c, json_t *event, const char *bytes, size_t n);

/* ---- api.c ---- */

typedef void api_fn(void *arg, json_t *answer, const confab_error *error);
struct api_call {
	const char *method, *path;
	json_t *json;	   /* the body; or */
	const void *bytes; /* the body of a file; NULL: none */
	size_t length;
};

/* Asks with the user's token; once more with a new one when it expired. Copies everything. */
void api_send(struct confab_client *c, const struct api_call *call, api_fn *fn, void *arg);
/* The same, a POST. Takes `body`; NULL: there was no memory for one. */
void api_post(struct confab_client *c, const char *path, json_t *body, api_fn *fn, void *arg);

/* ---- handle.c ---- */

/* NULL: there is none. */
struct confab_call *call_find(struct confab_client *c, const char *cid);
/* The same or a new one. NULL: no memory, or no cid. */
struct confab_call *call_open(struct confab_client *c, const char *cid);

/* ---- ring.c ---- */

/* An event about a ring. */
void ring_take(struct confab_client *c, json_t *event);
/* Events may have been missed: asks anew about what rings. */
void ring_refresh(struct confab_client *c);
/* The ring that is known is dealt with. */
void ring_settle(struct confab_call *call);
/* Takes back what this device has begun. */
void ring_cancel_own(struct confab_call *call);

/* ---- call.c ---- */

void call_set_state(struct confab_call *call, confab_calling_state state,
		    const confab_error *error);
/* From any state but JOINING and JOINED. */
void call_begin_join(struct confab_call *call);

void call_leave(struct confab_call *call);
void call_free(struct confab_call *call);
/* From the session: it goes on, but the server cannot be reached; it can again. */
void call_on_interrupted(struct confab_call *call, const confab_error *error);
void call_on_resumed(struct confab_call *call);
/* From the session: media can flow; it is over (`final`: not to be tried again). */
void call_on_joined(struct confab_call *call);
void call_on_ended(struct confab_call *call, const confab_error *error, bool final);

/* ---- track.c ---- */

/* It is not sent any more, until the next session publishes it. */
void track_stop(struct confab_track *t);
void track_free(struct confab_track *t);

/* What keeps an operation from working that is about media or data; CONFAB_OK: nothing. */
int call_check_joined(const struct confab_call *call, confab_error *ret);

/* ---- subscribe.c ---- */

/* What the program wants to receive of somebody else's track; kept over reconnections. */
struct wish {
	struct list in_call;
	char track[64];
	bool said, subscribe; /* said: `subscribe` is the program's wish … */
	bool asked;	      /* … and differs from what the join said */
	bool set;	      /* the settings were said */
	bool disabled;
	confab_video_quality quality;
	unsigned width, height, fps;
};

/* The track is published no more. */
void wish_end(struct confab_call *call, const char *track);
void wishes_free(struct confab_call *call);

/* ---- rpc.c, rpc_serve.c ---- */

/* Ends what has waited too long. */
void rpc_tick(struct confab_call *call, uint64_t now);
/* Requests to them will not be answered. */
void rpc_gone(struct confab_call *call, const char *identity);
/* None will be. */
void rpc_end_all(struct confab_call *call, const confab_error *error);
void rpc_methods_free(struct confab_call *call);

/* ---- describe.c ---- */

/* Changes of our own texts that the server has not answered will not be. */
void describe_end_all(struct confab_call *call, const confab_error *error);

/* ---- incoming.c, outgoing.c ---- */

/* Data streams of theirs will not end. */
void incoming_gone(struct confab_call *call, const char *identity);
/* None will, ours neither. */
void incoming_end_all(struct confab_call *call, const confab_error *error);
void outgoing_end_all(struct confab_call *call, const confab_error *error);
void outgoing_free_all(struct confab_call *call);

/* ---- session.c ---- */

/* Connects to a media server; call_on_joined or call_on_ended follow. NULL: no memory. */
struct session *session_new(struct confab_call *call, const char *url, const char *token);
/* Says goodbye and frees it, later. No callback comes any more. */
void session_close(struct session *s);
void session_publish(struct session *s, struct confab_track *t);
void session_unpublish(struct session *s, struct confab_track *t);
void session_mute(struct session *s, struct confab_track *t);
int session_send_data(struct session *s, const confab_data *data);
/* Tells the server; the track is known to be published. */
void session_subscribe(struct session *s, const struct wish *w);
void session_settings(struct session *s, const struct wish *w);
/* Whether somebody else publishes it now. */
bool session_knows(struct session *s, const char *track);
void session_write(struct session *s, struct confab_track *t, const confab_frame *frame);
