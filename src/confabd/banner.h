/* SPDX-License-Identifier: Apache-2.0 */
/* What the terminal says once everything listens: where, what a network still needs, and the demo's links. */
#pragma once

#include "confabd/config.h"
#include "confabd/demo.h"
#include "confabd/media_thread.h"
#include "control/control.h"

struct banner {
	const struct config *config;
	const struct control *control;
	const struct media_threads *media;
	const struct demo_account *demo; /* DEMO_ACCOUNTS of them; NULL = no demo */
};

void banner_print(const struct banner *b);
