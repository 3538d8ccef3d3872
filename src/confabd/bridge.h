/* SPDX-License-Identifier: Apache-2.0 */
/* The media workers as the control plane wants them, which knows no thread. Control thread. */
#pragma once

#include <stdbool.h>

#include "control/control.h"

struct media_threads;

/* Valid as long as the threads. turn: streams of it are taken. */
struct control_media bridge_of(struct media_threads *threads, bool turn);
