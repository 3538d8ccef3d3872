/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link emulator between two network interfaces of this namespace: every Ethernet frame that
 * comes in on one goes out on the other, as the model of test/lib/simlink.h has it. Where the
 * kernel has netem that would do; this one is the same model that test/sim runs in virtual time,
 * seeded, and asks for nothing but AF_PACKET.
 *
 *   wan IF_A IF_B [SEED]
 *
 * Commands are lines on standard input; each gets one line on standard output.
 *
 *   ab|ba|both KEY=VALUE …   sets the link from a to b, b to a, or both; what is not named goes
 *                            back to nothing. ok, or error and why
 *   stats                    one JSON object: {"ab":{…},"ba":{…},"late_us":…}
 *
 * Keys: rate (kbit/s), queue (bytes), delay, jitter, reorder_ms (ms), loss, burst, burst_loss,
 * reorder, duplicate (per cent), burst_packets, down (0 or 1). wait_us is
 * how long a packet sent now would wait for the rate. late_us is how late this process
 * was at worst in passing a frame on, since the last `stats`: a loaded machine shows there.
 *
 * Interfaces must not use checksum or segmentation offload (ethtool -K IF tx off gso off tso off
 * gro off on both ends): a frame would be passed on unfinished. It ends with its standard input.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <math.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "simlink.h"

enum { FRAME = 65600, BATCH = 64, BUFFER = 8 << 20, LINE = 512 };

struct way {
	int from, to;
	struct simlink *link;
};

struct wan {
	struct way ways[2]; /* a to b, b to a */
	uint64_t late_us;
	char line[LINE];
	size_t line_length;
	uint8_t frame[FRAME];
};

static int open_interface(const char *name)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct packet_mreq promiscuous = { .mr_type = PACKET_MR_PROMISC };
	int one = 1, buffer = BUFFER;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));

	address.sll_ifindex = promiscuous.mr_ifindex = (int)if_nametoindex(name);
	if (fd < 0 || !address.sll_ifindex ||
	    bind(fd, (const void *)&address, sizeof address) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous) <
		    0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one) < 0) {
		(void)fprintf(stderr, "wan: interface %s: %s\n", name, strerror(errno));
		exit(1);
	}
	/* best effort: what the machine cannot take in time it loses */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
	return fd;
}

static void receive(struct wan *w, struct way *way)
{
	for (int i = 0; i < BATCH; i++) {
		ssize_t n = recv(way->from, w->frame, sizeof w->frame, 0);

		if (n <= 0)
			return;
		simlink_send(way->link, clock_now_us(), 0, w->frame, (size_t)n);
	}
}

static void deliver(struct wan *w, struct way *way)
{
	uint64_t now = clock_now_us();
	size_t n;

	while (simlink_recv(way->link, now, NULL, w->frame, sizeof w->frame, &n)) {
		uint64_t late = now - simlink_arrival(way->link);

		w->late_us = late > w->late_us ? late : w->late_us;
		/* a full interface loses it, as the wire would */
		(void)!send(way->to, w->frame, n, 0);
	}
}

/* ---- commands ---- */

struct key {
	const char *name;
	double unit;
	size_t offset;
};

#define KEY(name, unit, field)                                     \
	{                                                          \
		name, unit, offsetof(struct simlink_config, field) \
	}

enum { MS = 1000, PER_CENT = 10000 };

static const struct key keys[] = {
	KEY("queue", 1, queue_bytes),
	KEY("delay", MS, delay_us),
	KEY("jitter", MS, jitter_us),
	KEY("loss", PER_CENT, loss_ppm),
	KEY("burst", PER_CENT, burst_ppm),
	KEY("burst_packets", 1, burst_packets),
	KEY("burst_loss", PER_CENT, burst_loss_ppm),
	KEY("reorder", PER_CENT, reorder_ppm),
	KEY("reorder_ms", MS, reorder_us),
	KEY("duplicate", PER_CENT, duplicate_ppm),
};

/* False: no such key, or a value that makes no sense. */
static bool set_key(struct simlink_config *c, const char *name, const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= 0) || value > 1e9)
		return false;
	if (strcmp(name, "rate") == 0) {
		c->rate_bps = (uint64_t)llround(value * 1000);
		return true;
	}
	if (strcmp(name, "down") == 0) {
		c->down = value > 0;
		return true;
	}
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		uint32_t number = (uint32_t)fmin(value * keys[i].unit, UINT32_MAX);

		if (strcmp(name, keys[i].name) != 0)
			continue;
		memcpy((char *)c + keys[i].offset, &number, sizeof number);
		return true;
	}
	return false;
}

static void print_way(const char *name, const struct simlink *link)
{
	const struct simlink_stats *s = simlink_stats(link);

	printf("\"%s\":{\"sent\":%ju,\"delivered\":%ju,\"lost\":%ju,\"queue_dropped\":%ju,"
	       "\"reordered\":%ju,\"duplicated\":%ju,\"bytes\":%ju,\"max_queue_us\":%ju,"
	       "\"wait_us\":%ju},",
	       name, (uintmax_t)s->sent, (uintmax_t)s->delivered, (uintmax_t)s->lost,
	       (uintmax_t)s->queue_dropped, (uintmax_t)s->reordered, (uintmax_t)s->duplicated,
	       (uintmax_t)s->bytes_delivered, (uintmax_t)s->max_queue_us,
	       (uintmax_t)simlink_wait(link, clock_now_us()));
}

static void print_stats(struct wan *w)
{
	printf("{");
	print_way("ab", w->ways[0].link);
	print_way("ba", w->ways[1].link);
	printf("\"late_us\":%ju}\n", (uintmax_t)w->late_us);
	w->late_us = 0;
}

static void run_command(struct wan *w, char *line)
{
	struct simlink_config config = { 0 };
	char *rest, *word = strtok_r(line, " ", &rest);
	bool ab = word && strcmp(word, "ab") == 0, ba = word && strcmp(word, "ba") == 0;

	if (word && strcmp(word, "stats") == 0) {
		print_stats(w);
		return;
	}
	if (word && strcmp(word, "both") == 0)
		ab = ba = true;
	if (!ab && !ba) {
		printf("error: '%s' is not ab, ba, both or stats\n", word ? word : "");
		return;
	}
	while ((word = strtok_r(NULL, " ", &rest))) {
		char *value = strchr(word, '=');

		if (value)
			*value++ = '\0';
		if (!value || !set_key(&config, word, value)) {
			printf("error: '%s' is not KEY=NUMBER of a known key\n", word);
			return;
		}
	}
	if (ab)
		simlink_set(w->ways[0].link, &config);
	if (ba)
		simlink_set(w->ways[1].link, &config);
	printf("ok\n");
}

/* False at the end of the input. */
static bool read_commands(struct wan *w)
{
	ssize_t n = read(STDIN_FILENO, w->line + w->line_length, LINE - 1 - w->line_length);

	if (n <= 0)
		return n < 0 && (errno == EINTR || errno == EAGAIN);
	w->line_length += (size_t)n;
	for (char *end; (end = memchr(w->line, '\n', w->line_length));) {
		size_t length = (size_t)(end + 1 - w->line);

		*end = '\0';
		run_command(w, w->line);
		w->line_length -= length;
		memmove(w->line, end + 1, w->line_length);
	}
	return fflush(stdout) == 0 && w->line_length < LINE - 1;
}

static void arm(const struct wan *w, int timer)
{
	uint64_t a = simlink_next(w->ways[0].link), b = simlink_next(w->ways[1].link);
	uint64_t due = a < b ? a : b;
	struct itimerspec at = { 0 };

	if (due != UINT64_MAX) {
		at.it_value.tv_sec = (time_t)(due / 1000000);
		at.it_value.tv_nsec = (long)(due % 1000000 * 1000);
	}
	(void)timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void run(struct wan *w)
{
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = w->ways[0].from, .events = POLLIN },
				{ .fd = w->ways[1].from, .events = POLLIN },
				{ .fd = timer, .events = POLLIN } };
	uint64_t expired;

	for (;;) {
		for (int i = 0; i < 2; i++)
			deliver(w, &w->ways[i]);
		arm(w, timer);
		if (poll(fds, 4, -1) < 0 && errno != EINTR)
			return;
		for (int i = 0; i < 2; i++) {
			if (fds[1 + i].revents)
				receive(w, &w->ways[i]);
		}
		if (fds[3].revents)
			(void)!read(timer, &expired, sizeof expired);
		if (fds[0].revents && !read_commands(w))
			return;
	}
}

int main(int count, char **arguments)
{
	static struct wan w;
	const struct simlink_config nothing = { 0 };

	if (count < 3 || count > 4) {
		(void)fprintf(stderr, "usage: wan IF_A IF_B [SEED]\n");
		return 2;
	}
	const struct sched_param first = { .sched_priority = 10 };
	uint64_t seed = count > 3 ? strtoull(arguments[3], NULL, 10) : 1;
	int a = open_interface(arguments[1]), b = open_interface(arguments[2]);

	w.ways[0] = (struct way){ a, b, simlink_new(seed, &nothing) };
	w.ways[1] = (struct way){ b, a, simlink_new(seed + 1, &nothing) };
	/* a wire does not wait for a core; best effort, late_us shows */
	(void)sched_setscheduler(0, SCHED_FIFO, &first);
	printf("ready\n");
	(void)fflush(stdout);
	run(&w);
	for (int i = 0; i < 2; i++)
		(void)simlink_free(w.ways[i].link);
	return 0;
}
