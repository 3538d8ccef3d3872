/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Idle clients, and fan-out: event sockets that stay open, messages into a channel at a rate, and how long each takes from
 * its sending to the kernel's receive stamp at each member.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "client.h"

enum {
	READY_MAX = 256,
	TEXTS_MAX = 100000,
	AFTER_S = 10,
	REST_US = 2000 /* between fan-outs nobody asks when something came: it is read together */
};

struct listening {
	struct connection *sockets, sender;
	size_t count;
	unsigned members;
	int epoll;
	uint16_t port;
	char (*tokens)[LINE_MAX_BYTES]; /* of each socket; the sender's is the first */
	uint64_t sent_us[TEXTS_MAX];
	uint32_t *delays;
	size_t seen, wanted;
};

/* The tags of what is not an event socket. */
static const uint64_t tag_input = UINT64_MAX, tag_sender = UINT64_MAX - 1;

static void take_events(struct listening *l, struct connection *c)
{
	static const char mark[] = "\"text\":\"mark";
	const char *text;
	size_t length, size;

	connection_read(c);
	while (events_next(c, &text, &length, &size)) {
		const char *at = memmem(text, length, mark, sizeof mark - 1);

		if (at && c - l->sockets < l->members && l->seen < l->wanted)
			l->delays[l->seen++] =
				(uint32_t)(c->read_at_us -
					   l->sent_us[strtoul(at + sizeof mark - 1, NULL, 10)]);
		connection_drop(c, size);
	}
	if (c->closed) { /* the team's, when it is told more than it reads; a client comes back, too */
		size_t i = (size_t)(c - l->sockets);
		bool stamped = c->stamped;

		(void)close(c->fd);
		events_open(c, l->port, l->tokens[i]);
		connection_watch(c, l->epoll, i);
		if (stamped)
			connection_stamp(c, true);
	}
}

/* One round of what is ready; false: standard input has something. */
static bool turn(struct listening *l, int wait_ms)
{
	struct epoll_event ready[READY_MAX];
	int n = epoll_wait(l->epoll, ready, READY_MAX, wait_ms);
	bool input = false;

	for (int i = 0; i < n; i++) {
		uint64_t tag = ready[i].data.u64;

		if (tag == tag_input) {
			input = true;
		} else if (tag == tag_sender) {
			connection_read(&l->sender);
			(void)answer_take(&l->sender);
		} else {
			take_events(l, &l->sockets[tag]);
		}
	}
	return !input;
}

static void send_mark(struct listening *l, unsigned i)
{
	char body[128], request[LINE_MAX_BYTES + 512];

	(void)snprintf(body, sizeof body, "{\"text\":\"mark%u\",\"client_id\":\"mark%u\"}", i, i);
	size_t n = request_write(request, sizeof request,
				 "/api/v1/conversations/group.bench/messages", l->tokens[0], body);
	l->sent_us[i] = clock_wall_us();
	connection_write(&l->sender, request, n);
}

static void fan_out(struct listening *l, uint16_t port, unsigned rate, double seconds)
{
	unsigned total = (unsigned)(rate * seconds);

	if (total > TEXTS_MAX)
		fail("at most %d messages", TEXTS_MAX);
	l->wanted = (size_t)total * l->members;
	l->delays = calloc(l->wanted, sizeof *l->delays);
	for (size_t i = 0; i < l->members; i++)
		connection_stamp(&l->sockets[i], true);
	connection_open(&l->sender, port);
	connection_watch(&l->sender, l->epoll, tag_sender);
	uint64_t begin = clock_now_us(), cpu = own_cpu_us();
	for (unsigned i = 0; i < total; i++) {
		uint64_t next = begin + (uint64_t)i * US_PER_S / rate;

		for (uint64_t now; (now = clock_now_us()) < next;)
			(void)turn(l, (int)((next - now + US_PER_MS - 1) / US_PER_MS));
		send_mark(l, i);
	}
	uint64_t end = clock_now_us() + (uint64_t)AFTER_S * US_PER_S;
	while (l->seen < l->wanted && clock_now_us() < end)
		(void)turn(l, 100);
	double took = (double)(clock_now_us() - begin);
	(void)printf("{\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,\"deliveries\":%zu,"
		     "\"wanted\":%zu,\"busy\":%.3f}\n",
		     quantile(l->delays, l->seen, 0.5) / 1000,
		     quantile(l->delays, l->seen, 0.99) / 1000,
		     quantile(l->delays, l->seen, 1) / 1000, l->seen, l->wanted,
		     (double)(own_cpu_us() - cpu) / took);
	(void)fflush(stdout);
	for (size_t i = 0; i < l->members; i++)
		connection_stamp(&l->sockets[i], false);
	(void)close(l->sender.fd);
	free(l->delays);
	l->delays = NULL;
	l->seen = l->wanted = 0;
}

static void open_all(struct listening *l, uint16_t port)
{
	char line[LINE_MAX_BYTES];
	size_t capacity = 0;

	while (read_line(line) && line[0]) {
		if (l->count == capacity) {
			capacity = capacity ? 2 * capacity : 256;
			l->sockets = realloc(l->sockets, capacity * sizeof *l->sockets);
			l->tokens = realloc(l->tokens, capacity * sizeof *l->tokens);
		}
		if (!l->sockets || !l->tokens)
			fail("out of memory");
		memcpy(l->tokens[l->count], line, sizeof line);
		events_open(&l->sockets[l->count++], port, line);
	}
	for (size_t i = 0; i < l->count; i++)
		connection_watch(&l->sockets[i], l->epoll, i);
}

int run_listen(uint16_t port, unsigned members, unsigned rate, double seconds)
{
	struct listening *l = calloc(1, sizeof *l);
	struct epoll_event input = { .events = EPOLLIN, .data.u64 = tag_input };
	char byte;

	if (!l)
		fail("out of memory");
	l->members = members;
	l->port = port;
	l->epoll = epoll_create1(0);
	(void)setvbuf(stdin, NULL, _IONBF, 0); /* what comes later wakes epoll */
	open_all(l, port);
	(void)printf("ready\n");
	(void)fflush(stdout);
	(void)epoll_ctl(l->epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input);
	for (;;) {
		while (turn(l, -1))
			(void)usleep(REST_US);
		if (read(STDIN_FILENO, &byte, 1) <= 0)
			break;
		if (byte == '\n')
			fan_out(l, port, rate, seconds);
	}
	free(l->tokens);
	free(l->sockets);
	free(l);
	return 0;
}
