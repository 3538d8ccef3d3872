/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durable messages: each writer has an event socket, as whoever has the conversation open, and one message under way; the next
 * one goes when the server has acknowledged it, which it does after fsync. Two ways: `http`, a keep-alive connection beside the
 * socket, and `socket`, where the reply is the message's own event.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "client.h"

enum { READY_MAX = 256 };

struct writer {
	struct connection events, http;
	char conversation[64], token[TOKEN_MAX];
	unsigned n;
	uint64_t sent_us;
};

struct sending {
	struct writer *writers;
	size_t count;
	bool socket; /* messages go over the event socket */
	int epoll;
	uint64_t run; /* tells this run's client ids from those of others */
	uint32_t *delays;
	size_t done, capacity;
};

static void send_request(struct writer *w, const char *body)
{
	char path[128], request[TOKEN_MAX + 1024];

	(void)snprintf(path, sizeof path, "/api/v1/conversations/%s/messages", w->conversation);
	size_t n = request_write(request, sizeof request, path, w->token, body);
	connection_write(&w->http, request, n);
}

static void send_frame(struct writer *w, const char *body)
{
	char frame[1024];

	int n = snprintf(
		frame, sizeof frame,
		"{\"type\":\"message.send\",\"request_id\":\"%u\",\"conversation_id\":\"%s\","
		"\"message\":%s}",
		w->n, w->conversation, body);
	events_send(&w->events, frame, (size_t)n);
}

static void send_one(struct sending *s, struct writer *w)
{
	static const char text[201] = { [0 ... 199] = 'x' };
	char body[512];

	w->n++;
	(void)snprintf(body, sizeof body, "{\"text\":\"%s\",\"client_id\":\"%llx-%u\"}", text,
		       (unsigned long long)s->run, w->n);
	w->sent_us = clock_now_us();
	if (s->socket)
		send_frame(w, body);
	else
		send_request(w, body);
}

static void note(struct sending *s, const struct writer *w, uint64_t now)
{
	if (s->done == s->capacity) {
		s->capacity = s->capacity ? 2 * s->capacity : 65536;
		s->delays = realloc(s->delays, s->capacity * sizeof *s->delays);
		if (!s->delays)
			fail("out of memory");
	}
	s->delays[s->done++] = (uint32_t)(now - w->sent_us);
}

/* Reads the event socket. True: the reply to what is under way was there. */
static bool take_events(struct writer *w)
{
	char mark[48];
	const char *text;
	size_t length, size;
	bool replied = false;

	int n = snprintf(mark, sizeof mark, "\"request_id\":\"%u\"", w->n);
	connection_read(&w->events);
	while (events_next(&w->events, &text, &length, &size)) {
		if (memmem(text, length, mark, (size_t)n)) {
			if (!memmem(text, length, "\"message\":{", 11))
				fail("refused: %.*s", (int)length, text);
			replied = true;
		}
		connection_drop(&w->events, size);
	}
	if (w->events.closed)
		fail("a writer's event socket was closed");
	return replied;
}

/* True: an answer is there. */
static bool take_answer(struct sending *s, struct writer *w, bool events)
{
	bool answered = false;

	if (events) {
		answered = take_events(w);
	} else {
		connection_read(&w->http);
		answered = answer_take(&w->http) != 0;
	}
	if (answered)
		note(s, w, clock_now_us());
	return answered;
}

/* Sends until `end`, and waits for what is under way then. */
static void run_until(struct sending *s, uint64_t end)
{
	struct epoll_event ready[READY_MAX];
	size_t under_way = s->count;

	for (size_t i = 0; i < s->count; i++)
		send_one(s, &s->writers[i]);
	while (under_way > 0) {
		int n = epoll_wait(s->epoll, ready, READY_MAX, -1);

		for (int i = 0; i < n; i++) {
			struct writer *w = &s->writers[ready[i].data.u64 / 2];

			if (!take_answer(s, w, ready[i].data.u64 % 2))
				continue;
			if (clock_now_us() < end)
				send_one(s, w);
			else
				under_way--;
		}
	}
}

static void read_writers(struct sending *s, uint16_t port)
{
	char line[LINE_MAX_BYTES];

	while (read_line(line)) {
		s->writers = realloc(s->writers, (s->count + 1) * sizeof *s->writers);
		if (!s->writers)
			fail("out of memory");
		struct writer *w = &s->writers[s->count];
		memset(w, 0, sizeof *w);
		if (sscanf(line, "%63s %1023s", w->conversation, w->token) != 2)
			fail("each line must be a conversation and a token");
		events_open(&w->events, port, w->token);
		if (!s->socket)
			connection_open(&w->http, port);
		s->count++;
	}
	for (size_t i = 0; i < s->count; i++) {
		connection_watch(&s->writers[i].events, s->epoll, 2 * i + 1);
		if (!s->socket)
			connection_watch(&s->writers[i].http, s->epoll, 2 * i);
	}
}

int run_send(uint16_t port, double seconds, bool socket)
{
	struct sending s = { .epoll = epoll_create1(0), .socket = socket, .run = clock_wall_us() };

	read_writers(&s, port);
	uint64_t begin = clock_now_us(), cpu = own_cpu_us();
	run_until(&s, begin + (uint64_t)(seconds * US_PER_S));
	double took = (double)(clock_now_us() - begin);
	(void)printf("{\"per_s\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"busy\":%.3f}\n",
		     (double)s.done * US_PER_S / took, quantile(s.delays, s.done, 0.5) / 1000,
		     quantile(s.delays, s.done, 0.99) / 1000, (double)(own_cpu_us() - cpu) / took);
	free(s.delays);
	free(s.writers);
	return 0;
}
