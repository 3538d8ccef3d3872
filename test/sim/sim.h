/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole calls in virtual time: a real engine, clients made of libconfab's peer
 * connection (client/peer.h) with fake media, a link in each direction of each connection, and as much control plane as a call
 * needs. All chance comes from one seed; `trace` is a hash of everything the engine said, so two
 * runs can be compared. DTLS is left out (keys are injected): it reads the wall clock. Steps are 1
 * ms. For tests: aborts when memory runs out. One thread.
 *
 * Way: client_send.c (media) ▸ sim.c (links) ▸ engine ▸ sim.c ▸ client.c (what arrives, RTCP);
 * descriptions in client_sdp.c, the tests' steps in sim_steps.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "base/sb.h"
#include "base/wr.h"
#include "client/peer.h"
#include "media/engine.h"
#include "media/engine_test.h"
#include "media/rtp/twcc_recv.h"
#include "media/rtp/up.h"
#include "simlink.h"
#include "wire/rtcp.h"
#include "wire/rtpext.h"
#include "wire/sdp.h"

#ifndef SIM_CLIENTS /* benchmarks have more */
#define SIM_CLIENTS 8
#endif

enum {
	SIM_TRACKS = 4,
	SIM_DEFERRED = 64,
	SIM_STREAMS = 32,
	SIM_HISTORY = 512, /* sent packets kept for retransmission */
	SIM_FRAMES = 256,
	SIM_MS = 1000,
	SIM_S = 1000 * 1000,
	SIM_PAYLOAD = 1000,
	SIM_THIN = 600,
	SIM_AUDIO = 80,	    /* bytes of a packet's own */
	SIM_DESCRIPTOR = 4, /* X, I, 15-bit picture id; H264 frames have as many bytes of nothing */
	SIM_PT_RED = 63,
};

/* What a client sent or received of one SSRC. */
struct sim_sent {
	bool used, marker;
	uint16_t seq, length;
	uint32_t timestamp;
	uint8_t payload[SIM_PAYLOAD + 64];
};

struct sim_layer {
	uint32_t ssrc, rtx_ssrc;
	uint16_t seq, rtx_seq, picture;
	uint32_t frame, timestamp;
	uint32_t group, last_t0, last_t1; /* frames: for the references of temporal layers */
	uint8_t tl0;
	bool want_key, acknowledged; /* a report came: mid and rid are no longer sent */
	uint64_t plis, last_pli, packets, rtx_packets, nacked;
	struct sim_sent history[SIM_HISTORY];
};

struct sim_track {
	struct sid sid;
	char cid[40], msid[40]; /* Firefox: differ */
	enum plane_kind kind;
	uint8_t level;				       /* audio: dBov of its packets */
	bool active, muted, simulcast, h264, temporal; /* temporal: three VP8 temporal layers */
	bool screen;
	bool thin;  /* the lowest layer has 144 kbit/s */
	bool dtx;   /* audio: of silence only each twentieth packet */
	bool red;   /* audio: each packet repeats the one before (RFC 2198) */
	int wanted; /* as EV_WANTED said last; -1 = it never did */
	uint64_t wanted_at, wanted_count;
	int layer_count, layers_on; /* layers_on: how many arrive (bandwidth) */
	uint64_t next_frame;
	struct sim_layer *layers; /* layer_count */
};

/*
 * A video decoder: a frame can be decoded when all its packets came and the frames it refers to
 * were decoded; a key frame refers to none. Frames that wait are tried again after each that came.
 */
enum { DECODER_FRAMES = 1024, DECODER_WAITING = 128 };

struct decoder_frame {
	bool key;
	uint8_t layer, tid;
	uint32_t frame, refs[2];
	uint64_t at;
};

struct decoder {
	uint32_t decoded[3][DECODER_FRAMES]; /* frame numbers + 1 */
	struct decoder_frame waiting[DECODER_WAITING];
	uint64_t complete, frames, last_at, longest; /* frames: decoded; longest: µs between two */
	uint64_t base_complete, base_frames;	     /* of those, with TID 0 */
	uint64_t starts, first_picture, last_picture; /* extended picture ids */
};

void decoder_frame(struct decoder *d, const struct decoder_frame *f);
/* A frame begins: its picture id must be the next, or come late. */
void decoder_picture(struct decoder *d, uint16_t picture);
/* Picture ids that were never seen, or twice. */
int64_t decoder_picture_gaps(const struct decoder *d);

/* One received stream, as the subscriber sees it. */
struct sim_stream {
	bool active;
	struct sid track, publisher;
	enum plane_kind kind;
	uint32_t ssrc, rtx_ssrc;
	uint8_t payload_type, rtx_payload_type;
	struct up up;
	uint64_t packets, recovered, frames, key_frames, wrong, backwards, first_at, last_at, plis,
		last_pli;
	bool started, first_was_key;
	uint32_t last_timestamp, ssrc_reports;
	uint16_t last_picture;
	int layer;		 /* of the newest packet */
	uint64_t switches;	 /* of layer */
	uint64_t of_temporal[4]; /* frames begun, by TID */
	struct decoder decoder;
	struct {
		uint32_t frame;
		uint8_t layer, count;
		bool key;
		uint32_t got; /* bits */
	} assembly[SIM_FRAMES];
};

struct sim_pc {
	enum plane_target target;
	bool open, cut; /* cut: neither direction passes */
	struct peer peer;
	struct outbox outbox;
	uint32_t tag; /* names its present address */
	uint64_t datagrams_down, bytes_down,
		last_down; /* what the engine sent to it; when, at last */
	struct simlink *up, *down;
};

/* A data message that a client got. */
struct sim_data {
	bool lossy;
	bool track; /* of a data track */
	size_t length;
	uint8_t bytes[128]; /* its beginning */
	uint32_t sum;	    /* sim_sum of all of it */
};

struct sim_client {
	struct sim *sim;
	int index;
	struct sid sid;
	bool joined, firefox, no_answers;
	struct sim_pc pub, sub;
	uint16_t transport_seq;
	uint32_t ssrc; /* of its RTCP */
	struct sim_track tracks[SIM_TRACKS];
	int track_count;
	uint32_t offer_id;
	struct sim_stream streams[SIM_STREAMS];
	int stream_count;
	uint64_t next_report, next_nack;
	struct twcc_recv twcc; /* of the subscriber connection */
	bool no_transport_cc;  /* refuses it */
	uint64_t paddings;
	uint64_t twcc_feedbacks, twcc_received, reports;
	uint64_t offers, answers, connected[2], lives, gones;
	uint64_t losts, resumes; /* EV_LOST, EV_RESUMED; … */
	uint32_t resumed_at;	 /* … its sequence */
	uint64_t stream_states;	 /* EV_STREAM_STATE */
	uint8_t spoken;		 /* as EV_SPEAKERS said last, eighths */
	uint64_t spoken_count, spoken_at;
	int connection; /* as EV_CONNECTION said last; -1 = it never did */
	uint64_t connection_count;
	bool stream_paused;
	char failed[PLANE_TEXT_MAX];
	struct sim_data got[64]; /* data messages; the last ones, at number % 64 */
	size_t got_count;
	char last_offer_mids[256];
};

struct sim {
	uint64_t now, trace;
	struct rng rng;
	struct engine *engine;
	struct path server;
	struct sim_client clients[SIM_CLIENTS];
	int client_count;
	struct simlink_config link; /* of connections opened from now on */
	uint32_t tags;
	uint32_t sids;
	bool manual_subscribe;
	bool dynacast; /* publishers obey EV_WANTED */
	bool tcp;      /* paths are TCP connections; their links are to lose nothing */
	bool early; /* what is due is looked for after each datagram that goes out (engine_rx_early) */
	bool tolerant; /* fuzzing: clients take no more descriptions, and may fail to send */
	uint64_t to_strangers;		 /* datagrams to addresses that no client has or had */
	struct cert *cert, *client_cert; /* with DTLS only */
	struct dtls_context *client_dtls;
	const char *client_fingerprint; /* what clients say in their SDP */
	struct sdp *sdp;
	uint64_t datagrams, sent_bytes, events; /* of the engine */
	uint64_t took_early;
	struct {
		uint32_t tag;
		size_t n;
		uint8_t bytes[2048];
	} deferred[SIM_DEFERRED];
	size_t deferred_count;
	/* Sees what clients send, on the way: an attacker who listens. */
	void (*tap)(struct sim *s, struct sim_pc *pc, const uint8_t *bytes, size_t n);
	void *tapped; /* the test's own */
};

struct sim *sim_new(uint64_t seed, const struct simlink_config *link);
struct sim *sim_free(struct sim *s);

/* The same with real DTLS: works on good links, where no timer of OpenSSL runs;
 * never replays exactly. */
struct sim *sim_new_dtls(uint64_t seed, const struct simlink_config *link);

/* Runs for so long. */
void sim_run(struct sim *s, uint64_t us);

/* A new participant joins; it is also subscribed to all live tracks of others. */
struct sim_client *sim_join(struct sim *s, bool firefox);
/* The same with other rights and another identity than its SID; c->sid is filled in. */
struct sim_client *sim_join_as(struct sim *s, const struct plane_join *join);
void sim_leave(struct sim_client *c);

/* Sends bytes on the client's own "_reliable" or "_lossy" channel. As channels_send. */
/* The same on `_data_track`. */
int sim_send_track(struct sim_client *c, const void *bytes, size_t n);
int sim_send_data(struct sim_client *c, bool lossy, const void *bytes, size_t n);
uint32_t sim_sum(const void *bytes, size_t n);

/* Announces and offers a track. For video: simulcast with three layers, or one. */
struct sim_track *sim_publish(struct sim_client *c, enum plane_kind kind, bool simulcast);
/* The two halves of it. */
struct sim_track *sim_add_track(struct sim_client *c, enum plane_kind kind, bool simulcast);
void sim_announce(struct sim_client *c, const struct sim_track *t);
void sim_offer(struct sim_client *c);
void sim_unpublish(struct sim_client *c, struct sim_track *t);
void sim_mute(struct sim_client *c, struct sim_track *t, bool muted);
void sim_subscribe(struct sim_client *c, const struct sid *track, enum plane_cmd_type type,
		   bool on);

/* The client's track settings, sent as control does. */
void sim_settings(struct sim_client *c, const struct sid *track,
		  const struct plane_settings *settings);

/* The client's stream of a track; NULL = none. */
struct sim_stream *sim_stream(struct sim_client *c, const struct sid *track);

/* A NAT gives the connection another address. */
void sim_move(struct sim_client *c, enum plane_target target);

/* sim.tcp: the connection ends, and the client makes another. */
void sim_reconnect_tcp(struct sim_client *c, enum plane_target target);

/* Any bytes from the connection's address, or from a stranger's. */
void sim_inject(struct sim *s, uint32_t tag, const void *bytes, size_t n);

void sim_set_link(struct sim_client *c, enum plane_target target, bool up,
		  const struct simlink_config *link);

/* Gives a command to the engine and handles all that follows. */
void sim_cmd(struct sim *s, struct plane_cmd *cmd);
void sim_drain(struct sim *s);

/* A client's datagram goes on its way. */
void sim_uplink(struct sim *s, struct sim_pc *pc, const uint8_t *bytes, size_t n);

extern const struct sid sim_room;

/* Opens the client's end, with links of its own. */
void sim_open_pc(struct sim_client *c, struct sim_pc *pc, enum plane_target target);

/* ---- client.c, client_send.c, client_sdp.c ---- */

void client_tick(struct sim_client *c);
void client_send_tracks(struct sim_client *c);	/* those whose time has come */
void client_send_reports(struct sim_client *c); /* sender reports */
void client_rx_feedback(struct sim_client *c, const struct rtcp_packet *p);
void client_write_audio(struct wr *w, uint32_t frame); /* a packet's payload */
void client_data_flush(struct sim_client *c, struct sim_pc *pc);
void client_rx(struct sim_client *c, struct sim_pc *pc, uint8_t *bytes, size_t n);
char *client_offer(struct sim_client *c);		      /* SDP, to be freed */
char *client_answer(struct sim_client *c, const char *offer); /* the same, and takes the offer in */
void client_take_answer(struct sim_client *c, const char *answer);
void client_new_ssrcs(struct sim_client *c, struct sim_track *t);
void pc_send(struct sim_client *c, struct sim_pc *pc, const uint8_t *packet, size_t n, bool rtcp);
