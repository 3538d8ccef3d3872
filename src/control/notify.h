/* SPDX-License-Identifier: Apache-2.0 */
/* Who gets which notification (push.h), and what it says. Control thread only. */
#pragma once

#include <jansson.h>

struct push;
struct store_event;

/* A new message that somebody wrote: to all who see its conversation but its writer. */
void notify_message(struct push *p, const struct store_event *event);

/* A call.ring frame: to those whom it rings; and frames that say how that ended, to the browsers that were
 * told of it. Others are ignored. */
void notify_ring(struct push *p, const json_t *frame);
