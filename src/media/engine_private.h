/* SPDX-License-Identifier: Apache-2.0 */
/* What engine.c and engine_commands.c share; nobody else includes it. */
#pragma once

#include "media/engine.h"
#include "media/sfu/leg.h"
#include "media/sfu/sfu.h"

struct engine {
	struct sfu sfu;
	struct dtls_context *dtls; /* NULL without a certificate */
};

/* Arms the leg's timer for what it has to do next; never in the past, so that a tick comes to an end. */
void engine_schedule(struct leg *l, uint64_t now);
