/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TLS certificate of the pages: looked at before anything uses it, and read anew while the server runs, so that a
 * renewal needs no restart. Connections that are open keep theirs. Loop thread.
 */
#pragma once

#include <stdint.h>

struct ssl_ctx_st; /* OpenSSL's SSL_CTX */

/*
 * Reads both PEM files, and, when they belong together, gives them to `into` (NULL: only looks). 0 and the end of the
 * certificate (wall µs; 0 = not known); or -errno and a sentence for the operator, and `into` is as it was.
 */
int certificate_load(struct ssl_ctx_st *into, const char *cert, const char *key,
		     uint64_t *ret_ends_us, char *ret_error);
