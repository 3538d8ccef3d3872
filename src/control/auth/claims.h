/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JWT, strictly: the only file that knows libjwt. The verifier chooses algorithm and key from its
 * own configuration, never from the token (RFC 8725 3.1); the order is length, form, algorithm,
 * signature, and only then claims. Private to auth. Any thread.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "control/auth/token.h"

/* Signs an object of claims (borrowed).
 * The text is the caller's to free; NULL when out of memory. */
char *claims_sign(const struct token_keys *keys, const json_t *claims);

/* The claims of a token with a good signature, for the caller to json_decref;
 * NULL with the reason. */
json_t *claims_open(const struct token_keys *keys, const char *token, size_t max,
		    struct token_error *ret_error);

/* An optional time: 0 when absent. -EINVAL unless it is an integer between 1 and the year 9999. */
int claims_time(const json_t *claims, const char *name, int64_t *ret);

/* exp (required), nbf, iat against the clock: 0, or -EACCES with the reason. */
int claims_check_times(const json_t *claims, uint64_t now_s, unsigned late_s, unsigned early_s,
		       struct token_error *ret_error);

/* The same reason for whatever was good for a time. */
int claims_refuse_expired(struct token_error *ret_error);

/* Writes the reason and returns -EACCES. */
int claims_refuse(struct token_error *ret_error, enum token_error_code code, const char *format,
		  ...) __attribute__((format(printf, 3, 4)));
