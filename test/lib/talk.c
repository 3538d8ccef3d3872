/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libconfab at the end of a line: takes commands on standard input, says as lines of JSON what came of
 * them and what happens. For tests.
 *
 *	talk URL|- RECONNECT-SECONDS [own-loop]
 *
 * With own-loop there is no thread: this program waits for its input and the client's descriptor, and
 * uses the forms of the functions that do not wait.
 */
#include <confab/confab.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "talk_chat.h"
#include "talk_say.h"
#include "talk_stream.h"

enum { WORDS = 8, PIECE_MS = 20 };

struct talk {
	confab_client *client;
	_Atomic(confab_call *) call; /* what rings here comes on the client's thread */
	confab_track *track;
	int own_loop;
	unsigned asked, reconnect_seconds;
	_Atomic unsigned frames, early; /* early: captured more than 10 s from now, or not told */
	pthread_mutex_t lock;		/* of the token */
	char token[4096];
	_Atomic(confab_rpc_request *) request; /* that waits for an answer */
};

static int is_recent(uint64_t us)
{
	const uint64_t now = (uint64_t)time(NULL) * 1000000;

	return us > now - 10000000 && us < now + 10000000;
}

static void on_event(void *arg, const confab_event *e)
{
	struct talk *t = arg;

	if (e->type == CONFAB_EVENT_FRAME) {
		t->frames++;
		t->early += !is_recent(e->frame->captured_us);
		say_size(e);
		return;
	}
	if (e->type == CONFAB_EVENT_RING && e->ring->incoming)
		t->call = e->call; /* the next commands are about it */
	if (!stream_event(e))
		say_event(e);
}

static void on_done(void *arg, const confab_error *error)
{
	say_done(arg, error ? error->code : 0, error ? error->message : "");
}

static void on_sent(void *arg, const confab_error *error, int64_t id)
{
	(void)id;
	on_done(arg, error);
}

static void provide(void *arg, confab_token_request *request)
{
	struct talk *t = arg;
	char token[sizeof t->token];

	(void)pthread_mutex_lock(&t->lock);
	(void)snprintf(token, sizeof token, "%s", t->token);
	(void)pthread_mutex_unlock(&t->lock);
	say_begin("\"asked\":%u", ++t->asked);
	say_end();
	confab_token_reply(request, token, NULL);
}

/* ---- time ---- */

/* Until there is input, or the time is over. */
static int wait_input(struct talk *t, int ms)
{
	struct pollfd p[2] = { { .fd = 0, .events = POLLIN }, { .fd = -1, .events = POLLIN } };
	int timeout = t->own_loop ? confab_client_timeout(t->client) : -1;

	if (t->own_loop)
		p[1].fd = confab_client_fd(t->client);
	if (ms >= 0 && (timeout < 0 || timeout > ms))
		timeout = ms;
	(void)poll(p, 2, timeout);
	if (t->own_loop)
		confab_client_process(t->client);
	return p[0].revents != 0;
}

/* So many packets of Opus silence, one each 20 ms. */
static int write_sound(struct talk *t, int packets)
{
	static const uint8_t silence[] = { 0xf8, 0xff, 0xfe };
	confab_frame frame = {
		.codec = CONFAB_OPUS, .bytes = silence, .length = sizeof silence, .level = 20
	};
	int r = 0;

	for (int i = 0; i < packets && r == 0; i++) {
		struct timespec piece = { .tv_nsec = PIECE_MS * 1000000l };

		frame.timestamp += 960;
		r = confab_track_write(t->track, &frame);
		if (t->own_loop)
			(void)wait_input(t, PIECE_MS / 2);
		(void)nanosleep(&piece, NULL);
	}
	return r;
}

/* ---- commands ---- */

/* "data LENGTH RELIABLE TOPIC [IDENTITY…]" */
static int send_data(struct talk *t, char **w)
{
	const size_t n = (size_t)atoi(w[1]);
	const char *const to[] = { w[4], w[5], w[6], w[7] };
	uint8_t *bytes = calloc(n, 1);
	size_t count = 0;
	int r;

	if (!bytes)
		return CONFAB_ERR_NO_MEMORY;
	memset(bytes, 7, n);
	while (count < sizeof to / sizeof to[0] && to[count])
		count++;
	if (count)
		r = confab_call_publish_data(t->call, &(confab_data){ .bytes = bytes,
								      .length = n,
								      .reliable = atoi(w[2]),
								      .topic = w[3],
								      .identities = to,
								      .identity_count = count });
	else
		r = confab_call_send_data(t->call, bytes, n, atoi(w[2]), w[3]);
	free(bytes);
	return r;
}

static int say_stats(const struct talk *t, const char *track)
{
	confab_stats s = { .jitter_us = 7 };
	int r = confab_call_stats(t->call, track, &s);

	say_begin("\"stats\":%d,\"sent\":%llu,\"received\":%llu,\"frames\":%llu,\"missing\":%llu,"
		  "\"round_trip_us\":%llu,\"jitter_us\":%llu",
		  r, (unsigned long long)s.packets_sent, (unsigned long long)s.packets_received,
		  (unsigned long long)s.frames_received, (unsigned long long)s.packets_missing,
		  (unsigned long long)s.round_trip_us, (unsigned long long)s.jitter_us);
	say_end();
	return r;
}

/* ---- remote procedure calls ---- */

static void serve(void *arg, const confab_rpc_invocation *i, confab_rpc_request *request)
{
	static char big[CONFAB_RPC_PAYLOAD_MAX + 2];
	struct talk *t = arg;

	say_begin("\"event\":\"rpc\",\"timeout\":%u", i->timeout_ms);
	say_text("identity", i->identity);
	say_text("method", i->method);
	say_end();
	if (strcmp(i->method, "later") == 0) {
		t->request = request; /* `answer` answers it */
	} else if (strcmp(i->method, "fail") == 0) {
		confab_rpc_fail(request, 42, "It does not work", i->payload);
	} else if (strcmp(i->method, "big") == 0) {
		memset(big, 'b', sizeof big - 1);
		confab_rpc_reply(request, big);
	} else {
		confab_rpc_reply(request, i->payload);
	}
}

static int ask(struct talk *t, char **w, const char *payload, confab_error *error)
{
	/* "*N": N bytes */
	size_t n = payload[0] == '*' ? (size_t)atoi(payload + 1) : 0;
	char *long_one = calloc(1, n + 1), *answer = NULL;
	confab_rpc rpc = { .identity = w[1], .method = w[2], .payload = n ? long_one : payload };

	if (!long_one)
		return CONFAB_ERR_NO_MEMORY;
	memset(long_one, 'p', n);
	int r = confab_call_perform_rpc(t->call, &rpc, &answer, error);
	say_begin("\"answer\":%zu", answer ? strlen(answer) : 0);
	say_text("text", answer && strlen(answer) < 1000 ? answer : NULL);
	say_end();
	confab_text_free(answer);
	free(long_one);
	return r;
}

/* ---- what we say of ourselves ---- */

/* "describe NAME METADATA ATTRIBUTE VALUE"; "-": not given. */
static int describe(struct talk *t, char **w, confab_error *error)
{
	const confab_attribute attribute = { w[3], w[4] };
	const confab_description d = { .name = w[1] && strcmp(w[1], "-") ? w[1] : NULL,
				       .metadata = w[2] && strcmp(w[2], "-") ? w[2] : NULL,
				       .attributes = &attribute,
				       .attribute_count = w[3] != NULL };

	return confab_call_describe(t->call, &d, error);
}

/* ---- what is received ---- */

/* -1: none of these. */
static int choose(const struct talk *t, char **w)
{
	if (strcmp(w[0], "subscribe") == 0)
		return confab_call_subscribe(t->call, w[1], atoi(w[2]));
	if (strcmp(w[0], "enable") == 0)
		return confab_call_enable_track(t->call, w[1], atoi(w[2]));
	if (strcmp(w[0], "quality") == 0)
		return confab_call_set_video_quality(t->call, w[1],
						     (confab_video_quality)atoi(w[2]));
	if (strcmp(w[0], "dimensions") == 0)
		return confab_call_set_video_dimensions(t->call, w[1], (unsigned)atoi(w[2]),
							(unsigned)atoi(w[3]));
	if (strcmp(w[0], "fps") == 0)
		return confab_call_set_video_fps(t->call, w[1], (unsigned)atoi(w[2]));
	return -1;
}

/* Those that make no request. */
static int do_small(struct talk *t, char **w, confab_error *error)
{
	confab_track_options sound = { .codec = CONFAB_OPUS };

	if (strcmp(w[0], "token") == 0) {
		(void)pthread_mutex_lock(&t->lock);
		(void)snprintf(t->token, sizeof t->token, "%s", w[1]);
		(void)pthread_mutex_unlock(&t->lock);
	} else if (strcmp(w[0], "call") == 0) {
		t->call = confab_client_call(t->client, w[1], w[2], error);
		return t->call ? 0 : error->code;
	} else if (strcmp(w[0], "publish") == 0) {
		return confab_call_publish(t->call, &sound, &t->track, error);
	} else if (strcmp(w[0], "unpublish") == 0) {
		return confab_track_unpublish(t->track);
	} else if (strcmp(w[0], "sound") == 0) {
		return write_sound(t, atoi(w[1]));
	} else if (strcmp(w[0], "mute") == 0) {
		return confab_track_mute(t->track, atoi(w[1]));
	} else if (strcmp(w[0], "data") == 0) {
		return send_data(t, w);
	} else if (strcmp(w[0], "frames") == 0) {
		return (int)t->frames; /* as the code */
	} else if (strcmp(w[0], "early") == 0) {
		return (int)t->early;
	} else if (strcmp(w[0], "stats") == 0) {
		return say_stats(t, w[1]);
	} else if (strcmp(w[0], "disconnect") == 0) {
		return confab_client_disconnect_user(t->client);
	} else if (strcmp(w[0], "serve") == 0) {
		return confab_call_register_rpc(t->call, w[1], serve, t);
	} else if (strcmp(w[0], "unserve") == 0) {
		return confab_call_register_rpc(t->call, w[1], NULL, NULL);
	} else if (strcmp(w[0], "answer") == 0) {
		confab_rpc_reply(t->request, w[1]);
	} else {
		return choose(t, w);
	}
	return 0;
}

static void do_waiting(struct talk *t, char **w, const char *rest)
{
	confab_join_options join = {
		.create = 1,
		.url = w[1],
		.token = w[2],
		.reconnect_seconds = t->reconnect_seconds,
		.manual_subscribe = w[1] && w[2] && w[3] && strcmp(w[3], "manual") == 0,
	};
	const char *const ids[] = { w[1], w[2] };
	confab_ring_options ring = { .member_ids = w[1] ? ids : NULL,
				     .member_count = w[2]   ? 2
						     : w[1] ? 1
							    : 0,
				     .video = 1 };
	confab_user user = { .id = w[1], .since = w[1] && w[2] ? atoll(w[2]) : 0 };
	confab_error error = { 0 };
	int r;

	if (strcmp(w[0], "connect") == 0)
		r = confab_client_connect_user(t->client, &user, provide, t, &error);
	else if (strcmp(w[0], "join") == 0)
		r = confab_call_join(t->call, &join, &error);
	else if (strcmp(w[0], "leave") == 0)
		r = confab_call_leave(t->call, &error);
	else if (strcmp(w[0], "ring") == 0)
		r = confab_call_ring(t->call, &ring, &error);
	else if (strcmp(w[0], "accept") == 0)
		r = confab_call_accept(t->call, &error);
	else if (strcmp(w[0], "reject") == 0)
		r = confab_call_reject(t->call, w[1], &error);
	else if (strcmp(w[0], "message") == 0)
		r = confab_chat_send(t->client, w[1], &(confab_draft){ .text = rest }, NULL,
				     &error);
	else if (strcmp(w[0], "describe") == 0)
		r = describe(t, w, &error);
	else if (strcmp(w[0], "rpc") == 0)
		r = ask(t, w, w[3] ? rest + (w[3] - w[2]) : "", &error);
	else if (!chat_obey(t->client, w, rest, &r, &error) &&
		 !stream_obey(t->call, t->own_loop, w, rest, &r, &error))
		r = do_small(t, w, &error);
	if (r != -1)
		say_done(w[0], r, r ? error.message : "");
}

/* The same by the caller's loop; false: none of these. */
static int do_async(struct talk *t, char **w, const char *rest)
{
	static char names[][8] = {
		"connect", "join", "leave", "ring", "accept", "reject", "message"
	};
	confab_join_options join = {
		.create = 1,
		.url = w[1],
		.token = w[2],
		.reconnect_seconds = t->reconnect_seconds,
		.manual_subscribe = w[1] && w[2] && w[3] && strcmp(w[3], "manual") == 0,
	};
	const char *const ids[] = { w[1] };
	confab_ring_options ring = { .member_ids = w[1] ? ids : NULL,
				     .member_count = w[1] != NULL };
	confab_user user = { .id = w[1] };
	size_t i = 0;

	while (i < sizeof names / sizeof *names && strcmp(w[0], names[i]) != 0)
		i++;
	switch (i) {
	case 0:
		confab_client_connect_user_async(t->client, &user, provide, t, on_done, names[i]);
		return 1;
	case 1:
		confab_call_join_async(t->call, &join, on_done, names[i]);
		return 1;
	case 2:
		confab_call_leave_async(t->call, on_done, names[i]);
		return 1;
	case 3:
		confab_call_ring_async(t->call, &ring, on_done, names[i]);
		return 1;
	case 4:
		confab_call_accept_async(t->call, on_done, names[i]);
		return 1;
	case 5:
		confab_call_reject_async(t->call, w[1], on_done, names[i]);
		return 1;
	case 6:
		confab_chat_send_async(t->client, w[1], &(confab_draft){ .text = rest }, on_sent,
				       names[i]);
		return 1;
	default:
		return 0;
	}
}

static void obey(struct talk *t, char *line)
{
	char *words[WORDS + 1] = { 0 }, *at = NULL;
	char copy[5000];
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	(void)snprintf(copy, sizeof copy, "%s", line);
	for (char *w = strtok_r(copy, " ", &at); w && n < WORDS; w = strtok_r(NULL, " ", &at))
		words[n++] = w;
	/* the text of a message: what follows its second word, with spaces */
	const char *rest = words[2] ? line + (words[2] - copy) : "";
	if (n && !(t->own_loop && do_async(t, words, rest)))
		do_waiting(t, words, rest);
}

int main(int argc, char **argv)
{
	static struct talk t = { .lock = PTHREAD_MUTEX_INITIALIZER };
	confab_client_options options = { .on_event = on_event, .arg = &t };
	static char line[5000];
	confab_error error;
	int more = 1;

	if (argc < 3)
		return 2;
	t.reconnect_seconds = (unsigned)atoi(argv[2]);
	options.base_url = strcmp(argv[1], "-") == 0 ? NULL : argv[1];
	options.own_loop = t.own_loop = argc > 3;
	(void)setvbuf(stdin, NULL, _IONBF, 0);
	if (confab_client_new(&t.client, &options, &error))
		return 1;
	while (more) {
		while (t.own_loop && !wait_input(&t, 1000)) {}
		more = fgets(line, sizeof line, stdin) != NULL;
		if (more)
			obey(&t, line);
	}
	confab_client_free(t.client);
	return 0;
}
