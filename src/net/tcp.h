/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP for media (RFC 6544): a listening socket, and connections whose unsent frames (RFC 4571) wait
 * in a bounded queue. A slow reader loses whole frames, the oldest video first; what has begun to
 * go out goes out whole. Nothing here blocks. Each object belongs to one thread.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TCP_QUEUE = 256 * 1024, /* R57: bytes waiting for one socket, headers included */
	TCP_FRAMES = 2048,	/* and frames */
	TCP_UNSENT = 64 * 1024, /* what the kernel may hold unsent beside that */
	TCP_BACKLOG = 256,
};

/* Binds and listens. The descriptor; or -errno, and a sentence naming the address in error. */
int tcp_listen(const struct sockaddr_storage *address, char *error, size_t error_size);

/* The bound address. 0 or -errno. */
int tcp_local(int fd, struct sockaddr_storage *ret);

/* The next connection, ready for media. The descriptor, -EAGAIN when there is none, or -errno. */
int tcp_accept(int listener, struct sockaddr_storage *ret_peer);

struct tcp_frame {
	uint16_t length; /* header included */
	bool video;
};

struct tcp {
	int fd;
	uint8_t *bytes; /* owned; frames, oldest first, from `start` to `end`; NULL until needed */
	size_t start, end, capacity;
	struct tcp_frame *frames; /* owned, with `bytes` */
	size_t frame_count;
	size_t sent; /* bytes of the oldest frame that are gone already */
	uint64_t dropped;
};

/* Takes over the descriptor. */
void tcp_init(struct tcp *t, int fd);
void tcp_fini(struct tcp *t);

/* Reads what is there, at most n bytes. The count; 0 = nothing now; -ECONNRESET: the end; -errno. */
int tcp_read(struct tcp *t, uint8_t *bytes, size_t n);

/*
 * Queues one frame (copied) of 1 to 65535 bytes. false: dropped, for lack of room or memory.
 * video: may be dropped later, to make room for others.
 */
bool tcp_put(struct tcp *t, const uint8_t *bytes, size_t n, bool video);

/* The same with the caller's own header before it, and `pad` zeros after it, in place of RFC 4571's length. */
bool tcp_put_framed(struct tcp *t, const uint8_t *head, size_t head_length, const uint8_t *bytes,
		    size_t n, size_t pad, bool video);

/* Sends what the kernel takes. 0 = all; 1 = the rest waits until it is writable; or -errno. */
int tcp_flush(struct tcp *t);
