/* SPDX-License-Identifier: Apache-2.0 */
/* The missing packets of a received stream; for up.c only.
 * The public half (up_nack, up_deadline) is in up.h. */
#pragma once

#include "media/rtp/up.h"

/* Numbers first..last have not come. Too many at once: none is asked for, a key frame is. */
void up_gaps_add(struct up *u, uint64_t now, uint64_t first, uint64_t last);

/* `sequence` came after all; recovered: as RTX, which measures the RTT. */
void up_gaps_remove(struct up *u, uint64_t now, uint64_t sequence, bool recovered);
