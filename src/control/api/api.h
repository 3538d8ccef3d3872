/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API for people's servers: LiveKit's RoomService over Twirp, so that any livekit-server-sdk
 * works (livekit-protocol 7.1, docs/server-api.md). Here are HTTP, tokens and the two encodings;
 * what the methods do is in control/signal/admin.c. Control thread only.
 */
#pragma once

#include "control/server/request.h"

struct signal_observed;

/* LiveKit's WebhookEvent about what happened; id and time are added by hooks. NULL without memory. */
json_t *api_webhook_event(const struct signal_observed *o);

/* POST /twirp/{service}/{method}. Needs ROUTE_NO_CSRF: only the bearer token
 * counts. */
void api_twirp(struct http_req *req, struct control *control);
