/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One order, from the directory to the certificate (RFC 8555 7.4 and 7.5), top to bottom. It waits for the network and for the
 * authority: it runs on a thread of its own, which acme.c starts.
 */
#pragma once

#include <stdbool.h>

#include "control/acme/authority.h"
#include "control/acme/challenge.h"
#include "crypt/site_cert.h"

struct order_config {
	struct fetch fetch; /* its `ended` and `arg` are asked while waiting, too */
	bool (*wait)(void *arg, unsigned ms); /* false: it is to end */
	struct evp_pkey_st *account;
	struct challenge *challenge;
	struct site_names names;
	const char *directory;
	const char *contact; /* mailto:, or NULL */
	bool over_tls;	     /* prove the name by tls-alpn-01; else by http-01 */
};

struct order_result {
	char *chain, *key; /* PEM; the caller's, the key to be wiped; NULL: it failed */
	struct site_cert certificate;
	struct authority_failure failure;
};

void order_run(const struct order_config *config, struct order_result *ret);

/* What the operator can do about a failure, in a line. */
const char *order_advice(const struct authority_failure *f);
