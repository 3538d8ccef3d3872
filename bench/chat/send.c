/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durable messages: each writer has a keep-alive connection and one message under way; the next one goes when the server
 * has acknowledged it, which it does after fsync.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "client.h"

enum { READY_MAX = 256 };

struct writer {
	struct connection c;
	char conversation[64], token[TOKEN_MAX];
	unsigned n;
	uint64_t sent_us;
};

struct sending {
	struct writer *writers;
	size_t count;
	int epoll;
	uint64_t run; /* tells this run's client ids from those of others */
	uint32_t *delays;
	size_t done, capacity;
};

static void send_one(struct sending *s, struct writer *w)
{
	static const char text[201] = { [0 ... 199] = 'x' };
	char path[128], body[512], request[TOKEN_MAX + 1024];

	(void)snprintf(path, sizeof path, "/api/v1/conversations/%s/messages", w->conversation);
	(void)snprintf(body, sizeof body, "{\"text\":\"%s\",\"client_id\":\"%llx-%u\"}", text,
		       (unsigned long long)s->run, w->n++);
	size_t n = request_write(request, sizeof request, path, w->token, body);
	w->sent_us = clock_now_us();
	connection_write(&w->c, request, n);
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

/* True: an answer is there. */
static bool take_answer(struct sending *s, struct writer *w)
{
	connection_read(&w->c);
	if (answer_take(&w->c) == 0)
		return false;
	note(s, w, clock_now_us());
	return true;
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
			struct writer *w = &s->writers[ready[i].data.u64];

			if (!take_answer(s, w))
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
		*w = (struct writer){ .n = 0 };
		if (sscanf(line, "%63s %1023s", w->conversation, w->token) != 2)
			fail("each line must be a conversation and a token");
		connection_open(&w->c, port);
		s->count++;
	}
	for (size_t i = 0; i < s->count; i++)
		connection_watch(&s->writers[i].c, s->epoll, i);
}

int run_send(uint16_t port, double seconds)
{
	struct sending s = { .epoll = epoll_create1(0), .run = clock_wall_us() };

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
