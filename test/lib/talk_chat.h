/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of talk.c that are about conversations. */
#pragma once

#include <confab/confab.h>

/*
 * Does the command of these words; `rest`: the line from the third on. false: it is none of these, else *ret_code is what
 * came of it.
 */
int chat_obey(confab_client *client, char **w, const char *rest, int *ret_code,
	      confab_error *ret_error);
