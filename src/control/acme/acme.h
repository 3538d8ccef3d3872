/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's own certificate, from an authority that speaks ACME (RFC 8555): asked for when there is none, renewed when a third of its life
 * is left, START HERE. Only with --domain is anybody asked. What it keeps lies in <data>/acme/<authority>: the account's key, and one file
 * with the certificate's key and chain, which is replaced at once or not at all; until there is a first one, a certificate that signs itself
 * stands in there.
 *
 * The loop's: the timer (schedule.c says when) and what is told. An order (order.c) runs on a thread of its own, which also writes the files,
 * and is joined here. Way: acme.c ▸ order.c ▸ authority.c ▸ fetch.c, jws.c; challenge.c is what the thread and the server share.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acme;
struct uv_loop_s;

enum { ACME_ERROR_MAX = 512, ACME_STAND_IN_DAYS = 90 };

struct acme_config {
	struct uv_loop_s *loop;
	const char *data_dir;
	const char *const *domains; /* the first one is what the site is called */
	size_t domain_count;
	const char *directory;	  /* URL */
	const char *contact;	  /* a mailto: URI, or NULL */
	const char *ca_file;	  /* the authority's own root; NULL: the system's */
	void (*taken)(void *arg); /* there is another certificate in acme_file */
	/* An order failed; it is tried again then (wall µs). `stands_in`: there is none of the authority yet. */
	void (*failed)(void *arg, const char *cause, uint64_t again_us, bool stands_in);
	void *arg;
};

/* 0 and a certificate is in acme_file; or -errno and a line for the operator. The strings must outlive it. */
int acme_new(struct acme **ret, const struct acme_config *config, char *ret_error);

/* PEM: key and chain. Lives as long as this. */
const char *acme_file(const struct acme *a);

/* The server answers by now. `page`: it has a port for http-01; `tls_first`: it has port 443. */
void acme_start(struct acme *a, bool page, bool tls_first);

/* What was wrong has been put right, somebody says: try again, if that is not too often. */
void acme_try_now(struct acme *a);

/* Proofs for the authority (see server.h); copies, NULL: there is none. `arg` is the struct acme. */
char *acme_proof_page(void *arg, const char *token);
char *acme_proof_certificate(void *arg);

/* Ends an order that is under way, soon. */
void acme_stop(struct acme *a);

/* Waits for that. Run the loop once more, so that the handles close. Takes NULL. Returns NULL. */
struct acme *acme_free(struct acme *a);
