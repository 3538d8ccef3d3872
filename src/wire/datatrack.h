/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of a data track's packet (livekit-protocol 3.10): 12 bytes, then extensions if its bit
 * is set, then payload. The handle says which of the sender's tracks it is; everything else is
 * between the clients. Pure. Any thread.
 *
 *	| version 3 | start | final | ext | 0 0 | 0 | handle 16 | sequence 16 | frame 16 | time 32 |
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DATATRACK_HEADER = 12, DATATRACK_HANDLE_AT = 2 };

/* False: too short, another version, extensions over the end, or no handle (0). */
bool datatrack_parse(uint16_t *ret_handle, const void *bytes, size_t n);
