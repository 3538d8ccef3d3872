/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who we are to push services: VAPID (RFC 8292). The key pair lies in <data>/vapid-key.pem (mode
 * 0600), which the first start makes; browsers' subscriptions hold for it only, so it must be kept.
 * Control thread only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	VAPID_ERROR_MAX = 512,
	VAPID_PUBLIC_SIZE = 88,	  /* base64url of the point, and NUL */
	VAPID_LIFE_S = 12 * 3600, /* of a token; RFC 8292 2 allows 24 hours */
};

struct vapid;

/* 0, or -errno with one line that names the file in ret_error (VAPID_ERROR_MAX bytes). */
int vapid_new(struct vapid **ret, const char *data_dir, char *ret_error);

/* Wipes the key. Takes NULL. Returns NULL. */
struct vapid *vapid_free(struct vapid *v);

/* For PushManager.subscribe's applicationServerKey. */
const char *vapid_public(const struct vapid *v);

/*
 * The value of Authorization (RFC 8292 3) for the push service of the endpoint. `contact`: a mailto:
 * or https: URI for the service's operators, or NULL. The caller's to free; NULL: out of memory, or
 * the endpoint has no origin.
 */
char *vapid_authorization(const struct vapid *v, const char *endpoint, const char *contact,
			  uint64_t now_s);
