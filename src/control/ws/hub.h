/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event hub: who is listening on GET /api/v1/events, and delivery of events to those who may see them. It decides
 * nothing: the audience comes with the event. Owned by control.c; control thread only.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hub;

struct hub_audience {
	bool admins;                 /* every admin */
	const char *const *user_ids; /* and these, whether admin or not */
	size_t user_count;
};

int hub_new(struct hub **ret);
struct hub *hub_free(struct hub *h);

/*
 * Sends `event` (borrowed) to the open sockets of the audience. `cursor` is the stored event's, and is added to the frame;
 * 0 for events that are not stored. Sockets that are still replaying get it afterwards, each stored event once.
 */
void hub_publish(struct hub *h, const struct hub_audience *to, int64_t cursor, const json_t *event);

/* Closes the sockets that were opened with this session (logout), with 4003. */
void hub_close_session(struct hub *h, const char *session);

/* Closes every socket of a user. */
void hub_close_user(struct hub *h, const char *user_id);

unsigned hub_socket_count(const struct hub *h);
