/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bridge: every message between the control plane and the media plane. Read the two enums and
 * you have the map of the system. Messages travel by value through a `struct plane_queue`, one per
 * direction and worker; nothing else is shared. Text inside a message (`sdp`) is owned by the
 * message: who takes it out of a queue calls plane_cmd_fini or plane_event_fini.
 *
 * The control plane decides who may do what and makes the SIDs; the media plane moves bytes. Order
 * is kept in each direction, and control relies on it: EV_TRACK_LIVE comes before any EV_OFFER that
 * carries the track (a client must see the `update` before the media, livekit-protocol 4.1).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

/* "RM_…", "PA_…" or "TR_…" and 12 random letters; clients parse the prefixes. "" = none. */
struct sid {
	char text[20];
};

enum { PLANE_CID_MAX = 128, PLANE_NAME_MAX = 48, PLANE_LAYERS_MAX = 3, PLANE_TEXT_MAX = 128 };

/* Which of a participant's two peer connections (LiveKit's SignalTarget values). */
enum plane_target {
	TARGET_PUBLISHER = 0,  /* the client offers, its media comes in */
	TARGET_SUBSCRIBER = 1, /* we offer, others' media goes out */
};

enum plane_kind { KIND_AUDIO = 0, KIND_VIDEO = 1 };

enum plane_cmd_type {
	CMD_NONE,
	CMD_JOIN,	 /* a participant enters; a room exists while it has participants */
	CMD_LEAVE,	 /* it is gone: close its transports, end its tracks */
	CMD_OFFER,	 /* publisher PC: the client's SDP; answered by EV_ANSWER or EV_FAILED */
	CMD_ANSWER,	 /* subscriber PC: the client's answer to EV_OFFER */
	CMD_ADD_TRACK,	 /* a track announced by add_track; bound to a section of the next offers */
	CMD_MUTE_TRACK,	 /* the publisher (un)muted; unmuted video asks for a key frame */
	CMD_SUBSCRIBE,	 /* send `track` of `publisher` to `participant`: makes an EV_OFFER */
	CMD_UNSUBSCRIBE, /* stop that; the section turns inactive: makes an EV_OFFER */
	CMD_SETTINGS,	 /* track_setting: how much of `track` the participant wants, if anything */
	CMD_GRANT, /* rights changed: media may be added (tracks are taken one by one), data both ways */
	CMD_REMOVE_TRACK, /* the server takes a track away: no EV_TRACK_GONE */
	CMD_AWAY,	  /* its signalling is lost: media goes on, no offers until CMD_RESUME */
	CMD_RESUME,	  /* it is back: EV_RESUMED, then an EV_OFFER that restarts ICE */
	CMD_REPLAY, /* it has `publisher`'s reliable packets up to `id`: send the later ones */
	CMD_ADD_DATA_TRACK, /* a data track of the participant */
	CMD_REMOVE_DATA_TRACK,
	CMD_SUBSCRIBE_DATA, /* data track `track` of another: the participant gets it, or (not `on`) no longer */
	CMD_SEND_DATA, /* a server's data packet for the participant: data, `on`: lossy */
	CMD_STOP,      /* end the worker */
};

enum plane_event_type {
	EV_NONE,
	EV_ANSWER,	 /* publisher PC: our SDP, same id as the offer */
	EV_OFFER,	 /* subscriber PC: our SDP; ids start at 1 and grow by 1 */
	EV_CONNECTED,	 /* ICE and DTLS of `target` are up */
	EV_TRACK_LIVE,	 /* the first media of `track` came: announce it */
	EV_TRACK_GONE,	 /* unpublished in the SDP (not sent for CMD_LEAVE) */
	EV_FAILED,	 /* `target` is unusable: `text` says why; control ends the session */
	EV_WANTED,	 /* `quality`: the best of the participant's `track` that anybody wants */
	EV_STREAM_STATE, /* `paused`: the participant (does not) get `track`, for lack of bandwidth
			  */
	EV_SPEAKERS,	 /* `speakers`: whose level or activity changed; no participant */
	EV_CONNECTION,	 /* `quality`, `score`: how well the participant's connections do */
	EV_MEASURED, /* `score`, `figures`: of the last seconds, for operators; again and again */
	EV_LOST,     /* nothing came on `target` for a while: an ICE restart may help. Repeated */
	EV_RESUMED,  /* `id`: the highest reliable packet that came from the participant */
};

struct plane_layer {
	uint8_t quality; /* LiveKit VideoQuality: 0 low, 1 medium, 2 high */
	uint32_t width, height, bitrate;
};

struct plane_join {
	bool can_publish, can_subscribe;
	bool can_publish_data;
	bool hidden;  /* others are not told who sent its data packets */
	bool firefox; /* from the client's info; for quirks only */
	char identity[LIMIT_IDENTITY + 1];
};

struct plane_add_track {
	char cid[PLANE_CID_MAX]; /* client's track id; equals the msid track in Chromium's SDP */
	uint8_t kind;		 /* enum plane_kind */
	bool muted, screen;
	bool red;	/* audio: redundancy is welcome */
	char codec[16]; /* video: what the client wants to send, "vp9"; "" = no matter */
	uint8_t layer_count;
	struct plane_layer layers[PLANE_LAYERS_MAX];
};

enum { QUALITY_LOW, QUALITY_MEDIUM, QUALITY_HIGH, QUALITY_OFF }; /* LiveKit's VideoQuality */
enum { CONNECTION_POOR, CONNECTION_GOOD, CONNECTION_EXCELLENT, CONNECTION_LOST }; /* LiveKit's */

/* LiveKit's UpdateTrackSettings (livekit-protocol 3.7). */
struct plane_settings {
	bool disabled;	 /* nothing is sent; the section stays */
	uint8_t quality; /* QUALITY_…; counts when width or height is 0 */
	uint8_t priority;
	uint16_t fps;		/* 0 = all */
	uint32_t width, height; /* how large it is shown */
};

enum { PLANE_SPEAKERS_MAX = 8 }; /* in one event; more changes make more events */

struct plane_speaker {
	struct sid participant;
	uint8_t level; /* linear, in eighths: 0..8 */
	bool active;
};

/* What a data track's packets carry: the publisher's own number, and what all subscribers know it
 * by, one of the room's. Not 0. */
struct plane_data_track {
	uint16_t publisher, subscribers;
};

/* Up: on the way from the participant to us, before repair. Down: on the way to it. */
struct plane_figures {
	uint32_t up_bps, down_bps;
	uint16_t up_loss, down_loss; /* of PLANE_LOSS_ALL packets */
	uint32_t rtt_us;	     /* 0 = unknown */
};
enum { PLANE_LOSS_ALL = 10000 };

struct plane_cmd {
	enum plane_cmd_type type;
	struct sid room, participant; /* participant: whom the command is about */
	struct sid publisher,
		track; /* SUBSCRIBE, UNSUBSCRIBE, SETTINGS, …DATA…: what; ADD_TRACK, MUTE: track */
	uint32_t id;   /* OFFER, ANSWER: negotiation id; an answer's 0 means the latest. REPLAY */
	bool on;       /* MUTE_TRACK: muted; SUBSCRIBE_DATA */
	char *sdp;     /* OFFER, ANSWER; owned */
	uint8_t *data; /* SEND_DATA: a DataPacket; owned */
	uint32_t data_length;
	union {
		struct plane_join join;
		struct plane_add_track add_track;
		struct plane_settings settings;
		struct plane_data_track data_track;
	};
};

struct plane_event {
	enum plane_event_type type;
	uint16_t worker;
	struct sid room, participant, track;
	enum plane_target target;
	uint32_t id;
	char *sdp;		      /* ANSWER, OFFER; owned */
	char mime[PLANE_NAME_MAX];    /* TRACK_LIVE: "video/VP8", "audio/opus" */
	char mid[PLANE_NAME_MAX];     /* TRACK_LIVE: the publisher's mid */
	char text[PLANE_TEXT_MAX];    /* FAILED: cause, for the log */
	uint8_t quality;	      /* WANTED: QUALITY_…; CONNECTION: CONNECTION_… */
	uint8_t score;		      /* CONNECTION, MEASURED: 0..100 */
	struct plane_figures figures; /* MEASURED */
	bool paused;		      /* STREAM_STATE */
	uint8_t speaker_count;
	struct plane_speaker speakers[PLANE_SPEAKERS_MAX];
};

/* With which a participant's client reaches the media plane through our own TURN server. */
struct plane_credentials {
	char username[64], password[64];
};

void plane_cmd_fini(struct plane_cmd *cmd);
void plane_event_fini(struct plane_event *event);

static inline bool sid_is(const struct sid *a, const struct sid *b)
{
	return __builtin_strcmp(a->text, b->text) == 0;
}

static inline bool sid_none(const struct sid *s)
{
	return s->text[0] == '\0';
}
