/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libconfab with its edges cut off, for unit tests and fuzz targets: WebSockets, HTTP, sockets and the clock are
 * these doubles, everything between them is real. The client runs on the caller's loop (own_loop). What it
 * sends is kept here; what a server says is handed in. Link the client's sources without ws.c, http.c and
 * session_media.c, and before lib_base (whose clock this one replaces).
 */
#pragma once

#include "client/session.h"

enum { EDGES_SENT = 64 };

struct edges_socket {
	bool open;
	struct ws_handlers handlers;
	void *arg;
	char url[2400];
};

extern struct edges {
	uint64_t now; /* what the clock says, in µs */
	struct edges_socket events, signal;
	/* Signalling requests of the session, oldest first; at most EDGES_SENT. */
	Lk__SignalRequest *sent[EDGES_SENT];
	size_t sent_count;
	/* Add_track and offers are answered as a server does; tracks are "TR_own1" and so on. */
	bool answers;
	unsigned tracks;
	/* Datagrams of media that left, and who looks at each (NULL: nobody). */
	unsigned media;
	void (*on_media)(void *arg, size_t n);
	void *on_media_arg;
	/* What HTTP requests are answered with: status and JSON. */
	long http_status;
	const char *http_body;
	int http_retry_after;
	unsigned http_requests;
	char http_last[512]; /* the newest: "POST http://… {…}", of a file "[N bytes]" */
	/* What was sent on the event socket: the newest frame, and how many. */
	char events_last[512];
	unsigned events_sent;
} edges;

/* Everything as at the start. */
void edges_reset(void);

/* Lets the client work off what is to be done now. */
void edges_run(confab_client *client);
/* Time passes. */
void edges_pass(confab_client *client, uint64_t us);

/* A message on the session's signalling, or on the event socket; nothing when it is closed. */
void edges_signal_bytes(const uint8_t *bytes, size_t n);
void edges_signal(const Lk__SignalResponse *message);
void edges_event(const char *text, size_t n);
/* The session's signalling, the event socket is lost. */
void edges_cut(void);
void edges_cut_events(void);

/* Forgets what was sent. */
void edges_reset_sent(void);
/* The newest request of that kind; NULL: there was none. */
const Lk__SignalRequest *edges_last(Lk__SignalRequest__MessageCase kind);
/* The newest data packet that waits for its channel, to be freed; NULL: there is none. */
Lk__DataPacket *edges_last_packet(const struct session *s);
