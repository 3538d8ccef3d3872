/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Customers who come through the widget on somebody's site (docs/widget.md). A visitor gets an
 * account and a key that lets the same browser come back; a customer of the shop is known by the
 * shop's own user id and its HMAC, so that nobody can take another one's id. Nothing is stored for
 * either: both keys are made from the API secret, and a new secret makes all of them void.
 *
 * Accounts of the shop's customers are apart from all others: an id is made from the shop's, with a
 * hash of it at its end, so that two of the shop's ids never become one (M6), and none of them is
 * that of an account made here.
 *
 * Loop's thread; callbacks as in auth.h.
 */
#pragma once

#include "control/auth/auth.h"
#include "store/merge.h"

enum {
	CUSTOMER_KEY_SIZE = 65,	   /* HMAC-SHA256 in hex, and NUL */
	CUSTOMER_RAW_ID_MAX = 256, /* bytes of the shop's user id */
};

/*
 * With what the shop's server makes the hash of a user id: HMAC-SHA256, keyed with this text, over
 * the id's bytes, in hex. Good for this only: it opens nothing by itself.
 */
void customer_secret(const struct auth *a, char ret[CUSTOMER_KEY_SIZE]);

struct customer_reply {
	/*
	 * 0; -EACCES: the key or hash is not this one's, or the account is not a customer's;
	 * -EINVAL: see auth_user_problem, or the id is empty, too long or not UTF-8; else of the
	 * store.
	 */
	int status;
	bool created;
	const struct store_user *user; /* NULL unless 0 */
	const char *token;	       /* a user token for an hour; NULL unless 0 */
	const char *key;	       /* of a visitor, to come back with; else NULL */
};

typedef void customer_fn(void *arg, const struct customer_reply *reply);

/* A new visitor. name and image as in auth_new_user; without a name one is made up. */
void customer_new_visitor(struct auth *a, const char *name, customer_fn *done, void *arg);

/* A visitor who was here before. */
void customer_find_visitor(struct auth *a, const char *id, const char *key, customer_fn *done,
			   void *arg);

/*
 * A customer of the shop, made at the first time; name and image count then only. Who was merged into another customer is
 * that one now: the shop has vouched for the person. A visitor who was merged is refused: their key says only which browser it is.
 */
void customer_find(struct auth *a, const char *raw_id, const char *hash, const char *name,
		   const char *image, customer_fn *done, void *arg);

/* store_customer_merge; user tokens of `other` are refused from then on. */
void customer_merge(struct auth *a, const char *kept, const char *other,
		    const struct store_deed *by, store_merge_fn *done, void *arg);
