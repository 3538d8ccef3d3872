/* SPDX-License-Identifier: Apache-2.0 */
/* Doors into an engine for tests and simulations only: keys without DTLS, counters to look at. */
#pragma once

#include "media/engine.h"
#include "media/peer/transport.h"
#include "media/sfu/sfu.h"

/* For transport_inject_keys; NULL when there is no such connection.
 * Valid until the next engine call. */
struct transport *engine_transport(struct engine *e, const struct sid *participant,
				   enum plane_target target);

const struct sfu *engine_sfu(const struct engine *e);
