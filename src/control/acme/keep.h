/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lasts over a restart, in <data>/acme/<authority> (mode 0700, files 0600): account-key.pem, certificate.pem (the key, then the
 * chain, in one file so that they always belong together) and, after a failure, schedule.json. Before the loop runs, and then the thread of
 * an order only.
 */
#pragma once

#include <limits.h>
#include <stdint.h>

#include "control/acme/schedule.h"
#include "crypt/site_cert.h"

struct keep {
	char folder[PATH_MAX - 64];
	char certificate[PATH_MAX], schedule[PATH_MAX];
	struct evp_pkey_st *account;
};

/* Makes what is missing. 0, or -errno and a line for the operator (ACME_ERROR_MAX bytes). */
int keep_open(struct keep *k, const char *data_dir, const char *directory, char *ret_error);
void keep_close(struct keep *k);

/* What lies there. */
enum site_cert_fault keep_look(const struct keep *k, struct site_names names, uint64_t now_s,
			       struct site_cert *ret);

/* In its place, at once or not at all: both PEM. 0 or -errno. */
int keep_certificate(const struct keep *k, const char *key, const char *chain);
int keep_stand_in(const struct keep *k, struct site_names names, unsigned days, char *ret_error);

/* Whether there is room for another: asked before the authority is, which gives five in a week. 0 or -errno. */
int keep_probe(const struct keep *k);

/* Failures; nothing is kept when there is none. A lost one is asked again too early, once. */
void keep_schedule(const struct keep *k, const struct schedule *s);
void keep_read_schedule(const struct keep *k, struct schedule *ret, uint64_t now_us);
