/* SPDX-License-Identifier: Apache-2.0 */
/* This machine's address in its network, for those who start the daemon: to show, not to rely on. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The first IPv4 address of an interface that is up and no loopback, as text. False when there is none. Any thread; asks the
 * system each time.
 */
bool lan_address(char *ret, size_t capacity);
