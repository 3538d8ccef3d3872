/* SPDX-License-Identifier: Apache-2.0 */
/* Where the other side is, for tests that only need one address to differ from another. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/path.h"

/* 192.0.2.1 (TEST-NET-1), port `port`. */
static inline struct path address(uint16_t port)
{
	struct path a = { 0 };
	struct sockaddr_in *v4 = (void *)&a.address;

	v4->sin_family = AF_INET;
	v4->sin_port = htons(port);
	v4->sin_addr.s_addr = htonl(0xc0000201);
	return a;
}
