/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ICE candidates as text (RFC 8839 5.1), as a client reads the server's. Only what can be used is
 * returned: component 1, UDP, an address in numbers; names (mDNS), TCP and other components are
 * passed over. Pure. Any thread.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct candidate {
	struct sockaddr_storage address;
	uint32_t priority;
};

/* One: "candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host …", with or without "a=" before it. */
bool candidate_parse(struct candidate *ret, const char *text, size_t n);

/*
 * The usable ones of a whole description, at most `capacity`, in order of falling priority, none
 * twice. Returns how many.
 */
size_t candidate_list(const char *sdp, size_t n, struct candidate *ret, size_t capacity);
