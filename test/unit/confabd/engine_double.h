/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine made for tests of the worker threads: it echoes datagrams, answers each command with as
 * many events as the command's id says, and counts its ticks. Over TCP a frame {0, worker, …} is
 * for that worker, which writes its number into the last byte of the echo; a third byte '!' makes
 * the connection a known one.
 */
#pragma once

#include <stdatomic.h>

#include "media/engine.h"

extern atomic_uint ticks, engines, early_ticks, ended_paths;
/* A worker that gets CMD_MUTE_TRACK has `reached` it, and works on it until `busy` ends. */
extern atomic_bool busy, reached;
/* The same for a datagram {22, 'w', …}, a flight of a DTLS handshake. */
extern atomic_bool shaking, shaken;
/* Participants "PA_…" are there until then. */
extern atomic_bool everybody_left;
