/* SPDX-License-Identifier: Apache-2.0 */
/* What unpack.c shares with unpack_av1.c. */
#pragma once

#include "client/unpack.h"

/* Appends to the frame. False: too long, or no memory. */
bool unpack_add(struct unpack *u, const void *bytes, size_t n);

bool unpack_av1_begin(struct unpack *u);
/* One payload. False: malformed, or not what follows. */
bool unpack_av1_add(struct unpack *u, const uint8_t *bytes, size_t n);
bool unpack_av1_end(struct unpack *u);
