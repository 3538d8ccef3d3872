/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker's UDP socket: recvmmsg into reusable slots, sendmmsg with UDP_SEGMENT for runs to one
 * address (GSO falls back to plain sends when the kernel or device refuses it). IPv4 or IPv6, never
 * both. Belongs to one thread.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
	UDP_BATCH = 64,	      /* datagrams per system call */
	UDP_SLOT = 2048,      /* bytes per received datagram; longer ones are cut and dropped */
	UDP_RUN_MAX = 16,     /* datagrams per GSO message: a longer burst overruns home routers */
	UDP_BUFFER = 4 << 20, /* socket buffers asked for; the kernel may give less */
};

struct udp_datagram {
	const struct sockaddr_storage *from;
	uint8_t *bytes;
	size_t length;
	/* when the kernel received it, as clock_now_us counts; never in the future */
	uint64_t arrival;
};

struct udp_slots; /* receive slots and message headers */
struct udp_spare; /* more of them */
struct udp_batch; /* datagrams waiting to be sent */

struct udp {
	int fd;
	bool gso; /* turned off for good after a refusal */
	struct udp_slots *slots;
	struct udp_spare *spare; /* NULL until udp_receive_more */
	struct udp_batch *batch;
	uint64_t received, sent, truncated, send_failed, send_full, gso_refused;
	uint64_t messages; /* that what was sent left in */
};

/* Binds. On failure -errno and a sentence naming the address and port in error (may be NULL). */
int udp_init(struct udp *u, const struct sockaddr_storage *address, char *error, size_t error_size);
void udp_fini(struct udp *u);

/* The bound address (with the port, when 0 was asked for). 0 or -errno. */
int udp_local(const struct udp *u, struct sockaddr_storage *ret);

/*
 * Reads up to UDP_BATCH datagrams. They stay valid until the next call.
 * The count, 0 = none waiting, or -errno.
 */
int udp_receive(struct udp *u, struct udp_datagram ret[UDP_BATCH]);

/*
 * The same without touching those of udp_receive: each stays valid until udp_release. -ENOBUFS: UDP_BATCH of them are
 * in use.
 */
int udp_receive_more(struct udp *u, struct udp_datagram ret[UDP_BATCH]);
void udp_release(struct udp *u, const struct udp_datagram *datagram);

/*
 * Queues one datagram (copied), joining it to the one before when that went
 * to the same address and sizes allow. Sends by itself when the batch is
 * full. What the kernel does not take is dropped and counted: real time media
 * does not wait.
 */
void udp_put(struct udp *u, const struct sockaddr_storage *to, const uint8_t *bytes, size_t n);

/* Sends what is queued. */
void udp_flush(struct udp *u);

/* "192.0.2.1:7882", "[2001:db8::1]:7882". */
enum { UDP_ADDRESS_TEXT = 64 };
void udp_address_text(const struct sockaddr_storage *address, char ret[UDP_ADDRESS_TEXT]);

/* The same without the port: "192.0.2.1", "2001:db8::1". */
void udp_ip_text(const struct sockaddr_storage *address, char ret[UDP_ADDRESS_TEXT]);

/* "192.0.2.1", "2001:db8::1" or "[2001:db8::1]", and a port. 0 or -EINVAL. */
int udp_address_parse(const char *text, uint16_t port, struct sockaddr_storage *ret);
