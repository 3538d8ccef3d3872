/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API key pair: from the environment (CONFAB_API_KEY, CONFAB_API_SECRET, or the aliases
 * NEXT_PUBLIC_STREAM_API_KEY, STREAM_API_SECRET), else from <data>/api-keys (mode 0600), which the
 * first start makes. Owned by its caller; start-up and command line only.
 */
#pragma once

#include "base/rng.h"
#include "control/auth/token.h"

enum { API_KEYS_ERROR_MAX = 512 };

struct api_keys {
	char key[129], secret[1025];
};

/*
 * 0, or -EINVAL (only half a pair, a secret under 32 bytes, a damaged
 * file) or another -errno, with one line that names the variable or
 * file, in ret_error. The data folder is made when it is missing.
 */
int api_keys_load(const char *data_dir, struct rng *g, struct api_keys *ret, char *ret_error);

/* The folder's own, whatever the environment says; nothing is made or changed. -ENOENT when there is none. */
int api_keys_read_folder(const char *data_dir, struct api_keys *ret, char *ret_error);

/* Borrowed from `k`. */
struct token_keys api_keys_token(const struct api_keys *k);

/* Wipes the secret. */
void api_keys_fini(struct api_keys *k);
