/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signalling to Confab and to any LiveKit server: one WebSocket per participant, protobuf (see
 * proto/). Join ▸ add the tracks ▸ offer ▸ answer; the server offers the other connection.
 */
#include <errno.h>
#include <livekit_rtc.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/load/load.h"
#include "control/auth/media_token.h"

enum { PING_US = 5 * 1000 * 1000, SIGNAL_LIFE_S = 3600 };

static void send_request(struct load_participant *p, Lk__SignalRequest *m)
{
	size_t n = lk__signal_request__get_packed_size(m);
	uint8_t *bytes = malloc(n);

	if (!bytes || (lk__signal_request__pack(m, bytes), !ws_send(p->ws, bytes, n, true)))
		load_fail(p->load, "participant %u: a message could not be sent", p->index);
	free(bytes);
}

static void send_description(struct load_participant *p, bool offer, char *sdp, uint32_t id)
{
	Lk__SessionDescription d = LK__SESSION_DESCRIPTION__INIT;
	Lk__SignalRequest m = LK__SIGNAL_REQUEST__INIT;
	char type[8];

	(void)snprintf(type, sizeof type, "%s", offer ? "offer" : "answer");
	d.type = type;
	d.sdp = sdp;
	d.id = id;
	d.has_id = true;
	m.message_case = offer ? LK__SIGNAL_REQUEST__MESSAGE_OFFER
			       : LK__SIGNAL_REQUEST__MESSAGE_ANSWER;
	m.offer = &d; /* a union */
	send_request(p, &m);
}

static void add_track(struct load_participant *p, struct load_source *s)
{
	Lk__AddTrackRequest add = LK__ADD_TRACK_REQUEST__INIT;
	Lk__SignalRequest m = LK__SIGNAL_REQUEST__INIT;
	Lk__VideoLayer layers[LOAD_LAYERS], *list[LOAD_LAYERS];

	add.cid = s->cid;
	add.name = s->cid;
	add.has_type = add.has_source = true;
	add.type = s->video ? LK__TRACK_TYPE__VIDEO : LK__TRACK_TYPE__AUDIO;
	add.source = s->video ? LK__TRACK_SOURCE__CAMERA : LK__TRACK_SOURCE__MICROPHONE;
	for (unsigned i = 0; i < s->layer_count && s->video; i++) {
		unsigned shift = s->layer_count - 1 - i;

		lk__video_layer__init(&layers[i]);
		layers[i].has_quality = layers[i].has_width = layers[i].has_height = true;
		layers[i].quality = s->layer_count > 1 ? (Lk__VideoQuality)i
						       : LK__VIDEO_QUALITY__HIGH;
		layers[i].width = 1280 >> shift;
		layers[i].height = 720 >> shift;
		list[i] = &layers[i];
		add.layers = list;
		add.n_layers = i + 1;
	}
	if (s->video) {
		add.has_width = add.has_height = true;
		add.width = 1280;
		add.height = 720;
	}
	m.message_case = LK__SIGNAL_REQUEST__MESSAGE_ADD_TRACK;
	m.add_track = &add;
	send_request(p, &m);
}

static void joined(struct load_participant *p)
{
	for (unsigned i = 0; i < p->source_count; i++)
		add_track(p, &p->sources[i]);
}

static void track_published(struct load_participant *p)
{
	if (++p->tracks_published != p->source_count)
		return;
	p->pub = load_peer_new(p, true);

	autofree char *sdp = p->pub ? load_sdp_offer(p) : NULL;
	if (sdp)
		send_description(p, true, sdp, 1);
}

static void offered(struct load_participant *p, const Lk__SessionDescription *d)
{
	if (!p->sub)
		p->sub = load_peer_new(p, false);

	autofree char *sdp = p->sub && d->sdp ? load_sdp_answer(p, d->sdp) : NULL;
	if (sdp)
		send_description(p, false, sdp, d->id);
}

static void on_message(void *arg, const char *bytes, size_t n, bool binary)
{
	struct load_participant *p = arg;
	Lk__SignalResponse *m = binary ? lk__signal_response__unpack(NULL, n,
								     (const uint8_t *)bytes)
				       : NULL;

	if (!m) {
		load_fail(p->load, "the server sent a message that is no SignalResponse");
		return;
	}
	switch (m->message_case) {
	case LK__SIGNAL_RESPONSE__MESSAGE_JOIN:
		joined(p);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_TRACK_PUBLISHED:
		track_published(p);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_ANSWER:
		if (p->pub && m->answer->sdp)
			(void)load_sdp_take_answer(p, m->answer->sdp);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_OFFER:
		offered(p, m->offer);
		break;
	case LK__SIGNAL_RESPONSE__MESSAGE_LEAVE:
		load_fail(p->load, "the server told participant %u to leave, reason %d", p->index,
			  m->leave->reason);
		break;
	default:
		break;
	}
	lk__signal_response__free_unpacked(m, NULL);
}

static void on_open(void *arg)
{
	struct load_participant *p = arg;

	p->next_ping = p->load->now + PING_US;
}

static void on_closed(void *arg, const char *why)
{
	struct load_participant *p = arg;
	struct figures *f = &p->load->figures;

	p->ws = NULL;
	if (p->load->plan.refusals && !p->next_ping && strstr(why, "status 503")) {
		p->refused = true;
		f->refused++;
		histogram_add(&f->refusal, clock_now_us() - p->started);
		return;
	}
	load_fail(p->load, "the signalling of participant %u ended: %s", p->index, why);
}

static int open_livekit(struct load *l)
{
	if (!l->plan.api_secret)
		return load_fail(l,
				 "no API key pair to make tokens with: name confabd's --data, or "
				 "set CONFAB_API_KEY and CONFAB_API_SECRET");
	return 0;
}

static int join_livekit(struct load_participant *p)
{
	static const struct ws_handlers handlers = { on_open, on_message, on_closed };
	const struct load_plan *plan = &p->load->plan;
	const struct token_keys keys = { plan->api_key, plan->api_secret };
	struct media_token token = { 0 };
	char identity[32], room[32];
	struct sb path = { 0 };

	(void)snprintf(identity, sizeof identity, "load-%u", p->index);
	(void)snprintf(room, sizeof room, "load-%d-%u", (int)plan->pid, p->room);
	if (media_token_init(&token, identity, identity, room) < 0)
		return load_fail(p->load, "out of memory");
	autofree char *text = media_token_make(&keys, &token, clock_wall_us() / US_PER_S,
					       SIGNAL_LIFE_S);
	media_token_fini(&token);
	sb_printf(&path, "/rtc?access_token=%s&auto_subscribe=1&sdk=js&version=2.0.0&protocol=15",
		  text ? text : "");
	autofree char *url = sb_steal(&path);
	if (!text || !url)
		return load_fail(p->load, "out of memory");

	p->ws = load_ws_open(p->load, url, NULL, &handlers, p);
	return p->ws ? 0 : -EIO;
}

static void service_livekit(struct load *l)
{
	for (size_t i = 0; i < l->people_count; i++) {
		struct load_participant *p = &l->people[i];
		Lk__SignalRequest m = LK__SIGNAL_REQUEST__INIT;

		if (!p->ws || !p->next_ping || l->now < p->next_ping)
			continue;
		p->next_ping = l->now + PING_US;
		m.message_case = LK__SIGNAL_REQUEST__MESSAGE_PING;
		m.ping = (int64_t)(l->now / US_PER_MS);
		send_request(p, &m);
	}
	load_ws_service(l);
}

static void close_livekit(struct load *l)
{
	for (size_t i = 0; i < l->people_count; i++) {
		struct load_participant *p = &l->people[i];
		Lk__LeaveRequest leave = LK__LEAVE_REQUEST__INIT;
		Lk__SignalRequest m = LK__SIGNAL_REQUEST__INIT;

		if (!p->ws)
			continue;
		m.message_case = LK__SIGNAL_REQUEST__MESSAGE_LEAVE;
		m.leave = &leave;
		send_request(p, &m);
		ws_close(p->ws);
		p->ws = NULL;
	}
}

const struct load_signal load_livekit = { .open = open_livekit,
					  .join = join_livekit,
					  .service = service_livekit,
					  .close = close_livekit };
