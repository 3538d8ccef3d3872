/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control plane, START HERE: what every handler may use, and how it is put together
 * (control.c; its inside is in private.h). One thread, one libuv loop. The map of the HTTP surface is the table in routes.c.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plane/plane.h"
#include "store/messages.h"

struct acme;
struct auth;
struct bans;
struct calls;
struct chat;
struct control_private;
struct files;
struct hooks;
struct hub;
struct push;
struct rate;
struct sb;
struct support;
struct server;
struct signal_hub;
struct sockaddr_storage;
struct store;
struct uv_loop_s;
struct renewal;
struct warnings;

struct control {
	struct uv_loop_s *loop;
	uint64_t started_us;	    /* wall time */
	struct store *store;	    /* store/store.h */
	struct auth *auth;	    /* control/auth/auth.h: accounts, sessions, tokens */
	struct bans *bans;	    /* control/auth/bans.h: who may not come in */
	struct chat *chat;	    /* control/chat/chat.h */
	struct calls *calls;	    /* control/calls/calls.h */
	struct support *support;    /* control/support/support.h */
	struct files *files;	    /* control/files/files.h: bytes of attachments */
	struct hub *hub;	    /* control/ws/hub.h: events to people */
	struct hooks *hooks;	    /* control/hooks/hooks.h; NULL = none configured */
	struct hooks *event_hooks;  /* the same about calls and chat */
	struct push *push;	    /* control/push/push.h: notifications to browsers */
	struct renewal *renewal;    /* control/renewal.h; NULL without TLS */
	struct acme *acme;	    /* control/acme/acme.h; NULL without a domain */
	struct warnings *warnings;  /* control/warnings.h: what the team must know of the server */
	struct signal_hub *signal;  /* control/signal/signal.h: LiveKit rooms */
	unsigned media_load;	    /* percent; see signal.h */
	unsigned room_limit;	    /* participants of one room */
	struct server *server;	    /* control/server/server.h */
	struct unpacked *unpacked;  /* control/http/unpacked.h: files for who takes no gzip */
	struct rate *token_rate;    /* control/http/rate.h: user tokens per user */
	struct rate *write_rate;    /* what people write, per user */
	struct rate *act_rate;	    /* what else they do that others are told, per user */
	struct rate *peer_rate;	    /* what people write, per address */
	struct rate *guest_rate;    /* new guests per address */
	struct store_room storage;  /* what files may take, see http/storage.h */
	int64_t disk_floor;	    /* bytes that files leave free; -1: by the size of the disk */
	struct store_stored stored; /* what they take, as it was last seen; for /metrics */
	uint64_t files_refused;	    /* uploads, for want of room */
	bool no_guests;		    /* the operator wants none */
	char **widget_origins;	    /* other sites that may show the widget, NULL at the end */
	bool demo;		    /* the demo's pages are served */
	struct control_private *private;
};

/* The media workers, as confabd gives them: the control plane knows no thread.
 * Functions as in media_thread.h. */
struct control_media {
	unsigned count;
	bool (*command)(void *arg, unsigned worker,
			const struct plane_cmd *cmd); /* false: full, still ours */
	int (*wake_fd)(void *arg, unsigned worker);
	void (*drain_wake)(void *arg, unsigned worker);
	bool (*event)(void *arg, unsigned worker, struct plane_event *ret);
	/* What the worker's thread has had of processors since its start, µs: on one, and ready to
	 * be but waiting. false: not known. May be NULL: then nobody is refused. */
	bool (*time)(void *arg, unsigned worker, uint64_t *ret_run_us, uint64_t *ret_wait_us);
	void (*metrics)(void *arg, struct sb *ret); /* lines for /metrics */
	/*
	 * TURN: takes over a stream that came in at the web port (false: there is no room), and makes what a
	 * participant of that worker says there. Both NULL: there is none.
	 */
	bool (*turn)(void *arg, int fd, const struct sockaddr_storage *client);
	bool (*turn_credentials)(void *arg, unsigned worker, const struct sid *participant,
				 struct plane_credentials *ret);
	void *arg;
};

struct control_config {
	struct uv_loop_s *loop;
	struct store *store;	  /* borrowed: opened and closed by confabd */
	const char *data_dir;	  /* holds the keys of notifications and certificates */
	const char *push_contact; /* see push.h */
	bool push_local;
	bool no_push;
	const char *files_dir; /* where attachments lie; made when missing */
	const char *api_key, *api_secret;
	const char *host; /* see server.h */
	uint16_t port;
	const char *tls_cert, *tls_key; /* of domains there are none: see acme.h */
	const char *const *domains;	/* must outlive this */
	size_t domain_count;
	const char *acme_directory, *acme_contact, *acme_ca; /* likewise */
	uint16_t http_port;				     /* beside it, for domains; 0 = none */
	bool remote_unmute;				     /* see signal.h */
	bool open_channels;				     /* see chat.h */
	unsigned room_limit;				     /* see signal.h */
	unsigned media_load;				     /* see signal.h */
	unsigned message_rate;	     /* what one person writes in a minute (limit.c); 0 = any */
	struct store_room storage;   /* bytes of files; 0 = any */
	int64_t disk_floor;	     /* see struct control */
	bool no_guests;		     /* POST /api/v1/guest is refused */
	const char *const *webhooks; /* URLs */
	size_t webhook_count;
	const char *const *event_webhooks; /* the same about calls and chat */
	size_t event_webhook_count;
	const char *const *widget_origins; /* web origins in lower case */
	size_t widget_origin_count;
	bool demo;
	struct control_media media;
};

enum { CONTROL_ERROR_MAX = 512 };

/* 0, or -errno with one line for the operator in ret_error (CONTROL_ERROR_MAX bytes). Strings are
 * copied. Reads from the store, and waits for that. */
int control_new(struct control **ret, const struct control_config *config, char *ret_error);

/* The TCP port that is really listened on, and whether TLS is spoken there. */
uint16_t control_port(const struct control *c);
bool control_is_tls(const struct control *c);

/* Graceful: no new connections, calls told, WebSockets closed with 1012, answers finished;
 * `stopped` runs from the loop when no connection is left. */
void control_stop(struct control *c, void (*stopped)(void *arg), void *arg);

/* Cuts off the connections that are left, and lets password hashing end.
 * Then close the store, then control_free. Runs the loop. */
void control_close(struct control *c);

/* After store_close, so that no callback is under way. Runs the loop. Takes NULL. Returns NULL. */
struct control *control_free(struct control *c);

/* To the webhooks about calls and chat, when there are any. cursor 0: an event that is not stored. */
void control_post_event(struct control *c, int64_t cursor, const json_t *frame);

/* Somebody was banned: event sockets close, call legs end. New ones are refused by the ban itself. */
void control_shut_out(struct control *c, const char *user_id);

/* What may change without a restart is read anew: the certificate (SIGHUP). */
void control_reload(struct control *c);

/* What store_config.on_disk says: the team is told (warnings.h). */
void control_disk_changed(struct control *c, int status);

/* Files of messages that are gone are deleted now, not within the hour. */
void control_sweep_files(struct control *c);

/* Somebody signed out (key: auth_session_key): their call legs end at once, and the media tokens that
 * were given to that sign-in are refused from now on (R16). */
void control_end_session(struct control *c, const char *session_key);

/* Of RIGHTS_SEND bits (calls/rights.h): the MEDIA_SOURCE bits of media tokens. */
unsigned control_sources(unsigned kinds);

/* Signalling's and the media plane's lines for /metrics. */
void control_add_metrics(struct control *c, struct sb *ret);

/* What the busiest media worker used of its core in the last second, 0…1. */
double control_media_busy(const struct control *c);
