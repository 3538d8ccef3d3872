/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For unit tests: a client that is in a call with ann, who has a camera, and what its program was told. In virtual
 * time, with the edges cut off (test/lib/client_edges.h).
 */
#pragma once

#include "client_edges.h"

enum { IN_CALL_SEEN = 64 };

/* An event, as far as the tests look at it; a text that is missing is "-". */
struct seen {
	confab_event_type type;
	int state, muted, code;
	unsigned changed, layer, layers;
	confab_reason reason;
	char participant[64], identity[64], name[64], track[64], text[64];
};

struct in_call {
	confab_client *client;
	confab_call *call;
	int joined; /* 1, or the code of the error that the join ended with */
	struct seen seen[IN_CALL_SEEN];
	size_t count, at; /* events that came, and that seen_next has given out */
};

/* For cmocka: *state is a client in the call; and its end. */
int in_call_set_up(void **state);
int in_call_tear_down(void **state);

/* The same in steps, for who joins otherwise. A call that is not joined. */
void in_call_init(struct in_call *c);
void in_call_fini(struct in_call *c);
/* Joins; the media server says that it is of this version (NULL: a new one). All the program is told of it is given out. */
void in_call_join(struct in_call *c, const confab_join_options *options, const char *version);
extern const confab_join_options in_call_options;

/* What a media server says to who joins. */
void send_join(const char *version);

/* The next event, which has to be of this type. */
const struct seen *seen_next(struct in_call *c, confab_event_type type);
/* The newest event. */
const struct seen *seen_last(const struct in_call *c);
/* There is no event that seen_next has not given out. */
void assert_all_seen(const struct in_call *c);

/* A literal for a field of a protobuf message, which does not change it. */
char *text(const char *literal);

/* A data packet of somebody's: fills in who it is from; the session has it when this returns. */
void in_call_take(struct in_call *c, Lk__DataPacket *p, const char *from);

/* An update about ann; tracks: 0 to 2 of camera and microphone. */
void send_ann(uint32_t version, int tracks, bool muted, const char *metadata, const char *hand);
void send_gone(const char *sid, Lk__DisconnectReason reason);
/* The session was resumed. */
void send_reconnected(void);
void send_leave(Lk__LeaveAction action, Lk__DisconnectReason reason);
