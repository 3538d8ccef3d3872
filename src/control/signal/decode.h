/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a WebSocket message or of a server API request ▸ message. Pure; the only door for
 * others' protobuf. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "control/signal/arena.h"
#include "livekit_rtc.pb-c.h"

/*
 * The message, living in `arena`; NULL when it is not protobuf, when any text
 * in it is not UTF-8 (it would be passed on to other clients, whose decoders
 * refuse the whole message), or when it needs more than the arena allows. A
 * message of a kind we do not know comes out with message_case NOT_SET.
 */
const ProtobufCMessage *message_decode(struct arena *arena, const ProtobufCMessageDescriptor *type,
				       const uint8_t *bytes, size_t n);
const Lk__SignalRequest *signal_decode(struct arena *arena, const uint8_t *bytes, size_t n);
