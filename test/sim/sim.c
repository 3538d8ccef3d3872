/* SPDX-License-Identifier: Apache-2.0 */
/* The world of a call: time, links, and what the engine says. What tests do in it: sim_steps.c. */
#include "sim.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct path address_of(const struct sim *s, uint32_t tag)
{
	struct path a = { .connection = s->tcp ? tag : 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&a.address;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(0x0a000000 + tag);
	in->sin_port = htons((uint16_t)(40000 + tag % 1000));
	return a;
}

static uint32_t tag_of(const struct path *a)
{
	return ntohl(((const struct sockaddr_in *)&a->address)->sin_addr.s_addr) - 0x0a000000;
}

static void trace(struct sim *s, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++)
		s->trace = (s->trace ^ p[i]) * 0x100000001b3u;
}

#define ELEVENS                                                                                   \
	"11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:11:" \
	"11:11:11"

static struct sim *new_sim(uint64_t seed, const struct simlink_config *link, bool dtls)
{
	struct sim *s = calloc(1, sizeof *s);
	struct sockaddr_in *in;

	if (!s)
		abort();
	s->now = 1000 * SIM_S;
	s->trace = 0xcbf29ce484222325u;
	if (link)
		s->link = *link;
	rng_seeded(&s->rng, seed);
	in = (struct sockaddr_in *)&s->server.address;
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(0xc0000201);
	in->sin_port = htons(7882);
	s->sdp = malloc(sizeof *s->sdp);
	s->client_fingerprint = ELEVENS;
	if (dtls) {
		if (cert_new(&s->cert) < 0 || cert_new(&s->client_cert) < 0 ||
		    dtls_context_new(&s->client_dtls, s->client_cert) < 0)
			abort();
		s->client_fingerprint = cert_fingerprint(s->client_cert);
	}
	struct engine_config config = { .addresses = &s->server.address,
					.address_count = 1,
					.rng = &s->rng,
					.certificate = s->cert,
					.worker = 1 };
	if (!s->sdp || engine_new(&s->engine, &config) < 0)
		abort();
	return s;
}

struct sim *sim_new(uint64_t seed, const struct simlink_config *link)
{
	return new_sim(seed, link, false);
}

struct sim *sim_new_dtls(uint64_t seed, const struct simlink_config *link)
{
	return new_sim(seed, link, true);
}

static void pc_fini(struct sim_pc *pc)
{
	if (pc->open)
		peer_fini(&pc->peer);
	pc->open = false;
	pc->up = simlink_free(pc->up);
	pc->down = simlink_free(pc->down);
}

struct sim *sim_free(struct sim *s)
{
	for (int i = 0; i < s->client_count; i++) {
		struct sim_client *c = &s->clients[i];

		pc_fini(&c->pub);
		pc_fini(&c->sub);
		for (int t = 0; t < c->track_count; t++)
			free(c->tracks[t].layers);
	}
	(void)engine_free(s->engine);
	(void)dtls_context_free(s->client_dtls);
	(void)cert_free(s->cert);
	(void)cert_free(s->client_cert);
	free(s->sdp);
	free(s);
	return NULL;
}

static struct sim_client *client_of(struct sim *s, const struct sid *sid)
{
	for (int i = 0; i < s->client_count; i++) {
		if (sid_is(&s->clients[i].sid, sid))
			return &s->clients[i];
	}
	return NULL;
}

const struct sid sim_room = { "RM_simsimsimsim" };

/* Opens the client's end, and gives both ends their keys. */
void sim_open_pc(struct sim_client *c, struct sim_pc *pc, enum plane_target target)
{
	struct sim *s = c->sim;

	if (pc->open)
		return;
	pc->target = target;
	pc->tag = ++s->tags;
	outbox_init(&pc->outbox);
	peer_init(&pc->peer,
		  &(struct peer_config){ .rng = &s->rng,
					 .outbox = &pc->outbox,
					 .dtls = s->client_dtls,
					 .fingerprint = s->client_fingerprint,
					 .role = target == TARGET_PUBLISHER ? PEER_PUBLISHER
									    : PEER_SUBSCRIBER,
					 .data = true });
	pc->up = simlink_new(rng_u64(&s->rng), &s->link);
	pc->down = simlink_new(rng_u64(&s->rng), &s->link);
	pc->open = true;
}

static void inject_keys(struct sim_client *c, struct sim_pc *pc)
{
	struct transport *server = engine_transport(c->sim->engine, &c->sid, pc->target);
	struct srtp_keys ours = { .suite = SRTP_AEAD_AES_128_GCM }, theirs;

	if (c->sim->client_dtls)
		return;
	rng_fill(&c->sim->rng, ours.send_key, sizeof ours.send_key);
	rng_fill(&c->sim->rng, ours.receive_key, sizeof ours.receive_key);
	rng_fill(&c->sim->rng, ours.send_salt, sizeof ours.send_salt);
	rng_fill(&c->sim->rng, ours.receive_salt, sizeof ours.receive_salt);
	theirs = ours;
	memcpy(theirs.send_key, ours.receive_key, sizeof ours.send_key);
	memcpy(theirs.receive_key, ours.send_key, sizeof ours.send_key);
	memcpy(theirs.send_salt, ours.receive_salt, sizeof ours.send_salt);
	memcpy(theirs.receive_salt, ours.send_salt, sizeof ours.send_salt);
	if (!server || transport_inject_keys(server, &theirs) < 0 ||
	    transport_inject_keys(&pc->peer.transport, &ours) < 0)
		abort();
}

static void subscribe_all(struct sim *s, const struct sid *publisher, const struct sid *track)
{
	if (s->manual_subscribe)
		return;
	for (int i = 0; i < s->client_count; i++) {
		struct sim_client *c = &s->clients[i];

		if (!c->joined || sid_is(&c->sid, publisher))
			continue;
		struct plane_cmd cmd = { .type = CMD_SUBSCRIBE,
					 .room = sim_room,
					 .participant = c->sid,
					 .publisher = *publisher,
					 .track = *track };
		engine_cmd(s->engine, s->now, &cmd);
	}
}

static void on_offer(struct sim_client *c, const char *sdp, uint32_t id)
{
	bool first = !c->sub.open;

	c->offers++;
	if (c->no_answers)
		return;
	sim_open_pc(c, &c->sub, TARGET_SUBSCRIBER);

	struct plane_cmd cmd = { .type = CMD_ANSWER,
				 .room = sim_room,
				 .participant = c->sid,
				 .id = id,
				 .sdp = client_answer(c, sdp) };
	if (first)
		inject_keys(c, &c->sub);
	engine_cmd(c->sim->engine, c->sim->now, &cmd);
}

static void on_answer(struct sim_client *c, const char *sdp)
{
	bool first = c->answers++ == 0;

	if (first)
		inject_keys(c, &c->pub);
	client_take_answer(c, sdp);
}

/* Publishers that obey turn layers off and on; one that comes on begins with a key frame. */
static void on_wanted(struct sim_client *c, const struct plane_event *event)
{
	for (int i = 0; i < c->track_count; i++) {
		struct sim_track *t = &c->tracks[i];
		int on = event->quality >= QUALITY_OFF ? 0 : event->quality + 1;

		if (!sid_is(&t->sid, &event->track))
			continue;
		t->wanted = event->quality;
		t->wanted_at = c->sim->now;
		t->wanted_count++;
		if (!c->sim->dynacast)
			return;
		on = on > t->layer_count ? t->layer_count : on;
		for (int k = t->layers_on; k < on; k++)
			t->layers[k].want_key = true;
		t->layers_on = on;
	}
}

static void on_speakers(struct sim *s, const struct plane_event *event)
{
	for (int i = 0; i < event->speaker_count; i++) {
		struct sim_client *c = client_of(s, &event->speakers[i].participant);

		if (!c)
			continue;
		c->spoken = event->speakers[i].level;
		c->spoken_count++;
		c->spoken_at = s->now;
	}
}

static void on_event(struct sim *s, struct plane_event *event)
{
	struct sim_client *c = client_of(s, &event->participant);

	if (event->type == EV_SPEAKERS)
		on_speakers(s, event);
	s->events++;
	trace(s, &event->type, sizeof event->type);
	trace(s, &s->now, sizeof s->now);
	trace(s, event->track.text, strlen(event->track.text));
	if (event->sdp)
		trace(s, event->sdp, strlen(event->sdp));
	trace(s, event->text, strlen(event->text));
	if (!c || (s->tolerant && event->sdp))
		return;
	switch (event->type) {
	case EV_OFFER:
		on_offer(c, event->sdp, event->id);
		break;
	case EV_ANSWER:
		on_answer(c, event->sdp);
		break;
	case EV_CONNECTED:
		c->connected[event->target]++;
		break;
	case EV_TRACK_LIVE:
		c->lives++;
		subscribe_all(s, &c->sid, &event->track);
		break;
	case EV_LOST:
		c->losts++;
		break;
	case EV_RESUMED:
		c->resumes++;
		c->resumed_at = event->id;
		break;
	case EV_STREAM_STATE:
		c->stream_states++;
		c->stream_paused = event->paused;
		break;
	case EV_CONNECTION:
		c->connection = event->quality;
		c->connection_count++;
		break;
	case EV_WANTED:
		on_wanted(c, event);
		break;
	case EV_TRACK_GONE:
		c->gones++;
		break;
	case EV_FAILED:
		(void)snprintf(c->failed, sizeof c->failed, "%s", event->text);
		break;
	default:
		break;
	}
}

static struct sim_pc *pc_of(struct sim *s, uint32_t tag)
{
	for (int i = 0; i < s->client_count; i++) {
		struct sim_client *c = &s->clients[i];

		if (c->pub.open && c->pub.tag == tag)
			return &c->pub;
		if (c->sub.open && c->sub.tag == tag)
			return &c->sub;
	}
	return NULL;
}

/* As a worker does that has much to send: what comes meanwhile is handed in early, or kept. */
static void look_early(struct sim *s)
{
	for (int i = 0; i < 2 * s->client_count && s->deferred_count < SIM_DEFERRED; i++) {
		struct sim_client *c = &s->clients[i / 2];
		struct sim_pc *pc = i % 2 ? &c->sub : &c->pub;
		uint32_t tag;
		size_t n;
		uint8_t *bytes = s->deferred[s->deferred_count].bytes;

		if (!pc->open || simlink_next(pc->up) > s->now ||
		    !simlink_recv(pc->up, s->now, &tag, bytes, sizeof s->deferred[0].bytes, &n))
			continue;
		struct path from = address_of(s, tag);
		if (engine_rx_early(s->engine, s->now, s->now, &from, bytes, n)) {
			memset(bytes, 0xee, n); /* borrowed for the call only */
			s->took_early++;
			continue;
		}
		s->deferred[s->deferred_count].tag = tag;
		s->deferred[s->deferred_count++].n = n;
	}
}

static bool take_deferred(struct sim *s)
{
	bool any = s->deferred_count > 0;

	for (size_t i = 0; i < s->deferred_count; i++) {
		struct path from = address_of(s, s->deferred[i].tag);

		engine_rx(s->engine, s->now, &from, s->deferred[i].bytes, s->deferred[i].n);
	}
	return any;
}

/* Takes what the engine said, until it says nothing more. */
void sim_drain(struct sim *s)
{
	struct plane_event event;
	struct engine_tx tx;
	bool more = true, taking = false; /* deferred datagrams: borrowed until all is out */

	while (more) {
		more = false;
		while (engine_next_tx(s->engine, &tx)) {
			struct sim_pc *pc = pc_of(s, tag_of(tx.to));

			s->datagrams++;
			s->sent_bytes += tx.length;
			if (pc) {
				pc->datagrams_down++;
				pc->bytes_down += tx.length;
				pc->last_down = s->now;
			}
			trace(s, tx.bytes, tx.length);
			s->to_strangers += tag_of(tx.to) > s->tags;
			if (pc && !pc->cut)
				simlink_send(pc->down, s->now, 0, tx.bytes, tx.length);
			if (s->early && !taking)
				look_early(s);
		}
		if (taking)
			s->deferred_count = 0;
		taking = !taking && take_deferred(s);
		more = taking;
		if (engine_next_event(s->engine, &event)) {
			more = true;
			on_event(s, &event);
			plane_event_fini(&event);
		}
	}
}

void sim_cmd(struct sim *s, struct plane_cmd *cmd)
{
	engine_cmd(s->engine, s->now, cmd);
	sim_drain(s);
}

void sim_inject(struct sim *s, uint32_t tag, const void *bytes, size_t n)
{
	struct path from = address_of(s, tag);
	uint8_t copy[2048];

	memcpy(copy, bytes, n);
	engine_rx(s->engine, s->now, &from, copy, n);
	sim_drain(s);
}

void sim_uplink(struct sim *s, struct sim_pc *pc, const uint8_t *bytes, size_t n)
{
	simlink_send(pc->up, s->now, pc->tag, bytes, n);
	if (s->tap)
		s->tap(s, pc, bytes, n);
}

static void run_links(struct sim *s, struct sim_client *c, struct sim_pc *pc)
{
	uint8_t bytes[2048];
	uint32_t tag;
	size_t n;

	if (!pc->open)
		return;
	for (const struct outbox_datagram *d; (d = outbox_take(&pc->outbox));) {
		if (!pc->cut)
			sim_uplink(s, pc, d->bytes, d->length);
	}
	while (simlink_next(pc->up) <= s->now &&
	       simlink_recv(pc->up, s->now, &tag, bytes, sizeof bytes, &n))
		sim_inject(s, tag, bytes, n);
	while (simlink_next(pc->down) <= s->now &&
	       simlink_recv(pc->down, s->now, &tag, bytes, sizeof bytes, &n))
		client_rx(c, pc, bytes, n);
}

void sim_run(struct sim *s, uint64_t us)
{
	sim_drain(s);
	for (uint64_t end = s->now + us; s->now < end; s->now += SIM_MS) {
		for (int i = 0; i < s->client_count; i++) {
			struct sim_client *c = &s->clients[i];

			client_tick(c);
			run_links(s, c, &c->pub);
			run_links(s, c, &c->sub);
		}
		if (engine_deadline(s->engine) <= s->now) {
			engine_tick(s->engine, s->now);
			sim_drain(s);
		}
	}
}

void sim_move(struct sim_client *c, enum plane_target target)
{
	struct sim_pc *pc = target == TARGET_PUBLISHER ? &c->pub : &c->sub;

	pc->tag = ++c->sim->tags;
}

void sim_reconnect_tcp(struct sim_client *c, enum plane_target target)
{
	struct sim_pc *pc = target == TARGET_PUBLISHER ? &c->pub : &c->sub;
	struct path gone = address_of(c->sim, pc->tag);

	engine_path_ended(c->sim->engine, &gone);
	sim_move(c, target);
}

void sim_set_link(struct sim_client *c, enum plane_target target, bool up,
		  const struct simlink_config *link)
{
	struct sim_pc *pc = target == TARGET_PUBLISHER ? &c->pub : &c->sub;

	simlink_set(up ? pc->up : pc->down, link);
}
