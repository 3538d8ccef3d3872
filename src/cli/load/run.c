/* SPDX-License-Identifier: Apache-2.0 */
/* The phases of a load run, and its loop. */
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>

#include "base/clock.h"
#include "cli/load/load.h"
#include "crypt/cert.h"

enum {
	EVENTS = 64,
	ROUND_US = 1000, /* between two looks at timers */
	SERVICE_JOINING_US = 1000,
	SERVICE_US = 20 * 1000,
	PATIENCE_US = 30 * 1000 * 1000, /* for everybody to be connected and served */
};

int load_fail(struct load *l, const char *format, ...)
{
	va_list arguments;

	if (l->error[0])
		return -EIO;
	va_start(arguments, format);
	(void)vsnprintf(l->error, sizeof l->error, format, arguments);
	va_end(arguments);
	return -EIO;
}

/* ---- WebSockets ---- */

static int open_websockets(struct load *l)
{
	if (uv_loop_init(&l->loop) < 0)
		return load_fail(l, "no event loop: out of file descriptors");
	l->websockets = websockets_new(&l->loop);
	return l->websockets ? 0 : load_fail(l, "libwebsockets does not start");
}

struct ws *load_ws_open(struct load *l, const char *path, const char *protocol,
			const struct ws_handlers *handlers, void *arg)
{
	unsigned port = ntohs(
		((const struct sockaddr_in *)(const void *)&l->plan.server)->sin_port);
	bool v6 = l->plan.server.ss_family == AF_INET6;
	struct ws *ws = NULL;
	struct sb out = { 0 };

	sb_printf(&out, v6 ? "ws://[%s]:%u%s" : "ws://%s:%u%s", l->plan.host, port, path);
	autofree char *url = sb_steal(&out);
	if (url)
		ws = ws_open(l->websockets, &(struct ws_target){ .url = url, .protocol = protocol },
			     handlers, arg);
	if (!ws)
		load_fail(l, "no WebSocket to %s:%u", l->plan.host, port);
	return ws;
}

void load_ws_service(struct load *l)
{
	(void)uv_run(&l->loop, UV_RUN_NOWAIT);
}

static void close_websockets(struct load *l)
{
	if (l->websockets) {
		for (int i = 0; i < 50; i++) /* what was said last goes out */
			load_ws_service(l);
		websockets_free(l->websockets);
	}
	(void)uv_loop_close(&l->loop);
}

/* ---- the loop ---- */

static void tick_sources(struct load *l)
{
	for (size_t i = 0; i < l->people_count; i++) {
		struct load_participant *p = &l->people[i];

		for (unsigned k = 0; k < p->source_count && p->pub && p->pub->connected; k++)
			load_source_tick(&p->sources[k]);
		if (p->pub && p->pub->connected)
			load_pace_tick(p);
	}
}

static void tick_peers(struct load *l)
{
	for (size_t i = 0; i < l->people_count; i++) {
		struct load_participant *p = &l->people[i];

		if (p->pub)
			load_peer_tick(p->pub);
		if (p->sub)
			load_peer_tick(p->sub);
	}
}

void load_turn(struct load *l)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(l->epoll, events, EVENTS, 0);
	bool due;

	l->now = clock_now_us();
	due = l->now >= l->next_round;
	for (int i = 0; i < n; i++)
		load_peer_receive(events[i].data.ptr);
	if (due) {
		l->next_round = l->now + ROUND_US;
		tick_sources(l);
		tick_peers(l);
	}
	if (due && l->now >= l->next_service) {
		l->next_service = l->now + (l->measuring ? SERVICE_US : SERVICE_JOINING_US);
		l->signal->service(l);
	}
	uint64_t end = n > 0 || due ? clock_now_us() : l->now;
	if (n > 0 || due)
		l->busy_us += end - l->turn_end;
	l->turn_end = end;
}

static int run_for(struct load *l, uint64_t us)
{
	uint64_t end = clock_now_us() + us;

	while (!l->error[0] && clock_now_us() < end)
		load_turn(l);
	return l->error[0] ? -EIO : 0;
}

/* ---- phases ---- */

static int open_load(struct load *l)
{
	int r = cert_new(&l->certificate);

	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (int i = 0; i < LOAD_CONTEXTS && r == 0; i++)
		r = dtls_context_new(&l->dtls[i], l->certificate);
	if (r == 0)
		r = figures_init(&l->figures);
	l->sdp = malloc(sizeof *l->sdp);
	l->people_count = (size_t)l->plan.rooms * (l->plan.publishers + l->plan.subscribers);
	l->people = calloc(l->people_count, sizeof *l->people);
	outbox_init(&l->outbox);
	rng_seeded(&l->rng, clock_wall_us());
	if (r < 0 || l->epoll < 0 || !l->sdp || !l->people)
		return load_fail(l, "out of memory or file descriptors");
	l->now = l->turn_end = clock_now_us();
	if (open_websockets(l) < 0)
		return -EIO;
	l->signal = l->plan.kind == LOAD_LIVEKIT ? &load_livekit
		    : l->plan.kind == LOAD_JANUS ? &load_janus
						 : &load_bare;
	return l->signal->open(l);
}

static int init_people(struct load *l)
{
	unsigned each = l->plan.publishers + l->plan.subscribers;
	int r = 0;

	for (size_t i = 0; i < l->people_count && r == 0; i++) {
		struct load_participant *p = &l->people[i];

		*p = (struct load_participant){ .load = l,
						.index = (unsigned)i,
						.room = (unsigned)(i / each),
						.publisher = i % each < l->plan.publishers };
		if (p->publisher && l->plan.audio)
			r |= load_source_init(&p->sources[p->source_count], p, false);
		p->source_count += p->publisher && l->plan.audio;
		if (p->publisher && l->plan.video)
			r |= load_source_init(&p->sources[p->source_count], p, true);
		p->source_count += p->publisher && l->plan.video;
	}
	return r ? load_fail(l, "out of memory") : 0;
}

/* Publishers (or the others) begin to join, as many a second as the plan says. */
static int start_people(struct load *l, bool publishers)
{
	uint64_t step = US_PER_S / l->plan.joins_per_s, next = clock_now_us();

	for (size_t i = 0; i < l->people_count; i++) {
		struct load_participant *p = &l->people[i];

		if (p->publisher != publishers)
			continue;
		while (!l->error[0] && clock_now_us() < next)
			load_turn(l);
		next += step;
		l->now = clock_now_us();
		p->started = l->now;
		if (l->error[0] || l->signal->join(p) < 0)
			return -EIO;
	}
	return 0;
}

/* What has not come about yet, in words; NULL: everything. */
static const char *missing(const struct load *l, bool publishers)
{
	for (size_t i = 0; i < l->people_count; i++) {
		const struct load_participant *p = &l->people[i];
		bool receives = l->plan.publishers > p->publisher;

		if (p->refused)
			continue;
		if (p->publisher && (!p->pub || !p->pub->connected))
			return "a publisher is not connected";
		if (p->publisher && !p->up && l->plan.kind == LOAD_JANUS)
			return "a publisher's media is not up";
		if (publishers || !receives)
			continue;
		if (!p->sub || !p->sub->connected)
			return "a subscriber is not connected";
		/* of those who were refused there is nothing to get, and who is in may be not let publish */
		if (!p->sub->media_at && !l->figures.refused)
			return "a subscriber gets no media";
	}
	return NULL;
}

static int wait_for_people(struct load *l, bool publishers)
{
	uint64_t end = clock_now_us() + PATIENCE_US;
	const char *why;

	while ((why = missing(l, publishers)) && !l->error[0] && clock_now_us() < end)
		load_turn(l);
	return l->error[0] ? -EIO : why ? load_fail(l, "%s after 30 s", why) : 0;
}

static int subscribe_publishers(struct load *l)
{
	for (size_t i = 0; l->signal->subscribe && i < l->people_count; i++) {
		if (l->people[i].publisher && l->plan.publishers > 1 &&
		    l->signal->subscribe(&l->people[i]) < 0)
			return -EIO;
	}
	return 0;
}

static uint64_t own_cpu_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Of each stream, what was to be expected and what came, since the last call. */
static void count_streams(struct load *l)
{
	struct figures *f = &l->figures;

	f->streams = f->streams_silent = f->subscribing = 0;
	for (size_t i = 0; i < l->people_count; i++) {
		struct load_peer *peer = l->people[i].sub;

		f->subscribing += peer != NULL;
		for (size_t k = 0; peer && k < peer->stream_count; k++) {
			struct load_stream *s = peer->streams[k];
			uint64_t expected = s->up.highest - s->up.base + 1;
			uint64_t received = s->up.count.packets;
			uint64_t e = expected - s->expected_before,
				 r = received - s->received_before;

			f->streams++;
			f->streams_silent += r == 0;
			f->expected += s->up.started ? e : 0;
			f->lost += s->up.started && e > r ? e - r : 0;
			s->expected_before = expected;
			s->received_before = received;
		}
	}
}

static int measure(struct load *l)
{
	struct figures *f = &l->figures;
	uint64_t begin, server, user;

	count_streams(l);
	f->joining_loss = f->expected ? (double)f->lost / (double)f->expected : 0;
	f->expected = f->lost = 0;
	f->rss_joined_kb = process_rss_kb(l->plan.pid);
	begin = clock_now_us();
	server = process_cpu_ns(l->plan.pid);
	user = process_user_ns(l->plan.pid);
	uint64_t own = own_cpu_ns(), busy = l->busy_us;
	l->measuring = true;
	int r = run_for(l, l->plan.seconds * (uint64_t)US_PER_S);
	l->measuring = false;
	f->loader_cpu_s = (double)(own_cpu_ns() - own) / 1e9;
	f->loader_busy_s = (double)(l->busy_us - busy) / 1e6;
	f->server_cpu_s = l->plan.pid ? (double)(process_cpu_ns(l->plan.pid) - server) / 1e9 : -1;
	f->server_user_s = (double)(process_user_ns(l->plan.pid) - user) / 1e9;
	f->seconds = (double)(clock_now_us() - begin) / 1e6;
	f->rss_media_kb = process_rss_kb(l->plan.pid);
	count_streams(l);
	return r;
}

static int run_phases(struct load *l)
{
	struct figures *f = &l->figures;
	int r = open_load(l);

	if (r < 0 || (r = init_people(l)) < 0)
		return r;
	f->rss_idle_kb = process_rss_kb(l->plan.pid);

	uint64_t before = process_cpu_ns(l->plan.pid);
	l->joining = true;
	if ((r = start_people(l, true)) < 0 || (r = wait_for_people(l, true)) < 0 ||
	    (r = subscribe_publishers(l)) < 0 || (r = start_people(l, false)) < 0 ||
	    (r = wait_for_people(l, false)) < 0)
		return r;
	l->joining = false;
	f->connections = l->peer_count ? (unsigned)l->peer_count : 1;
	f->join_all_cpu_ms = (double)(process_cpu_ns(l->plan.pid) - before) / 1e6 / f->connections;
	r = run_for(l, l->plan.warmup_s * (uint64_t)US_PER_S);
	return r < 0 ? r : measure(l);
}

static void close_load(struct load *l)
{
	if (l->signal) {
		l->signal->close(l);
		close_websockets(l);
	}
	for (size_t i = 0; l->people && i < l->people_count; i++) {
		struct load_participant *p = &l->people[i];

		p->pub = load_peer_free(p->pub);
		p->sub = load_peer_free(p->sub);
		for (unsigned k = 0; k < p->source_count; k++)
			load_source_fini(&p->sources[k]);
	}
	free(l->people);
	free(l->sdp);
	for (int i = 0; i < LOAD_CONTEXTS; i++)
		(void)dtls_context_free(l->dtls[i]);
	(void)cert_free(l->certificate);
	if (l->epoll >= 0)
		(void)close(l->epoll);
}

static void report(struct load *l, FILE *json)
{
	static const char *const names[] = { "livekit", "janus", "bare" };
	struct figures *f = &l->figures;

	f->server = names[l->plan.kind];
	f->rooms = l->plan.rooms;
	f->publishers = l->plan.publishers;
	f->subscribers = l->plan.subscribers;
	f->audio = l->plan.audio;
	f->video = l->plan.video;
	f->simulcast = l->plan.simulcast;
	f->speakers = l->plan.speakers;
	figures_print(f, stdout);
	if (json)
		figures_json(f, json);
}

/* Before anything is loaded: whether the figures can be written in the end. */
static int open_json(struct load *l, FILE **ret)
{
	*ret = l->plan.json ? fopen(l->plan.json, "we") : NULL;
	if (!l->plan.json || *ret)
		return 0;
	return load_fail(l, "--json: cannot write %s: %s", l->plan.json, strerror(errno));
}

int load_run(struct load *l)
{
	FILE *json;
	int r;

	if (l->plan.cpu >= 0) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET((size_t)l->plan.cpu, &set);
		if (sched_setaffinity(0, sizeof set, &set) < 0)
			return load_fail(l, "--cpu is %d: it takes a CPU of this machine, 0 to %ld",
					 l->plan.cpu, sysconf(_SC_NPROCESSORS_ONLN) - 1);
	}
	r = open_json(l, &json);
	if (r < 0)
		return r;
	r = run_phases(l);
	close_load(l);
	if (r == 0) {
		(void)sleep(l->plan.settle_s);
		l->figures.rss_after_kb = process_rss_kb(l->plan.pid);
		report(l, json);
	}
	if (json)
		(void)fclose(json);
	figures_fini(&l->figures);
	return r;
}
