/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a media server and the others in a call may say to libconfab, as it takes them apart: SignalResponses
 * and DataPackets, to a client that is in a call, may publish with layers and has asked something. Bytes:
 * kind, 16-bit length, message. Events are balanced and have what the header promises.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rd.h"
#include "client_edges.h"

enum kind { KIND_SIGNAL, KIND_DATA, KIND_CUT, KIND_ASK, KIND_PUBLISH, KINDS };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int people, streams, calls_under_way;

static void on_event(void *arg, const confab_event *e)
{
	(void)arg;
	assert(e->call);
	switch (e->type) {
	case CONFAB_EVENT_PARTICIPANT_JOINED:
		people++;
		assert(e->identity && e->name && e->details && e->details->metadata);
		break;
	case CONFAB_EVENT_PARTICIPANT_LEFT:
		people--;
		assert(people >= 0 && e->identity);
		break;
	case CONFAB_EVENT_TRACK_SUBSCRIBED:
		streams++;
		break;
	case CONFAB_EVENT_TRACK_UNSUBSCRIBED:
		streams--;
		assert(streams >= 0);
		break;
	case CONFAB_EVENT_TRACK_PUBLISHED:
		assert(e->publication && e->publication->name && e->publication->mime);
		break;
	case CONFAB_EVENT_PARTICIPANT_CHANGED:
		assert(e->details && e->changed);
		break;
	case CONFAB_EVENT_LAYERS_WANTED:
		assert(e->track && e->layers < 8);
		break;
	case CONFAB_EVENT_SPEAKING:
		assert(e->level >= 0 && e->level <= 1);
		break;
	case CONFAB_EVENT_ROOM:
		assert(e->room && e->room->metadata);
		break;
	default:
		break;
	}
}

static void on_done(void *arg, const confab_error *error)
{
	(void)arg, (void)error;
}

static void on_answer(void *arg, const confab_error *error, const char *text)
{
	(void)arg;
	assert(error ? error->code != 0 : text != NULL);
	calls_under_way--;
}

static void on_described(void *arg, const confab_error *error)
{
	(void)arg;
	assert(!error || (error->code != 0 && error->message[0]));
	calls_under_way--;
}

static void serve(void *arg, const confab_rpc_invocation *i, confab_rpc_request *request)
{
	(void)arg;
	assert(i->identity[0] && i->method[0] && i->payload && i->id[0]);
	confab_rpc_reply(request, i->payload);
}

/* "ann" is there, and a server that lets the publisher's connection be the primary one. */
static void say_join(void)
{
	static char me[] = "PA_me", ann_sid[] = "PA_ann", ann_identity[] = "ann";
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__JoinResponse join = LK__JOIN_RESPONSE__INIT;
	Lk__ParticipantInfo own = LK__PARTICIPANT_INFO__INIT, ann = LK__PARTICIPANT_INFO__INIT;
	Lk__ParticipantInfo *others[] = { &ann };

	own.sid = me;
	ann.sid = ann_sid;
	ann.identity = ann_identity;
	join.participant = &own;
	join.other_participants = others;
	join.n_other_participants = 1;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_JOIN;
	m.join = &join;
	edges_signal(&m);
}

static char asked[64]; /* the id of the newest question of ours */

static void ask(confab_client *client, confab_call *call)
{
	const confab_rpc rpc = { .identity = "ann", .method = "m", .payload = "p" };

	calls_under_way += 2;
	confab_call_perform_rpc_async(call, &rpc, on_answer, NULL);
	confab_call_describe_async(call, &(confab_description){ .name = "n" }, on_described, NULL);
	edges_run(client);
	Lk__DataPacket *p = call->session ? edges_last_packet(call->session) : NULL;
	if (p && p->rpc_request)
		(void)snprintf(asked, sizeof asked, "%s", p->rpc_request->id);
	if (p)
		lk__data_packet__free_unpacked(p, NULL);
}

/* The id is chance: what is said to "rpc-" is said to that question. */
static bool to_ours(char **id)
{
	if (!*id || strcmp(*id, "rpc-") != 0)
		return false;
	free(*id);
	*id = strdup(asked);
	assert(*id);
	return true;
}

static void take_data(struct session *s, const uint8_t *bytes, size_t n)
{
	Lk__DataPacket *p = lk__data_packet__unpack(NULL, n, bytes);

	if (p && ((p->rpc_ack && to_ours(&p->rpc_ack->request_id)) ||
		  (p->rpc_response && to_ours(&p->rpc_response->request_id)))) {
		size_t length = lk__data_packet__get_packed_size(p);
		uint8_t *packed = malloc(length + 1);

		assert(packed);
		(void)lk__data_packet__pack(p, packed);
		data_take(s, packed, length);
		free(packed);
	} else {
		data_take(s, bytes, n);
	}
	if (p)
		lk__data_packet__free_unpacked(p, NULL);
}

/* The server lets it: "TR_own1". */
static confab_track *publish(confab_call *call)
{
	static const confab_layer layers[] = { { 160, 90, 0 }, { 320, 180, 0 }, { 640, 360, 0 } };
	const confab_track_options video = { .codec = CONFAB_VP8,
					     .layers = layers,
					     .layer_count = 3 };
	confab_track *track = NULL;

	edges.answers = true;
	int r = confab_call_publish(call, &video, &track, NULL);
	assert(r == CONFAB_OK);
	(void)r;
	edges.answers = false;
	return track;
}

static void say(confab_client *client, confab_call *call, struct rd *r)
{
	enum kind kind = (enum kind)(rd_u8(r) % KINDS);
	size_t n = rd_be16(r);

	if (n > rd_left(r))
		n = rd_left(r);
	const uint8_t *bytes = rd_take(r, n);
	if (kind == KIND_SIGNAL)
		edges_signal_bytes(bytes, n);
	else if (kind == KIND_DATA && call->session)
		take_data(call->session, bytes, n);
	else if (kind == KIND_CUT && edges.signal.open)
		edges_cut();
	else if (kind == KIND_ASK)
		ask(client, call);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static confab_client *client;
	const confab_client_options options = { .on_event = on_event, .own_loop = 1 };
	const confab_join_options join = { .url = "ws://server", .token = "t" };
	struct rd r = rd_of(bytes, n);
	confab_track *track = NULL;

	if (!client && confab_client_new(&client, &options, NULL))
		abort();
	edges_reset();
	edges.answers = true;
	people = streams = 0;
	confab_call *call = confab_client_call(client, "default", "room", NULL);
	assert(call);
	confab_call_join_async(call, &join, on_done, NULL);
	edges_run(client);
	say_join();
	/* before anything is said: a server that does not answer makes it wait for ever */
	if (n && bytes[0] % KINDS == KIND_PUBLISH)
		track = publish(call);
	(void)confab_call_register_rpc(call, "m", serve, NULL);
	ask(client, call);
	edges.answers = false;
	while (rd_left(&r) >= 3)
		say(client, call, &r);
	edges_run(client);
	(void)confab_call_set_video_quality(call, "TR_cam", CONFAB_VIDEO_LOW);
	if (track)
		(void)confab_track_unpublish(track);
	(void)confab_call_leave(call, NULL);
	edges_run(client);
	assert(streams == 0 && calls_under_way == 0);
	return 0;
}
