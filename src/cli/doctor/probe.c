/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/doctor/probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rng.h"
#include "crypt/hash.h"
#include "wire/stun.h"

enum { AGAIN_MS = 400, FRAME_HEADER = 2, ANSWER_MAX = 2048 };

size_t probe_write(const struct place *p, const uint8_t tid[STUN_TID_LENGTH], uint8_t *ret,
		   size_t capacity)
{
	char username[ICE_TEXT + 8];
	struct stun_request request = {
		.username = username, .priority = 1, .role = STUN_ROLE_CONTROLLING, .tie_breaker = 1
	};
	size_t at = p->tcp ? FRAME_HEADER : 0;
	struct hmac_sha1_key key;
	struct stun_out out;

	/* ours may be anything of four signs: nobody checks back */
	request.username_length = (size_t)snprintf(username, sizeof username, "%s:doct", p->ufrag);
	memcpy(request.tid, tid, sizeof request.tid);
	if (stun_write_request(&out, ret + at, capacity - at, &request) < 0)
		return 0;
	const struct hash_part part = { out.bytes, out.hash_length };
	hmac_sha1_init(&key, p->pwd, strlen(p->pwd));
	hmac_sha1(&key, &part, 1, out.hmac);
	hmac_sha1_wipe(&key);
	if (stun_finish(&out) < 0)
		return 0;
	if (p->tcp) {
		ret[0] = (uint8_t)(out.length >> 8);
		ret[1] = (uint8_t)out.length;
	}
	return out.length + at;
}

static socklen_t size_of(const struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

static void start(struct probe *p)
{
	const struct sockaddr_storage *to = &p->place->address;
	int type = p->place->tcp ? SOCK_STREAM : SOCK_DGRAM;
	struct sockaddr_in6 own = { 0 }; /* the port is where that of IPv4 is */
	socklen_t size = sizeof own;

	p->fd = socket(to->ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p->fd < 0 ||
	    (connect(p->fd, (const void *)to, size_of(to)) < 0 && errno != EINPROGRESS))
		p->failed = errno;
	if (p->fd >= 0 && getsockname(p->fd, (void *)&own, &size) == 0)
		p->own_port = ntohs(own.sin6_port);
}

static void send_check(struct probe *p)
{
	uint8_t bytes[FRAME_HEADER + STUN_MESSAGE_MAX], tid[STUN_TID_LENGTH];

	rng_fill(rng_os(), tid, sizeof tid);
	size_t n = probe_write(p->place, tid, bytes, sizeof bytes);
	if (send(p->fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n)
		p->sent = true;
	else if (errno != EAGAIN && errno != ENOTCONN)
		p->failed = errno;
}

/* A refusal counts, too: somebody is there who speaks STUN. */
static void receive(struct probe *p, uint64_t started)
{
	uint8_t bytes[ANSWER_MAX];
	ssize_t n = recv(p->fd, bytes, sizeof bytes, 0);
	size_t at = p->place->tcp ? FRAME_HEADER : 0;
	struct stun_msg m;

	if (n < 0 && errno != EAGAIN)
		p->failed = errno;
	else if (n == 0 && p->place->tcp)
		p->failed = ECONNRESET;
	if (n <= (ssize_t)at || stun_parse(&m, bytes + at, (size_t)n - at) != STUN_OK ||
	    (m.type != STUN_BINDING_SUCCESS && m.type != STUN_BINDING_ERROR))
		return;
	p->answered = true;
	p->failed = 0;
	p->after_ms = (unsigned)((clock_now_us() - started) / US_PER_MS);
	const struct sockaddr_in6 *mapped = (const void *)&m.mapped;
	p->mapped_elsewhere = m.has_mapped && ntohs(mapped->sin6_port) != p->own_port;
}

static bool is_done(const struct probe *p)
{
	return p->answered || p->fd < 0 || (p->failed && p->place->tcp);
}

/* One turn: what is due goes out, what comes is read. False: all are done. */
static bool turn(struct probe *probes, size_t count, uint64_t started, bool again)
{
	struct pollfd fds[PLACES_MAX];
	struct probe *of[PLACES_MAX];
	nfds_t n = 0;

	for (size_t i = 0; i < count; i++) {
		struct probe *p = &probes[i];
		bool unsent = p->place->tcp && !p->sent;

		if (is_done(p))
			continue;
		if (!p->place->tcp && again)
			send_check(p);
		of[n] = p;
		fds[n++] = (struct pollfd){ .fd = p->fd, .events = unsent ? POLLOUT : POLLIN };
	}
	if (n == 0)
		return false;
	(void)poll(fds, n, AGAIN_MS);
	for (nfds_t i = 0; i < n; i++) {
		if (fds[i].revents && of[i]->place->tcp && !of[i]->sent)
			send_check(of[i]);
		else if (fds[i].revents)
			receive(of[i], started);
	}
	return true;
}

void probe_all(struct probe *probes, size_t count, int wait_ms)
{
	uint64_t started = clock_now_us(), sent = 0, now;

	for (size_t i = 0; i < count; i++)
		start(&probes[i]);
	while ((now = clock_now_us()) < started + (uint64_t)wait_ms * US_PER_MS) {
		bool again = now >= sent + AGAIN_MS * US_PER_MS;

		if (again)
			sent = now;
		if (!turn(probes, count, started, again))
			break;
	}
	for (size_t i = 0; i < count; i++) {
		if (probes[i].fd >= 0)
			(void)close(probes[i].fd);
	}
}
