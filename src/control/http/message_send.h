/* SPDX-License-Identifier: Apache-2.0 */
/* Sending a message: everything but how the request came and how the answer goes (messages.c, ws/sends.c). */
#pragma once

#include "control/ws/sends.h"

/* Checks the fields, the writer's allowance and all that chat_send does. */
message_send_fn message_send;

/* The same for a message of the event socket: with what the gate asks of the POST. */
message_send_fn message_send_frame;
