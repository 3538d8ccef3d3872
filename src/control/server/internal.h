/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this folder share: the request, the WebSocket and the
 * server behind their public names. libwebsockets knows one `struct peer`
 * per connection (HTTP/2: per stream), kept in its opaque user data.
 */
#pragma once

#include <libwebsockets.h>

#include "base/limits.h"
#include "base/list.h"
#include "control/server/request.h"
#include "control/server/route.h"
#include "control/server/server.h"

enum {
	HEADERS_MAX = 24, /* of one answer */
	COOKIES_MAX = 20,
	QUERY_MAX = 40,	      /* arguments; more are not seen */
	REQUEST_HEADERS = 18, /* that are collected: request.c */
	HEADER_HOST = 0,      /* their places that this folder asks for */
	HEADER_COOKIE = 2,
	HEADER_CONTENT_LENGTH = 5,
	HEADER_TRANSFER_ENCODING = 6,
	HEADER_VERSION = 16,
	HEADER_FORWARDED_FOR = 17,
	TIMEOUT_HANDLER_S = 60, /* for a handler's answer */
	TIMEOUT_WRITE_S = 30,	/* for a stalled reader */
	BODY_GRACE_S = 5,	/* then at least BODY_BYTES_PER_S (R3) */
	BODY_BYTES_PER_S = 1024,
	/* a refused body up to here is read and dropped, so that the client sees the answer */
	BODY_DISCARD_MAX = 16 << 20,
	PING_INTERVAL_S = 15, /* R10 */
	REAP_AFTER_S = 35,
	/* libwebsockets' own, for connections of HTTP/2: later than all other timers (liveness.c) */
	H2_PING_INTERVAL_S = 240,
	H2_REAP_AFTER_S = 300,
	CLOSE_TIMEOUT_S = 5,
	/*
	 * libwebsockets 4.1.6 ends the whole HTTP/2 connection when DATA comes for a stream that
	 * was closed, and does not say when a body without Content-Length is complete. So an
	 * answered stream stays open a moment, and such a body is complete when it is a whole JSON
	 * text or nothing more came for a while.
	 */
	/*
	 * And of HTTP/1.1: when a POST and more were pipelined behind another request, it reads the
	 * POST's own head as its body, then tells of the body's end for ever. JSON never starts
	 * with the method's name, and the end comes once.
	 */
	BODY_ENDS_MAX = 100,
	H2_LINGER_MS = 250,
	H2_BODY_PAUSE_MS = 1000,
	H2_STREAMS = 256,
};

struct header {
	char *name, *value; /* one block, at name */
};

struct response {
	int status;
	const char *content_type; /* a literal of ours */
	struct header headers[HEADERS_MAX];
	size_t header_count;
	char *owned;	  /* the body when it is ours to free */
	const char *body; /* owned, or bytes of the program */
	size_t length, sent;
	bool close; /* the connection, afterwards */
	bool headers_sent;
};

/* Owned by the peer until it is answered and sent;
 * when the client goes first, by the handler until it answers. */
struct http_req {
	struct server *server;
	struct peer *peer; /* NULL: the client has gone */
	enum http_method method;
	char *path;
	struct route_match match;
	char *params[ROUTE_PARAMS_MAX]; /* values, copied */
	char *query[QUERY_MAX];		/* "name=value" */
	size_t query_count;
	char *cookies[COOKIES_MAX]; /* "name=value" */
	size_t cookie_count;
	char *headers[REQUEST_HEADERS];
	const char *host;	      /* one of them, when it is plausible */
	char peer_text[48];	      /* whom it comes from */
	char place[INET6_ADDRSTRLEN]; /* its network: for limits */
	bool proxied;		      /* a proxy on this machine sent it on */
	char *body;
	size_t body_length, body_capacity, body_limit;
	bool counted_upload; /* in server.uploads */
	json_t *json;
	unsigned body_ends;
	uint64_t body_started_us;
	bool tls;   /* for the client */
	bool plain; /* came to the port beside it: plain.c */
	bool http2;
	bool malformed;	     /* control characters in the path */
	bool open_ended;     /* HTTP/2: a body of unknown length */
	bool body_under_way; /* HTTP/2: the answer waits for its end (H2_LINGER_MS says why) */
	bool expects_body, dispatched, in_handler, answered, upgrade;
	void *context;
	void (*drop)(void *context);
	struct response response;
};

struct ws_frame {
	struct list in_queue;
	size_t length;
	bool binary;
	unsigned char bytes[]; /* LWS_PRE bytes of room, then the message */
};

struct wsconn {
	struct peer *peer;
	const struct ws_handler *handler;
	void *arg;
	struct list queue; /* struct ws_frame */
	size_t queued;
	unsigned char *rx;
	size_t rx_length, rx_capacity;
	uint16_t close_code; /* 0 = open */
	char close_reason[124];
	char peer_text[48];
	bool open, ping;
	bool leaving; /* the client has said that it closes */
	bool close_sent;
	bool gathering;	   /* the queue waits for the turn's end only */
	bool asked;	   /* a ping since it was heard of: liveness.c */
	uint64_t heard_us; /* its last pong, or its beginning */
};

struct peer {
	struct list in_server, in_due;
	struct lws *wsi;
	struct server *server;
	struct http_req *req; /* NULL between requests */
	struct wsconn *ws;
	struct rawconn *raw; /* it does not speak HTTP */
	char text[48];	     /* its address, from the first request on */
	bool lingering;	     /* HTTP/2: answered; the stream stays a moment */
};

/* The headers that every answer carries, as HTTP/1 writes them, for the host name that was asked for last. */
struct usual_headers {
	char host[264]; /* more than text_host_is_plausible allows */
	bool tls;
	size_t length; /* 0: nothing is here */
	unsigned char text[1536];
};

struct server {
	struct server_config config;
	struct lws_context *context;
	struct lws_vhost *vhost, *plain; /* plain: HTTP beside HTTPS, or NULL */
	struct listener *listeners[3];
	size_t listener_count;
	bool has_plain;	       /* one of them */
	struct places *places; /* whose connections they accepted */
	uint16_t port;
	SSL_CTX *tls; /* libwebsockets' own; NULL without */
	uint64_t tls_expires_us;
	struct list peers;
	struct liveness *liveness;
	struct list due; /* peers that something is done for at the end of the loop's turn */
	struct turn *turn;
	struct usual_headers usual;
	unsigned uploads; /* requests whose body may be as large as LIMIT_UPLOAD */
	struct server_counts counts;
	unsigned in_callback; /* libwebsockets is at work: see server_may_write */
	bool stopping;
	uint16_t stop_code;
	void (*stopped)(void *arg);
	void *stopped_arg;
};

/* request.c */
struct http_req *http_req_new(struct peer *peer, struct lws *wsi);
struct http_req *http_req_free(struct http_req *req);
const char *http_method_text(enum http_method method);
int http_req_add_body(struct http_req *req, const void *bytes, size_t n);

/* dispatch.c: begins a request whose headers are here; runs it once its body is here too */
void dispatch_headers(struct http_req *req);
void dispatch_body_done(struct http_req *req);

/* respond.c: the part of an answer that can go now. <0: close the connection */
int respond_write(struct http_req *req, struct lws *wsi);
/* the answer is complete: send it when the socket is ready, or drop it */
void respond_ready(struct http_req *req);

/* wsconn.c */
struct wsconn *wsconn_new(struct peer *peer, const struct ws_handler *handler, void *arg,
			  const char *peer_text);
struct wsconn *wsconn_free(struct wsconn *c);
int wsconn_receive(struct wsconn *c, struct lws *wsi, const void *bytes, size_t n);
int wsconn_write(struct wsconn *c, struct lws *wsi);
int wsconn_pong(struct wsconn *c);
void wsconn_leaving(struct wsconn *c);
void wsconn_turn_ends(struct wsconn *c);

/* rawconn.c: <0: close the connection */
int rawconn_receive(struct peer *p, struct lws *wsi, const uint8_t *bytes, size_t n);
int rawconn_write(struct rawconn *r); /* the socket is ready */
struct rawconn *rawconn_free(struct rawconn *r);

/* callbacks.c */
int server_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		    size_t n);

/*
 * Whether something may be written at once. Asking for the WRITEABLE callback costs four epoll_ctl and a turn of the loop
 * (libuv 1.44 forgets and adds the descriptor at each change), more than the write itself. libwebsockets keeps what the
 * socket does not take, and then this is false until that is gone. Also false inside its callbacks, where it is not
 * done yet, and for streams of HTTP/2, which share a connection.
 */
bool server_may_write(const struct peer *p);
/* Ends the connection later, from the loop: a write has failed outside libwebsockets' callbacks. */
void server_kill(struct peer *p);

/* turn.c: 0 or <0; freed with the loop's next turn. `due`: the peer's answer goes at the end of this one, or what
 * its WebSocket holds back */
int turn_new(struct turn **ret, struct server *s);
struct turn *turn_free(struct turn *t);
void turn_due(struct turn *t, struct peer *p);
/* callbacks.c: writes of an answer what goes now. <0: close the connection; p->req may be gone */
int server_write_answer(struct peer *p);

/* liveness.c: 0 or <0; freed with the loop's next turn. `opened`: watches it from now on */
int liveness_new(struct liveness **ret, struct server *s);
struct liveness *liveness_free(struct liveness *l);
void liveness_opened(struct liveness *l, struct wsconn *c);
void liveness_answered(struct wsconn *c);
void liveness_tick(struct liveness *l,
		   uint64_t now); /* what its timer does; for tests in virtual time */

/* server.c */
void server_check_stopped(struct server *s);

/* listener.c: accepts and hands sockets to libwebsockets */
int listener_new(struct listener **ret, struct server *s, struct lws_vhost *vhost, const char *host,
		 uint16_t port, uint16_t *ret_port);
void listener_close(struct listener *l);

/* plain.c: answers what came to the port for plain HTTP */
void plain_answer(struct http_req *req);

/* proof.c: certificates that prove our names are shown to who asks for them, from now on */
void proof_offer(struct server *s);

/* orphan.c: memory that libwebsockets forgets when a WebSocket inside HTTP/2 is refused, or takes for what nobody uses */
void orphan_install(void);		 /* before a context is made, and … */
void orphan_tables_made(void);		 /* … when it is there */
void orphan_note(struct lws *wsi);	 /* in the callback that refuses */
void orphan_gone(const struct lws *wsi); /* its end is under way */
void orphan_bury(void);			 /* frees those of streams that have ended */
