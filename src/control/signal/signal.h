/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LiveKit v0 signalling: the WebSocket on `/rtc` by which clients join rooms, publish, subscribe
 * and mute. It owns rooms and participants as people see them (who is here, what is published, who
 * may what), makes the SIDs, and tells the media plane what to do (CMD_*) and the clients what
 * happened (EV_*). It never sees a media packet.
 *
 * Way: routes.c (token, admission) ▸ session.c (the socket) ▸ dispatch.c (SignalRequest) ▸
 * publish.c, subscribe.c ▸ plane; and back: events.c ▸ room.c (fan-out) ▸ encode.c ▸ the socket.
 *
 * Control thread only, all of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "control/server/request.h"
#include "plane/plane.h"

struct admission_time;
struct calls;
struct rng;
struct signal_hub;

/* What happens in rooms, for who watches from outside (webhooks). */
enum signal_happening {
	SIGNAL_ROOM_STARTED,
	SIGNAL_ROOM_FINISHED,
	SIGNAL_PARTICIPANT_JOINED, /* its media is up */
	SIGNAL_PARTICIPANT_LEFT,
	SIGNAL_PARTICIPANT_ABORTED, /* gone before its media was up */
	SIGNAL_TRACK_PUBLISHED,
	SIGNAL_TRACK_UNPUBLISHED,
};

struct Lk__Room;
struct Lk__ParticipantInfo;
struct Lk__TrackInfo;

/* Valid during the call; participant and track NULL where it is not about one. */
struct signal_observed {
	enum signal_happening what;
	const struct Lk__Room *room;
	const struct Lk__ParticipantInfo *participant;
	const struct Lk__TrackInfo *track;
};

enum { SIGNAL_REFUSAL_SIZE = 640 };

/* Media tokens that are good no more: of a session that was signed out; of who was removed from a room. */
enum signal_refusal { SIGNAL_ENDED, SIGNAL_BARRED };

struct signal_config {
	uv_loop_t *loop;	/* for the timers; must outlive the signal object */
	uint16_t workers;	/* media workers, at least 1 */
	const char *api_key;	/* `iss` of media tokens; copied */
	const char *api_secret; /* copied, wiped at the end */
	struct calls *calls;	/* told who is in which call; NULL in tests */
	struct rng *rng;
	unsigned room_limit; /* participants of one room; 0 = LIMIT_PARTICIPANTS_DEFAULT */
	bool remote_unmute;  /* servers may unmute people (livekit-protocol 6.6: off) */

	void (*observe)(void *arg, const struct signal_observed *o); /* may be NULL */
	/* True: nobody of this identity comes in, and why; asked at every door. NULL: all may. */
	bool (*refuse)(void *arg, const char *identity, char ret_why[SIGNAL_REFUSAL_SIZE]);
	void *observe_arg; /* of both */

	/* A refusal to be kept for signal_refuse after a restart. May be NULL. */
	void (*refused)(void *arg, enum signal_refusal kind, const char *key);
	void *refused_arg;

	/*
	 * Sends one command to a worker, in order, and takes over what it owns (`sdp`).
	 * Never fails: workers.c keeps what does not fit into the queue.
	 */
	void (*send)(void *arg, uint16_t worker, struct plane_cmd *cmd);
	/* What a worker's thread has had of processors (admission.h). False: not known.
	 * NULL: nobody is refused for that. */
	bool (*time)(void *arg, uint16_t worker, struct admission_time *ret);
	/* What its client says to our TURN server. False: no. NULL: there is none. */
	bool (*credentials)(void *arg, uint16_t worker, const struct sid *participant,
			    struct plane_credentials *ret);
	void *send_arg; /* of these */

	unsigned
		media_load; /* percent of its core from which on a worker takes nobody in; 0 = none */
};

enum { SIGNAL_ENDED_MAX = 1024, SIGNAL_BARRED_MAX = 1024 };

/* What operators see; see signal_gauges. */
struct signal_gauges {
	size_t rooms, participants, published_tracks;
	uint64_t joins, resumes, bad_messages, refused, refused_full,
		media_failures; /* counters since the start */
};

/* 0, -ENOMEM, -EINVAL (no worker, no key) or libuv's error. */
int signal_new(const struct signal_config *config, struct signal_hub **ret_signal);

/*
 * Shutdown: `leave{RECONNECT, SERVER_SHUTDOWN}` to everybody, sockets closed after that was sent,
 * CMD_LEAVE to the workers, new joins refused with 503. The sockets' `closed` calls may still come
 * until the server is gone.
 */
void signal_stop(struct signal_hub *s);

/*
 * After signal_stop and after the server closed its last socket. Closes
 * the timers: run the loop once more before closing it; the memory goes
 * with the last timer's close callback. Takes NULL. Returns NULL.
 */
struct signal_hub *signal_free(struct signal_hub *s);

/*
 * One event of a worker, in the order of its queue. The event stays the caller's (plane_event_fini
 * afterwards). An event of a room or participant that is gone is dropped.
 */
void signal_on_plane_event(struct signal_hub *s, uint16_t worker, const struct plane_event *event);

/*
 * Participants whose token has this session (media_token.h) are removed, and such tokens refused. The
 * last SIGNAL_ENDED_MAX sessions are remembered.
 */
void signal_end_session(struct signal_hub *s, const char *session);

/* What an earlier life told by `refused`, oldest first. */
void signal_refuse(struct signal_hub *s, enum signal_refusal kind, const char *key);

struct signal_gauges signal_gauges(const struct signal_hub *s);

/* What a media worker used of its core in the last second, 0…1. */
double signal_busy(const struct signal_hub *s, uint16_t worker);

/* Whether one more of this user is refused in the room, or in a new one of this name, because the
 * media workers have enough to do (R58); asked before a token is made. */
bool signal_is_full(struct signal_hub *s, const char *room, const char *user_id);

/*
 * The routes, all GET and ROUTE_CORS: browsers must be able to read every answer, good or bad (the
 * server adds the header). They find the object in `control->signal`. Bodies are plain text.
 */
void signal_http_rtc(struct http_req *req, struct control *control); /* /rtc: the WebSocket */
void signal_http_validate(struct http_req *req,
			  struct control *control); /* /rtc/validate: why /rtc refused */
void signal_http_not_served(struct http_req *req,
			    struct control *control); /* /rtc/v1, /rtc/v1/validate: 404 */
