/* SPDX-License-Identifier: Apache-2.0 */
/* The binary holds what compresses only compressed. Every browser takes it so; for the rest (scripts, crawlers) a file is
 * unpacked when it is first asked for, and kept: memory is bounded by the files, however many ask.
 * Owned by control; control thread only. */
#pragma once

#include "control/http/assets.h"

struct unpacked;

/* NULL: out of memory. */
struct unpacked *unpacked_new(void);
struct unpacked *unpacked_free(struct unpacked *p);

/* The file's bytes, a->length of them, until unpacked_free; NULL: out of memory. */
const uint8_t *unpacked_get(struct unpacked *p, const struct asset *a);
