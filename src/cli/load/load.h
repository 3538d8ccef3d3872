/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `confab load`, START HERE: publishers and subscribers with real ICE, DTLS and SRTP, all in one
 * thread that never sleeps (a receiver that has to be woken is billed to the server). Bounded in
 * count and time, and on this machine unless told otherwise.
 *
 *	run.c      the phases: publish, join, warm up, measure, leave; the loop
 *	livekit.c  signalling to Confab and LiveKit · janus.c to Janus' videoroom, whose answers
 *	           janus_reply.c reads · bare.c to bench/bare
 *	sdp.c      what is taken of a server's descriptions · peer.c one peer connection and its RTCP ·
 *	           source.c camera and microphone · pace.c when frames leave · figures.c what was
 *	           measured · process.c the server's process
 *
 * WebSockets, peer connections with their descriptions, and sent streams are libconfab's
 * (client/ws.h, peer.h, send.h). What is not: libconfab's session, which gives each client a thread
 * and its sockets to libuv; here thousands are read in batches by one thread that spins.
 *
 * A `struct load` owns everything below it. One thread.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/rng.h"
#include "base/sb.h"
#include "cli/load/figures.h"
#include "cli/load/process.h"
#include "client/peer.h"
#include "client/send.h"
#include "client/ws.h"
#include "media/rtp/twcc_recv.h"
#include "media/rtp/up.h"
#include "wire/sdp.h"

enum {
	LOAD_PEOPLE_MAX = 2000,
	LOAD_SECONDS_MAX = 600,
	LOAD_CONTEXTS = 8, /* of DTLS; each has at most DTLS_ASSOCIATIONS_MAX associations */
	LOAD_LAYERS = 3,
	LOAD_FRAMES = 64, /* of one camera that wait to leave */
	LOAD_DATAGRAM = 1500,
	LOAD_ERROR = 256,
};

enum load_kind { LOAD_LIVEKIT, LOAD_JANUS, LOAD_BARE };

/* What the command line says. Texts are borrowed. */
struct load_plan {
	enum load_kind kind;
	struct sockaddr_storage server; /* signalling */
	char host[64];
	const char *api_key, *api_secret;	 /* LOAD_LIVEKIT */
	unsigned rooms, publishers, subscribers; /* the last two of each room */
	unsigned joins_per_s, warmup_s, seconds;
	unsigned speakers; /* of a room at a time; the rest is silent. 0 = everybody speaks */
	unsigned settle_s; /* after the last has left, before memory is read once more */
	bool audio, video, simulcast;
	bool data; /* subscribers take the data channels that they are offered */
	bool allow_remote;
	bool refusals;	  /* whom the server refuses with 503 is counted, and left out */
	int pid;	  /* of the server; 0 = its cost is not measured */
	int cpu;	  /* to run on; -1 = any */
	const char *json; /* file for the figures, or NULL */
};

struct load;
struct load_participant;

/* One received stream. */
struct load_stream {
	uint32_t ssrc, rtx_ssrc;
	bool video;
	struct up up;
	uint64_t expected_before, received_before; /* at the begin of the window */
};

/* One peer connection: its own socket, as every client has one. */
struct load_peer {
	struct load *load;
	struct load_participant *owner;
	bool publishes, connected;
	int fd;
	struct peer peer;
	struct path server; /* where its media comes from */
	uint32_t rtcp_ssrc;
	uint64_t next_tick, next_report;

	/* subscriber */
	struct load_stream **streams;
	size_t stream_count;
	struct twcc_recv *twcc;
	uint64_t media_at; /* first packet, µs; 0 = none yet */
};

/* A layer of a camera, or a microphone. */
struct load_layer {
	struct send send;
	uint32_t timestamp;
	uint16_t picture;
};

struct load_source {
	struct load_participant *owner;
	bool video;
	char cid[24], mid[4];
	struct load_layer layers[LOAD_LAYERS];
	unsigned layer_count;
	uint64_t next, frame;
	uint64_t silent_until; /* audio: no packet before */
	uint64_t chance;       /* of frame sizes: the same for every server */
};

enum { SOURCE_VIDEO, SOURCE_AUDIO, SOURCES };

/* A frame of which some packets, or all, have not left. */
struct load_frame {
	struct load_source *source;
	unsigned layer;
	bool key;
	uint16_t picture;
	uint32_t timestamp, size;
	uint32_t count, next; /* packets in all; the one that leaves next */
};

struct load_pace {
	struct load_frame waiting[LOAD_FRAMES]; /* a ring */
	unsigned first, count;
	uint64_t next, at; /* µs: when it is looked at again; the debt's */
	double debt;	   /* bytes that have left earlier than the rate allows */
};

struct load_participant {
	struct load *load;
	unsigned index, room;
	bool refused;	/* with 503: not there */
	bool publisher; /* publishes; receives what others in the room publish, too */
	struct load_peer *pub, *sub;
	struct load_source sources[SOURCES];
	unsigned source_count;
	struct send_path path; /* of what is published */
	struct load_pace pace;
	uint64_t started; /* µs: joining began */

	/* the signalling's */
	struct ws *ws;
	unsigned tracks_published, step;
	uint64_t handles[2], feed, next_ping;
	bool up; /* the server has its media; only Janus says so */
};

/* How a kind of server is spoken to. Everything may fail with load_fail. */
struct load_signal {
	int (*open)(struct load *l); /* once, before anybody joins */
	int (*join)(struct load_participant *p);
	/* begins to receive; NULL: join does it */
	int (*subscribe)(struct load_participant *p);
	void (*service)(struct load *l); /* looks at its sockets; never waits */
	void (*close)(struct load *l);
};

extern const struct load_signal load_livekit, load_janus, load_bare;

struct load {
	struct load_plan plan;
	struct rng rng;
	int epoll;
	struct cert *certificate;
	struct dtls_context *dtls[LOAD_CONTEXTS];
	struct outbox outbox;
	struct sdp *sdp;
	const struct load_signal *signal;
	void *signal_state;
	uv_loop_t loop; /* of the WebSockets */
	struct websockets *websockets;
	struct load_participant *people;
	size_t people_count, peer_count, connected;
	uint64_t now, next_service, next_round;
	uint64_t turn_end, busy_us; /* the last turn's; of all turns in which there was work */
	bool joining;		    /* people come; what they get of media counts for itself */
	bool measuring;
	struct figures figures;
	char error[LOAD_ERROR]; /* of the first failure; "" = none */
};

/* Notes the first failure; returns -EIO. */
int load_fail(struct load *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Runs the plan and prints the figures. 0, or -errno with load.error. */
int load_run(struct load *l);

/* One turn of the loop: receives, sends what is due, looks at the signalling. */
void load_turn(struct load *l);

/* Opens a WebSocket to the plan's server; NULL after load_fail. What the path needs escaped is. */
struct ws *load_ws_open(struct load *l, const char *path, const char *protocol,
			const struct ws_handlers *handlers, void *arg);
/* Reads and writes what the WebSockets can, at once. */
void load_ws_service(struct load *l);

/* ---- peer.c ---- */

/* NULL after load_fail. */
struct load_peer *load_peer_new(struct load_participant *p, bool publishes);
struct load_peer *load_peer_free(struct load_peer *peer);
/* Begins ICE, once the server's side is known. */
void load_peer_connect(struct load_peer *peer, const struct sockaddr_storage *to);
void load_peer_receive(struct load_peer *peer);
void load_peer_tick(struct load_peer *peer);
/* Sends a plain RTCP packet at once. */
void load_peer_send_rtcp(struct load_peer *peer, const uint8_t *packet, size_t n);
/* Sends an encrypted datagram at once; a send_out_fn. */
void load_peer_out(void *peer, const uint8_t *datagram, size_t n);
/* Adds a stream that will be received. */
void load_peer_expect(struct load_peer *peer, const struct load_stream *like);

/* ---- source.c ---- */

/* 0 or -ENOMEM. */
int load_source_init(struct load_source *s, struct load_participant *p, bool video);
void load_source_fini(struct load_source *s);
void load_source_tick(struct load_source *s);
/* The next packet of a frame leaves. Its bytes. */
uint32_t load_source_send(struct load_frame *f);
/* Of its video, all layers; 0: audio. */
uint32_t load_source_bps(const struct load_source *s);
/* Feedback of the server about our streams. */
void load_source_rtcp(struct load_participant *p, const uint8_t *bytes, size_t n);
void load_source_reports(struct load_participant *p);
/* µs since the epoch that a payload of ours was sent at; 0 = not one of ours. */
uint64_t load_source_stamp(const struct media_packet *packet, bool video);

/* ---- pace.c ---- */

void load_pace_add(struct load_pace *pace, const struct load_frame *f);
void load_pace_tick(struct load_participant *p);

/* ---- sdp.c; texts are to be freed, NULL after load_fail ---- */

char *load_sdp_offer(struct load_participant *p);
int load_sdp_take_answer(struct load_participant *p, const char *answer);
char *load_sdp_answer(struct load_participant *p, const char *offer);

bool load_is_loopback(const struct sockaddr_storage *a);
