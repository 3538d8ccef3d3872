/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why recvmmsg, sendmmsg and UDP_SEGMENT: a system call costs more than encrypting a packet, and
 * the kernel's work per message more than its work per further segment of one.
 */
#include "net/udp.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/complain.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 /* linux/udp.h, since 4.18 */
#endif

enum {
	ARENA = 256 * 1024,	  /* stays in the L2 cache */
	UDP_AGE_MAX_US = 1000000, /* no datagram waits longer unnoticed */
};

struct udp_slots {
	struct mmsghdr headers[UDP_BATCH];
	struct iovec vectors[UDP_BATCH];
	struct sockaddr_storage from[UDP_BATCH];
	struct {
		_Alignas(struct cmsghdr) uint8_t bytes[CMSG_SPACE(sizeof(struct timespec))];
	} control[UDP_BATCH];
	uint8_t bytes[UDP_BATCH][UDP_SLOT];
};

struct udp_spare {
	struct udp_slots slots;
	uint64_t busy; /* a bit for each slot that is in use */
};

/* One message: `count` datagrams of `segment` bytes to one address, the last may be shorter. */
struct run {
	struct sockaddr_storage to;
	uint32_t offset, length;
	uint16_t segment, count;
	bool closed; /* its last datagram was shorter: nothing may follow */
	struct {
		_Alignas(struct cmsghdr) uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
	} control;
};

struct udp_batch {
	struct run runs[UDP_BATCH];
	struct mmsghdr headers[UDP_BATCH];
	struct iovec vectors[UDP_BATCH];
	unsigned count;
	uint32_t used;
	uint8_t arena[ARENA];
};

static void set_buffers(int fd)
{
	static const int options[2][2] = { { SO_RCVBUFFORCE, SO_RCVBUF },
					   { SO_SNDBUFFORCE, SO_SNDBUF } };
	const int bytes = UDP_BUFFER;

	/* The first form needs CAP_NET_ADMIN, the second is cut to net.core.[rw]mem_max. */
	for (size_t i = 0; i < 2; i++) {
		if (setsockopt(fd, SOL_SOCKET, options[i][0], &bytes, sizeof bytes) < 0)
			(void)setsockopt(fd, SOL_SOCKET, options[i][1], &bytes, sizeof bytes);
	}
}

int udp_init(struct udp *u, const struct sockaddr_storage *address, char *error, size_t error_size)
{
	char text[UDP_ADDRESS_TEXT];
	const int on = 1, off = 0;
	int r = 0;

	*u = (struct udp){ .fd = -1 };
	udp_address_text(address, text);
	if (address->ss_family != AF_INET && address->ss_family != AF_INET6) {
		(void)complain(error, error_size, 0, "%s is no IPv4 or IPv6 address", text);
		return -EAFNOSUPPORT;
	}
	u->slots = calloc(1, sizeof *u->slots);
	u->batch = calloc(1, sizeof *u->batch);
	u->fd = socket(address->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (u->fd < 0)
		r = -errno;
	else if (!u->slots || !u->batch)
		r = -ENOMEM;
	else if (address->ss_family == AF_INET6 &&
		 setsockopt(u->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
		r = -errno;
	else if (bind(u->fd, (const void *)address, address_length(address)) < 0)
		r = -errno;
	if (r < 0) {
		(void)complain(error, error_size, 0, "cannot use UDP %s: %s", text, strerror(-r));
		udp_fini(u);
		return r;
	}
	set_buffers(u->fd);
	/* without it, arrival is the time of reading */
	(void)setsockopt(u->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
	u->gso = setsockopt(u->fd, IPPROTO_UDP, UDP_SEGMENT, &off, sizeof off) == 0;
	return 0;
}

void udp_fini(struct udp *u)
{
	if (u->fd >= 0)
		(void)close(u->fd);
	free(u->slots);
	free(u->spare);
	free(u->batch);
	u->fd = -1;
	u->slots = NULL;
	u->spare = NULL;
	u->batch = NULL;
}

int udp_local(const struct udp *u, struct sockaddr_storage *ret)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof address;

	if (getsockname(u->fd, (void *)&address, &size) < 0)
		return -errno;
	*ret = address;
	return 0;
}

/*
 * How long ago the kernel took the datagram in, in microseconds. A busy machine reads in bursts;
 * bandwidth probes are measured by the gaps between arrivals and fail when a burst looks like one
 * moment. The kernel's stamp is wall time: only its distance from now counts, and a jump of the
 * clock makes it 0 or is cut to `limit`.
 */
static uint64_t age_us(struct msghdr *header, uint64_t wall_us, uint64_t limit)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		struct timespec t;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof t);
		uint64_t stamp = (uint64_t)t.tv_sec * US_PER_S + (uint64_t)t.tv_nsec / 1000;
		uint64_t age = wall_us > stamp ? wall_us - stamp : 0;
		return age < limit ? age : limit;
	}
	return 0;
}

/* Reads into the slots of which the bit is not set in `busy`, lowest first. */
static int receive_into(struct udp *u, struct udp_slots *s, uint64_t busy, struct udp_datagram *ret)
{
	int taken = 0, n;
	uint8_t slot[UDP_BATCH];
	unsigned count = 0;

	static_assert(UDP_BATCH == 64, "a bit for each");
	for (unsigned i = 0; i < UDP_BATCH; i++) {
		if (busy >> i & 1)
			continue;
		s->vectors[i] = (struct iovec){ .iov_base = s->bytes[i], .iov_len = UDP_SLOT };
		s->headers[count].msg_hdr = (struct msghdr){
			.msg_name = &s->from[i],
			.msg_namelen = sizeof s->from[i],
			.msg_iov = &s->vectors[i],
			.msg_iovlen = 1,
			.msg_control = s->control[i].bytes,
			.msg_controllen = sizeof s->control[i].bytes
		};
		slot[count++] = (uint8_t)i;
	}
	do {
		n = recvmmsg(u->fd, s->headers, count, MSG_DONTWAIT, NULL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN || errno == ECONNREFUSED ? 0 : -errno;
	uint64_t now = clock_now_us(), wall = clock_wall_us();
	for (int i = 0; i < n; i++) {
		if (s->headers[i].msg_hdr.msg_flags & MSG_TRUNC) {
			u->truncated++;
			continue;
		}
		uint64_t age = age_us(&s->headers[i].msg_hdr, wall, UDP_AGE_MAX_US);
		ret[taken++] = (struct udp_datagram){ .from = &s->from[slot[i]],
						      .bytes = s->bytes[slot[i]],
						      .length = s->headers[i].msg_len,
						      .arrival = now > age ? now - age : now };
	}
	u->received += (uint64_t)n;
	return taken;
}

int udp_receive(struct udp *u, struct udp_datagram ret[UDP_BATCH])
{
	return receive_into(u, u->slots, 0, ret);
}

/* Which of the spare slots it is in. */
static uint64_t spare_bit(const struct udp *u, const struct udp_datagram *d)
{
	return UINT64_C(1) << ((size_t)(d->bytes - u->spare->slots.bytes[0]) / UDP_SLOT);
}

int udp_receive_more(struct udp *u, struct udp_datagram ret[UDP_BATCH])
{
	if (!u->spare)
		u->spare = calloc(1, sizeof *u->spare);
	if (!u->spare)
		return -ENOMEM;
	if (u->spare->busy == UINT64_MAX)
		return -ENOBUFS;
	int n = receive_into(u, &u->spare->slots, u->spare->busy, ret);

	for (int i = 0; i < n; i++)
		u->spare->busy |= spare_bit(u, &ret[i]);
	return n;
}

void udp_release(struct udp *u, const struct udp_datagram *datagram)
{
	u->spare->busy &= ~spare_bit(u, datagram);
}

/* Whether n more bytes may join the run. */
static bool joins(const struct udp *u, const struct run *r, const struct sockaddr_storage *to,
		  size_t n)
{
	return u->gso && !r->closed && r->count < UDP_RUN_MAX && n <= r->segment &&
	       address_equal(&r->to, to);
}

void udp_put(struct udp *u, const struct sockaddr_storage *to, const uint8_t *bytes, size_t n)
{
	struct udp_batch *b = u->batch;

	if (n == 0 || n > UDP_SLOT) {
		u->send_failed++;
		return;
	}
	struct run *r = b->count ? &b->runs[b->count - 1] : NULL;
	if (b->used + n > ARENA || (b->count == UDP_BATCH && !joins(u, r, to, n))) {
		udp_flush(u);
		r = NULL;
	}
	if (!r || !joins(u, r, to, n)) {
		r = &b->runs[b->count++];
		r->to = *to;
		r->offset = b->used;
		r->length = 0;
		r->segment = (uint16_t)n;
		r->count = 0;
		r->closed = false;
	}
	memcpy(b->arena + b->used, bytes, n);
	b->used += (uint32_t)n;
	r->length += (uint32_t)n;
	r->count++;
	r->closed = n < r->segment;
}

static void fill_header(struct udp_batch *b, unsigned i)
{
	struct run *r = &b->runs[i];
	struct msghdr *h = &b->headers[i].msg_hdr;

	b->vectors[i] = (struct iovec){ .iov_base = b->arena + r->offset, .iov_len = r->length };
	*h = (struct msghdr){ .msg_name = &r->to,
			      .msg_namelen = address_length(&r->to),
			      .msg_iov = &b->vectors[i],
			      .msg_iovlen = 1 };
	if (r->count < 2)
		return;
	h->msg_control = r->control.bytes;
	h->msg_controllen = sizeof r->control.bytes;
	struct cmsghdr *c = CMSG_FIRSTHDR(h);
	c->cmsg_level = IPPROTO_UDP;
	c->cmsg_type = UDP_SEGMENT;
	c->cmsg_len = CMSG_LEN(sizeof r->segment);
	memcpy(CMSG_DATA(c), &r->segment, sizeof r->segment);
}

/* A run whose GSO message was refused, datagram by datagram. */
static void send_singly(struct udp *u, const struct run *r)
{
	for (uint32_t at = 0; at < r->length; at += r->segment) {
		size_t n = r->length - at < r->segment ? r->length - at : r->segment;

		if (sendto(u->fd, u->batch->arena + r->offset + at, n, MSG_DONTWAIT,
			   (const void *)&r->to, address_length(&r->to)) >= 0) {
			u->sent++;
			u->messages++;
		} else if (errno == EAGAIN) {
			u->send_full++;
		} else {
			u->send_failed++;
		}
	}
}

/* The first message of what is left was not taken. */
static void refused(struct udp *u, const struct run *r, int error)
{
	if (r->count > 1 && (error == EIO || error == EINVAL || error == EMSGSIZE ||
			     error == EOPNOTSUPP || error == ENOPROTOOPT)) {
		/* EIO: the device cannot do checksums (udp(7)); it will not learn to. */
		u->gso = u->gso && error != EIO && error != EOPNOTSUPP && error != ENOPROTOOPT;
		u->gso_refused++;
		send_singly(u, r);
	} else if (error == EAGAIN || error == ENOBUFS) {
		u->send_full += r->count;
	} else {
		u->send_failed += r->count;
	}
}

void udp_flush(struct udp *u)
{
	struct udp_batch *b = u->batch;
	unsigned done = 0;

	for (unsigned i = 0; i < b->count; i++)
		fill_header(b, i);
	while (done < b->count) {
		int n = sendmmsg(u->fd, b->headers + done, b->count - done, MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			refused(u, &b->runs[done], n < 0 ? errno : EIO);
			done++;
			continue;
		}
		for (int i = 0; i < n; i++)
			u->sent += b->runs[done + (unsigned)i].count;
		u->messages += (unsigned)n;
		done += (unsigned)n;
	}
	b->count = 0;
	b->used = 0;
}

void udp_ip_text(const struct sockaddr_storage *address, char ret[UDP_ADDRESS_TEXT])
{
	const struct sockaddr_in6 *v6 = (const void *)address;
	const struct sockaddr_in *v4 = (const void *)address;
	bool six = address->ss_family == AF_INET6;

	if (!inet_ntop(six ? AF_INET6 : AF_INET,
		       six ? (const void *)&v6->sin6_addr : (const void *)&v4->sin_addr, ret,
		       UDP_ADDRESS_TEXT))
		ret[0] = '\0';
}

void udp_address_text(const struct sockaddr_storage *address, char ret[UDP_ADDRESS_TEXT])
{
	char ip[INET6_ADDRSTRLEN] = "";

	if (address->ss_family == AF_INET) {
		const struct sockaddr_in *a = (const void *)address;

		(void)inet_ntop(AF_INET, &a->sin_addr, ip, sizeof ip);
		(void)snprintf(ret, UDP_ADDRESS_TEXT, "%s:%u", ip, ntohs(a->sin_port));
	} else if (address->ss_family == AF_INET6) {
		const struct sockaddr_in6 *a = (const void *)address;

		(void)inet_ntop(AF_INET6, &a->sin6_addr, ip, sizeof ip);
		(void)snprintf(ret, UDP_ADDRESS_TEXT, "[%s]:%u", ip, ntohs(a->sin6_port));
	} else {
		(void)snprintf(ret, UDP_ADDRESS_TEXT, "(none)");
	}
}

int udp_address_parse(const char *text, uint16_t port, struct sockaddr_storage *ret)
{
	char ip[INET6_ADDRSTRLEN];
	size_t n = strlen(text);
	struct sockaddr_storage address = { 0 };
	struct sockaddr_in *v4 = (void *)&address;
	struct sockaddr_in6 *v6 = (void *)&address;

	if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n >= sizeof ip)
		return -EINVAL;
	memcpy(ip, text, n);
	ip[n] = '\0';
	if (inet_pton(AF_INET, ip, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
	} else if (inet_pton(AF_INET6, ip, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
	} else {
		return -EINVAL;
	}
	*ret = address;
	return 0;
}
