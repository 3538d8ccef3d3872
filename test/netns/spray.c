/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sender that nobody asked for: UDP datagrams that look like STUN, DTLS, RTP or nothing, to one
 * port, from its own address or with a forged one. Bounded in rate and time, and only for the
 * namespaces of test/lib/rig.mjs: it refuses addresses outside 10.78.0.0/16.
 *
 *   spray KIND DESTINATION PORT PER_SECOND SECONDS [SOURCE PORT | own]
 *
 * KIND: stun, dtls, rtp, mixed. Prints how many datagrams and bytes went out, and how many came
 * back to its own address: {"sent":…,"bytes":…,"answered":…}
 */
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rng.h"

enum { MOST_PER_SECOND = 100 * 1000, MOST_SECONDS = 120, PAYLOAD = 300 };

static void die(const char *why)
{
	(void)fprintf(stderr, "spray: %s\n", why);
	exit(2);
}

static struct in_addr rig_address(const char *text)
{
	struct in_addr a;

	if (inet_pton(AF_INET, text, &a) != 1 || (ntohl(a.s_addr) >> 16) != (10 << 8 | 78))
		die("addresses of the rig only (10.78.0.0/16)");
	return a;
}

static size_t make(struct rng *chance, const char *kind, uint8_t bytes[PAYLOAD])
{
	static const char *const kinds[] = { "stun", "dtls", "rtp", "any" };
	static const uint8_t stun[] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	size_t n = 20 + rng_u32(chance) % (PAYLOAD - 20);

	if (strcmp(kind, "mixed") == 0)
		kind = kinds[rng_u32(chance) % 4];
	rng_fill(chance, bytes, n);
	if (strcmp(kind, "stun") == 0) {
		n &= ~(size_t)3;
		memcpy(bytes, stun, sizeof stun);
		bytes[2] = (uint8_t)((n - 20) >> 8);
		bytes[3] = (uint8_t)(n - 20);
	} else if (strcmp(kind, "dtls") == 0) {
		bytes[0] = rng_u32(chance) % 4 ? 22 : 21; /* a handshake, or an alert */
		bytes[1] = 254;
		bytes[2] = 253;
		bytes[11] = 0;
		bytes[12] = (uint8_t)(n - 13);
		bytes[13] = 1; /* ClientHello */
	} else if (strcmp(kind, "rtp") == 0) {
		bytes[0] = 0x80;
		bytes[1] = rng_u32(chance) % 2 ? 96 : 205; /* or RTCP */
	}
	return n;
}

static uint16_t sum(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	uint32_t s = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		s += (uint32_t)(p[i] << 8 | p[i + 1]);
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return htons((uint16_t)~s);
}

/* With another's source address (RFC 791, 768; no UDP checksum, which IPv4 allows). */
static ssize_t send_forged(int raw, const struct sockaddr_in *to, struct in_addr from,
			   uint16_t port, const uint8_t *bytes, size_t n)
{
	uint8_t packet[sizeof(struct iphdr) + sizeof(struct udphdr) + PAYLOAD];
	size_t length = sizeof packet - PAYLOAD + n;
	struct iphdr ip = { .version = 4,
			    .ihl = 5,
			    .ttl = 64,
			    .protocol = IPPROTO_UDP,
			    .tot_len = htons((uint16_t)length),
			    .saddr = from.s_addr,
			    .daddr = to->sin_addr.s_addr };
	struct udphdr udp = { .source = htons(port),
			      .dest = to->sin_port,
			      .len = htons((uint16_t)(sizeof udp + n)) };

	ip.check = sum(&ip, sizeof ip);
	memcpy(packet, &ip, sizeof ip);
	memcpy(packet + sizeof ip, &udp, sizeof udp);
	memcpy(packet + sizeof ip + sizeof udp, bytes, n);
	return sendto(raw, packet, length, 0, (const void *)to, sizeof *to);
}

int main(int count, char **arguments)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct in_addr from = { 0 };
	uint64_t sent = 0, bytes_sent = 0, answered = 0;
	uint8_t bytes[PAYLOAD], answer[2048];
	struct rng chance;

	if (count < 7)
		die("usage: spray KIND DESTINATION PORT PER_SECOND SECONDS own | SOURCE PORT");
	uint64_t rate = strtoull(arguments[4], NULL, 10),
		 seconds = strtoull(arguments[5], NULL, 10);
	bool forged = strcmp(arguments[6], "own") != 0;

	to.sin_addr = rig_address(arguments[2]);
	to.sin_port = htons((uint16_t)atoi(arguments[3]));
	if (rate == 0 || rate > MOST_PER_SECOND || seconds > MOST_SECONDS || (forged && count < 8))
		die("at most 100000 per second for 120 seconds; a forged source needs a port");
	if (forged)
		from = rig_address(arguments[6]);
	uint16_t port = forged ? (uint16_t)atoi(arguments[7]) : 0;
	int fd = socket(AF_INET, forged ? SOCK_RAW : SOCK_DGRAM, forged ? IPPROTO_RAW : 0);

	if (fd < 0)
		die("no socket");
	rng_seeded(&chance, 1);
	uint64_t start = clock_now_us(), now;
	while ((now = clock_now_us()) - start < seconds * US_PER_S) {
		for (; sent < (now - start) * rate / US_PER_S; sent++) {
			size_t n = make(&chance, arguments[1], bytes);
			ssize_t r = forged ? send_forged(fd, &to, from, port, bytes, n)
					   : sendto(fd, bytes, n, 0, (const void *)&to, sizeof to);

			bytes_sent += r > 0 ? (uint64_t)r : 0;
		}
		while (!forged && recv(fd, answer, sizeof answer, MSG_DONTWAIT) > 0)
			answered++;
		(void)usleep(500);
	}
	(void)usleep(200 * 1000);
	while (!forged && recv(fd, answer, sizeof answer, MSG_DONTWAIT) > 0)
		answered++;
	printf("{\"sent\":%ju,\"bytes\":%ju,\"answered\":%ju}\n", (uintmax_t)sent,
	       (uintmax_t)bytes_sent, (uintmax_t)answered);
	return 0;
}
