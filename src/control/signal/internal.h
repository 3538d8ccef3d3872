/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this folder share: who owns whom, and the verbs between them.
 * Not for anybody else.
 *
 * hub ─owns─▶ rooms ─own─▶ members ─own─▶ tracks and subscriptions. A session
 * is one WebSocket; it is owned by the server (freed in its `closed` call)
 * and points to the member it speaks for, until one of the two is gone.
 *
 * A member's and a track's protobuf object *is* its state:
 * what clients are told can be packed as it stands.
 */
#pragma once

#include "base/clock.h"
#include "base/limits.h"
#include "base/list.h"
#include "control/auth/media_token.h"
#include "control/server/wsconn.h"
#include "control/signal/admission.h"
#include "control/signal/arena.h"
#include "control/signal/signal.h"
#include "livekit_room.pb-c.h"
#include "livekit_rtc.pb-c.h"

enum {
	SIGNAL_TICK_MS = 250,
	/* a member whose media never comes up is removed (livekit-protocol 4.1) */
	SIGNAL_CONNECT_S = 60,
	/* so long a lost session may be resumed; until then nobody sees anything */
	SIGNAL_RESUME_S = 30,
	SIGNAL_DEPARTED_S =
		60, /* who left is told to those who resume; longer than SIGNAL_RESUME_S */
	SIGNAL_REFRESH_S = 300, /* new token for the client (livekit-protocol 2) */
	SIGNAL_COUNTERS_S = 5,	/* `room_update` at most this often (livekit-protocol 6.8) */
	SIGNAL_PING_INTERVAL_S = 5,
	SIGNAL_PING_TIMEOUT_S = 15,
	SIGNAL_RESUMING_US = 15 * 1000 * 1000, /* a client has so long to connect again */
	SIGNAL_ASK_US = 2 * 1000 * 1000, /* its media is silent: asked again whether it is there */
	SIGNAL_EMPTY_S = 300,	 /* a room that nobody entered is closed (livekit-protocol 6.11) */
	SIGNAL_DEPARTURE_S = 20, /* the same after the last one left */
	SIGNAL_TIMEOUT_MAX_S = 7 * 24 * 3600,
	SIGNAL_SID_LETTERS = 12,
};

struct signal_hub {
	uv_loop_t *loop;
	uv_timer_t timer, fanout; /* fanout.c's */
	struct rng *rng;
	struct calls *calls;
	char *api_key, *api_secret;
	void (*send)(void *arg, uint16_t worker, struct plane_cmd *cmd);
	bool (*time)(void *arg, uint16_t worker, struct admission_time *ret);
	bool (*credentials)(void *arg, uint16_t worker, const struct sid *participant,
			    struct plane_credentials *ret);
	void *send_arg;
	struct admission admission;
	uint64_t full_logged_us; /* 0 = never */
	void (*observe)(void *arg, const struct signal_observed *o);
	bool (*refuse)(void *arg, const char *identity, char ret_why[SIGNAL_REFUSAL_SIZE]);
	void *observe_arg;
	uint16_t workers;
	size_t *load; /* of each worker: the fan-out of its rooms, room_weigh */
	struct list rooms;
	size_t room_count;
	void *by_name, *by_sid; /* tsearch(3) trees over the same rooms */
	bool stopping, remote_unmute;
	unsigned room_limit; /* participants of one room */
	void (*refused)(void *arg, enum signal_refusal kind, const char *key);
	void *refused_arg;
	char *ended[SIGNAL_ENDED_MAX];	 /* sessions that were signed out; a ring */
	size_t ended_at;		 /* the next place */
	char *barred[SIGNAL_BARRED_MAX]; /* "room\nidentity" of who was removed; a ring */
	size_t barred_at;
	struct signal_gauges gauges;
};

struct room {
	struct signal_hub *hub;
	struct list in_hub;
	struct sid sid;
	char *name;
	uint16_t worker; /* for the room's whole life */
	uint64_t created_wall_us;
	char *metadata;		   /* "" = none */
	uint32_t max_participants; /* 0 = the server's room_limit */
	uint32_t empty_timeout_s, departure_timeout_s;
	bool entered;	      /* somebody was in it */
	uint64_t empty_by_us; /* nobody is: closed then; 0 while there are members */
	struct list members;
	void *by_identity, *by_sid; /* the same, to be found: trees of tsearch(3) */
	uint16_t data_handle;	    /* of the newest data track */
	struct list departed;	    /* struct departed, oldest first; see departed.c */
	size_t departed_count;
	size_t count;	       /* members */
	size_t visible;	       /* of them, that are not hidden */
	bool fanout_waits;     /* some have changed, and others are to be told: see fanout.c; … */
	uint64_t fanout_at_us; /* … then at the earliest */
	bool counters_changed;
	uint64_t counters_at_us; /* when they were last told */
};

/* What the client said about itself in the query. */
struct client_info {
	bool auto_subscribe, adaptive_stream, reconnect, firefox;
	int32_t protocol, client_protocol;
	struct sid resumes; /* the participant that it wants to go on as; "" = of this identity */
};

struct session {
	struct signal_hub *hub;
	struct wsconn *conn;	/* NULL before `opened` */
	struct member *member;	/* NULL: not admitted, or no longer in the room */
	struct member *resumes; /* waits for EV_RESUMED to become this member's; see resume.c */
	struct media_token token;
	struct client_info client;
	char *turn_url;	       /* as this client reaches it; owned; NULL: it does not */
	bool closing;	       /* a close was asked for: what still arrives is ignored */
	uint64_t budget_at_us; /* message rate: see session.c */
	uint32_t budget;
};

/* subscription_permission: what a publisher said about who may have what; see permission.c. */
struct allow {
	bool restricted; /* false: everybody may have everything */
	struct arena arena;
	Lk__TrackPermission **rules; /* in the arena */
	size_t n;
};

struct member {
	struct room *room;
	struct list in_room;
	struct session *session;  /* NULL: its socket died; see `gone_at_us` */
	struct session *resuming; /* about to take its place, or NULL */
	struct sid sid;
	/* grants; the texts in `info` point into it unless `texts` has newer ones */
	struct media_token token;
	struct client_info client;
	struct arena texts; /* name, metadata and attributes after update_metadata */
	Lk__ParticipantInfo info;
	Lk__ParticipantPermission permission;
	Lk__TrackSource sources[4];
	Lk__TrackInfo *live[LIMIT_TRACKS_PER_PARTICIPANT]; /* info.tracks */
	struct list tracks;				   /* struct track: pending and live */
	Lk__DataTrackInfo *data[LIMIT_DATA_TRACKS];	   /* info.data_tracks */
	struct list data_tracks, data_subscriptions;	   /* data_tracks.c */
	struct list subscriptions;
	bool subscriber_primary; /* which connection says that it is connected: fixed at join */
	bool may_offer;		 /* may have a publisher connection; once yes, always yes */
	struct allow allow;	 /* who may subscribe to its tracks */
	struct plane_figures figures; /* as told last */
	bool has_figures;
	bool measured;		   /* `connection` and `score` were told */
	uint8_t connection, score; /* CONNECTION_…; 0..100 */
	bool changed;		   /* others are to be told: fanout.c */
	uint64_t admitted_us;
	uint64_t expected;	/* until its media is up: what that should cost; capacity.c */
	bool was_active;	/* its media came up */
	bool replaced;		/* the same identity came again: for calls/ nobody left */
	uint64_t connect_by_us; /* 0 once active */
	uint64_t gone_at_us;	/* it leaves then; 0 while the socket lives */
	uint64_t heard_at_us;	/* the last message, or answer to a ping, of its client */
	uint64_t asked_at_us;	/* its media is silent: when we asked; 0 = never */
	uint64_t resumed_at_us; /* 0 = never */
	uint64_t refresh_at_us;
};

struct track {
	struct list in_member;
	struct sid sid;
	bool live; /* media came: others know it */
	char cid[PLANE_CID_MAX];
	struct arena arena; /* of everything `info` points to */
	Lk__TrackInfo info;
	Lk__TimedVersion version;
	bool told;	/* `wanted` was */
	uint8_t wanted; /* the best quality that anybody wants, as told to the publisher: QUALITY_…
			 */
};

struct subscription {
	struct list in_member;
	struct sid publisher, track;
	bool audio;
	struct plane_settings settings; /* as told to the media plane */
	bool denied; /* wanted, but the publisher does not let them: the media plane does not know
			it */
};

/* signal.c */
bool signal_has_ended(const struct signal_hub *s, const char *session); /* NULL: no */
/* moderate.c */
bool signal_is_barred(const struct signal_hub *s, const char *room, const char *identity);
void signal_tick(struct signal_hub *s, uint64_t now_us);
void signal_make_sid(struct signal_hub *s, const char *prefix, struct sid *ret);
void signal_send(const struct room *r, struct plane_cmd *cmd); /* fills in the room */
/* Tells who watches; m and track may be NULL. */
void signal_observe(enum signal_happening what, const struct room *r, const struct member *m,
		    const struct track *track);
struct token_keys signal_keys(const struct signal_hub *s);

/* room.c: the room and its fan-out */
struct room *room_find(const struct signal_hub *s, const char *name);
struct room *room_find_sid(const struct signal_hub *s, const struct sid *sid);
struct room *room_new(struct signal_hub *s, const char *name); /* NULL: no memory */
/* The room has so many members now. Each one's media goes to all others: the work is their square. */
void room_weigh(struct room *r, size_t count);
void room_settle(struct room *r); /* after each member_remove: when nobody is left its end is set */
void room_close(struct room *r);  /* nobody is in it; frees it */

/* Changes what is given: 0 and NULL change nothing. -EINVAL: a number is too large, or the text. */
struct room_options {
	const char *metadata;
	uint32_t max_participants, empty_timeout_s, departure_timeout_s;
};
int room_configure(struct room *r, const struct room_options *options);
int room_configure_by_token(struct room *r, const json_t *room_config); /* roomConfig's members */
int room_set_metadata(struct room *r, const char *metadata);		/* also "" */
bool room_is_full(const struct room *r);
void room_tell(struct room *r); /* `room_update` now */
/* Among the members, or no longer. Whoever comes with the identity of another is found in their place. 0 or -ENOMEM. */
int room_enter(struct room *r, struct member *m);
void room_leave(struct room *r, struct member *m);
struct member *room_find_identity(const struct room *r, const char *identity);
struct member *room_find_member(const struct room *r, const char *sid);
struct track *room_find_track(const struct room *r, const char *sid, struct member **ret_owner);
void room_announce(const struct member *m,
		   const struct member *except); /* `update` about m to all who may see it */
void room_tick(struct room *r, uint64_t now_us); /* `room_update`: the counters, now and then */

/* capacity.c: what the media workers can still take */
void capacity_tick(struct signal_hub *s, uint64_t now_us); /* each SIGNAL_TICK_MS */
uint16_t capacity_place(const struct signal_hub *s);	   /* the worker for a new room */
/* The token's holder is refused: too much to do. */
bool capacity_lacks(struct signal_hub *s, const struct media_token *token);
void capacity_admitted(struct member *m); /* before it is in its room */
void capacity_arrived(struct member *m);  /* its media is up */
void capacity_left(struct member *m);	  /* at any time */
bool capacity_lacks_for_track(const struct member *m, bool video);

/* member.c: entering, leaving, state */
int member_admit(struct session *session);
void member_remove(struct member *m,
		   Lk__DisconnectReason reason); /* frees m; room_settle afterwards */
void member_refresh_token(struct member *m);
void member_active(struct member *m);
void member_touch(struct member *m); /* version + 1: call before announcing a change */
bool member_sees(const struct member *viewer, const struct member *m);

/* session.c: one socket */
extern const struct ws_handler session_handler;
struct session *session_new(struct signal_hub *s, const struct media_token *token,
			    const struct client_info *client);
void session_end(struct session *session, Lk__LeaveAction action,
		 Lk__DisconnectReason reason); /* leave, close */

/* resume.c: a lost socket, and the one that takes its place */
void resume_lost(struct session *session); /* closed: its member stays for a while */
void resume_begin(struct session *session);
void resume_finish(struct member *m, uint32_t last_sequence); /* EV_RESUMED */
void resume_sync(struct session *session, const Lk__SyncState *state);
void resume_refuse(struct session *session, Lk__DisconnectReason reason);

/* departed.c: those who left lately, for clients that were away meanwhile */
struct departed {
	struct list in_room;
	struct sid sid;
	char *identity; /* owned */
	uint32_t version;
	bool hidden;
	bool told; /* to all who may see it: fanout.c */
	Lk__DisconnectReason reason;
	uint64_t at_us;
};
struct departed *departed_add(
	struct member *m); /* m leaves, with its reason in info; NULL: no memory */
const struct departed *departed_find(const struct room *r, const char *sid, const char *identity);
void departed_tick(struct room *r, uint64_t now_us);
void departed_fini(struct room *r);

/* fanout.c: who came, connected or left, to all who may see it; soon, since many do at a time */
void fanout_changed(struct member *m);
void fanout_left(struct room *r, struct departed *d);
void fanout_admit(struct room *r,
		  const char *identity); /* before it enters: it may have been here */
void fanout_flush(struct room *r);	 /* what waits, now */

/* dispatch.c */
void dispatch(struct session *session, const Lk__SignalRequest *request);
/* How many tracks and participants a request makes us look up; what it may name has no limit of its own. */
size_t dispatch_names(const struct member *m, const Lk__SignalRequest *request);

/* publish.c */
void publish_on_add_track(struct session *session, const Lk__SignalRequest *message);
void publish_mute(struct session *session, const Lk__SignalRequest *message);
void publish_update_audio(struct session *session, const Lk__UpdateLocalAudioTrack *request);
void publish_update_video(struct session *session, const Lk__UpdateLocalVideoTrack *request);
void publish_live(struct member *m, struct track *track, const char *mime, const char *mid);
void publish_gone(struct member *m, struct track *track);
void publish_set_muted(struct member *m, struct track *track, bool muted); /* by whomever */
void publish_revoke(struct member *m); /* takes away what the token no longer allows */
struct track *publish_find(const struct member *m, const char *sid);
void publish_fini(struct member *m);

/* subscribe.c */
void subscribe_all(struct member *m); /* everything that is live */
void subscribe_track(struct member *m, const struct member *publisher, const struct track *track);
void subscribe_forget(struct room *r, const struct sid *track);		  /* the track ended */
bool subscribe_switch(struct member *m, const char *sid, bool subscribe); /* false: no such track */
void subscribe_none(struct member *m);		 /* it may not subscribe any more */
void subscribe_review(struct member *publisher); /* its rules changed */
void subscribe_request(struct session *session, const Lk__UpdateSubscription *request);
void subscribe_settings(struct session *session, const Lk__UpdateTrackSettings *request);
void subscribe_fini(struct member *m);
bool subscribe_hears(const struct member *viewer, const struct member *m);    /* its sound */
bool subscribe_receives(const struct member *viewer, const struct member *m); /* anything */

/* data_tracks.c */
void data_tracks_init(struct member *m);
void data_tracks_publish(struct session *session, const Lk__SignalRequest *message);
void data_tracks_unpublish(struct session *session, const Lk__SignalRequest *message);
void data_tracks_request(struct session *session, const Lk__UpdateDataSubscription *request);
bool data_tracks_has(const struct member *m, const char *sid);
void data_tracks_review(struct member *publisher); /* its rules changed */
void data_tracks_revoke(struct member *m);	   /* takes away what the token no longer allows */
void data_tracks_tell(struct member *m);	   /* again, to one who resumed: what it is sent */
void data_tracks_fini(struct member *m);	   /* it leaves: nobody gets them any more */

/* reports.c */
void report_wanted(struct member *m, const struct plane_event *event);
void report_stream_state(struct member *m, const struct plane_event *event);
void report_speakers(struct room *r, const struct plane_event *event);
void report_connection_to(struct member *viewer, const struct member *m); /* as told last */
void report_connection(struct member *m, const struct plane_event *event);
void report_measured(struct member *m, const struct plane_event *event);

/* permission.c: what a member may do, and whom it lets have its tracks */
void permission_fill(struct member *m); /* m->permission and m->may_offer, from the token */
void permission_change(struct member *m, const Lk__ParticipantPermission *permission);
void permission_request(struct session *session, const Lk__SubscriptionPermission *request);
bool permission_lets(const struct member *publisher, const struct sid *track,
		     const struct member *viewer);
void permission_fini(struct member *m);

/* metadata.c */
int metadata_init(struct member *m); /* from the token */
/* -ENOSPC, -ENOMEM: too large, and nothing changed. Tells everybody. */
int metadata_change(struct member *m, const Lk__UpdateParticipantMetadata *request);
void metadata_renew_token(struct member *m); /* after a change: to the client */
void metadata_request(struct session *session, const Lk__SignalRequest *message);
