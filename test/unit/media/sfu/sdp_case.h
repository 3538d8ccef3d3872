/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of negotiate.h: our end, and texts from test/vectors. What is returned is the caller's. */
#pragma once

#include "media/sfu/negotiate.h"

#define FINGERPRINT                                                                               \
	"AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:" \
	"AA:AA:AA"

/* Our end, with an IPv4, an IPv6 and a TCP address. */
extern struct negotiate_local local;
/* For cmocka: once, for the group. */
int local_set_up(void **state);

/* vectors/folder/name.sdp; NULL: there is none. */
char *read_file(const char *folder, const char *name);
struct sdp *parse(const char *text);
/* Replaces the first `from` by `to`. */
char *edited(const char *text, const char *from, const char *to);
