/* SPDX-License-Identifier: Apache-2.0 */
#include "control/auth/customers.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/utf8.h"
#include "control/auth/private.h"
#include "store/merge.h"

/* Keys for different uses are made from different words; none of them can be the signed part of a
 * token, which has a dot in it. */
static const char shop_use[] = "confab widget customers", visitor_use[] = "confab widget visitors";

enum {
	VISITOR_RANDOM = 16,
	ID_HASH = 10, /* bytes: what is looked for is a second preimage */
	STEM_MAX = USER_ID_SIZE - 1 - 9 - 1 - 2 * ID_HASH,
};

static void hmac_hex(const char *key, const char *text, char ret[CUSTOMER_KEY_SIZE])
{
	crypto_auth_hmacsha256_state state;
	uint8_t sum[crypto_auth_hmacsha256_BYTES];

	(void)crypto_auth_hmacsha256_init(&state, (const uint8_t *)key, strlen(key));
	(void)crypto_auth_hmacsha256_update(&state, (const uint8_t *)text, strlen(text));
	(void)crypto_auth_hmacsha256_final(&state, sum);
	(void)sodium_bin2hex(ret, CUSTOMER_KEY_SIZE, sum, sizeof sum);
	explicit_bzero(&state, sizeof state);
}

void customer_secret(const struct auth *a, char ret[CUSTOMER_KEY_SIZE])
{
	hmac_hex(a->keys.secret, shop_use, ret);
}

static void visitor_key(const struct auth *a, const char *id, char ret[CUSTOMER_KEY_SIZE])
{
	char secret[CUSTOMER_KEY_SIZE];

	hmac_hex(a->keys.secret, visitor_use, secret);
	hmac_hex(secret, id, ret);
	explicit_bzero(secret, sizeof secret);
}

/* Upper-case hex counts, too: some languages print it so. */
static bool is_key(const char *given, const char right[CUSTOMER_KEY_SIZE])
{
	char lower[CUSTOMER_KEY_SIZE];

	if (strlen(given) != CUSTOMER_KEY_SIZE - 1)
		return false;
	for (size_t i = 0; i < CUSTOMER_KEY_SIZE; i++)
		lower[i] = (char)(given[i] >= 'A' && given[i] <= 'F' ? given[i] + 'a' - 'A'
								     : given[i]);
	return sodium_memcmp(lower, right, CUSTOMER_KEY_SIZE - 1) == 0;
}

/* ---- one request ---- */

struct customer {
	struct auth *auth;
	char id[USER_ID_SIZE];
	char *name, *image; /* own copies, for an account that is not there yet */
	bool visitor;	    /* gets its key */
	bool may_create;
	bool created;
	customer_fn *done;
	void *arg;
};

static void finish(struct customer *c, int status, const struct store_user *user)
{
	struct auth *a = c->auth;
	char key[CUSTOMER_KEY_SIZE];
	char *token = NULL;

	if (status == 0 && user->role != ROLE_USER)
		status = -EACCES; /* nobody becomes an admin by the shop's word */
	if (status == 0) {
		visitor_key(a, c->id, key);
		token = user_token_make(&a->keys, user->id, a->wall_us() / US_PER_S,
					USER_TOKEN_LIFE_S);
		status = token ? 0 : -ENOMEM;
	}
	const bool good = status == 0;
	c->done(c->arg, &(struct customer_reply){ .status = status,
						  .created = c->created,
						  .user = good ? user : NULL,
						  .token = token,
						  .key = good && c->visitor ? key : NULL });
	a->pending--;
	free(token);
	free(c->name);
	free(c->image);
	free(c);
}

static void on_found(void *arg, int status, const struct store_user *user);

static void on_created(void *arg, int status, const struct store_user *user)
{
	struct customer *c = arg;

	if (status == -EEXIST) { /* another tab was quicker */
		c->may_create = false;
		store_user_lead(c->auth->store, c->id, on_found, c);
		return;
	}
	c->created = status == 0;
	finish(c, status, user);
}

static void create(struct customer *c)
{
	auth_user_create(
		c->auth,
		&(struct auth_new_user){
			.raw_id = c->id, .name = c->name, .image = c->image, .role = ROLE_USER },
		on_created, c);
}

static void on_found(void *arg, int status, const struct store_user *user)
{
	struct customer *c = arg;

	if (status == -ENOENT && c->may_create)
		create(c);
	else
		finish(c, status == -ENOENT ? -EACCES : status, user);
}

static struct customer *customer_start(struct auth *a, customer_fn *done, void *arg)
{
	struct customer *c = must(calloc(1, sizeof *c));

	*c = (struct customer){ .auth = a, .done = done, .arg = arg };
	a->pending++;
	return c;
}

/* Known before anything was asked; told later like every other answer, in the store's turn. */
static void on_refused(void *arg, int status, const struct store_user *user)
{
	struct customer *c = arg;

	(void)status;
	(void)user;
	finish(c, c->may_create ? -EINVAL : -EACCES, NULL);
}

static void refuse(struct customer *c, bool malformed)
{
	c->may_create = malformed;
	store_user_find(c->auth->store, "", on_refused, c);
}

/* ---- visitors ---- */

void customer_new_visitor(struct auth *a, const char *name, customer_fn *done, void *arg)
{
	struct customer *c = customer_start(a, done, arg);
	char random[VISITOR_RANDOM + 1], made[sizeof "Visitor " + 4];

	rng_name(a->rng, "", random, sizeof random);
	for (char *p = random; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 'a' - 'A') : *p;
	(void)snprintf(c->id, sizeof c->id, "visitor-%s", random);
	(void)snprintf(made, sizeof made, "Visitor %.4s", random);
	c->name = must_copy(name && *name ? name : made);
	c->visitor = true;
	create(c);
}

void customer_find_visitor(struct auth *a, const char *id, const char *key, customer_fn *done,
			   void *arg)
{
	struct customer *c = customer_start(a, done, arg);
	char right[CUSTOMER_KEY_SIZE];

	visitor_key(a, id, right);
	c->visitor = true;
	if (!user_id_is_valid(id) || !is_key(key, right)) {
		refuse(c, false);
		return;
	}
	(void)snprintf(c->id, sizeof c->id, "%s", id);
	store_user_find(a->store, c->id, on_found, c);
}

/* ---- the shop's customers ---- */

/* "customer-ann_lee-5f2c…": readable, and never another one's. */
static void make_id(const char *raw, char ret[USER_ID_SIZE])
{
	char stem[CUSTOMER_RAW_ID_MAX + 1], hex[2 * ID_HASH + 1];
	uint8_t sum[crypto_hash_sha256_BYTES];
	size_t n = 0;

	for (const char *p = raw; *p && n < STEM_MAX - 1; p++) {
		char ch = (char)(*p >= 'A' && *p <= 'Z' ? *p + 'a' - 'A' : *p);
		if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_' ||
		    ch == '-' || ch == '@')
			stem[n++] = ch;
	}
	stem[n] = '\0';
	(void)crypto_hash_sha256(sum, (const uint8_t *)raw, strlen(raw));
	(void)sodium_bin2hex(hex, sizeof hex, sum, ID_HASH);
	(void)snprintf(ret, USER_ID_SIZE, "customer-%s%s%s", stem, n ? "-" : "", hex);
}

void customer_find(struct auth *a, const char *raw_id, const char *hash, const char *name,
		   const char *image, customer_fn *done, void *arg)
{
	struct customer *c = customer_start(a, done, arg);
	char secret[CUSTOMER_KEY_SIZE], right[CUSTOMER_KEY_SIZE];
	size_t n = strlen(raw_id);

	if (n == 0 || n > CUSTOMER_RAW_ID_MAX || !utf8_is_valid(raw_id, n)) {
		refuse(c, true);
		return;
	}
	customer_secret(a, secret);
	hmac_hex(secret, raw_id, right);
	bool good = is_key(hash, right);
	explicit_bzero(secret, sizeof secret);
	explicit_bzero(right, sizeof right);
	if (!good) {
		refuse(c, false);
		return;
	}
	make_id(raw_id, c->id);
	c->may_create = true;
	c->name = must_copy(name && *name ? name : n <= LIMIT_USER_NAME ? raw_id : NULL);
	c->image = must_copy(image);
	store_user_lead(a->store, c->id, on_found, c);
}

/* ---- two who are one ---- */

struct merging {
	struct auth *auth;
	store_merge_fn *done;
	void *arg;
};

static void on_merged(void *arg, int status, const struct store_merged *merged)
{
	struct merging m = *(struct merging *)arg;

	free(arg);
	if (status == 0)
		known_forget(m.auth->known);
	m.auth->pending--;
	m.done(m.arg, status, merged);
}

void customer_merge(struct auth *a, const char *kept, const char *other,
		    const struct store_deed *by, store_merge_fn *done, void *arg)
{
	struct merging *m = must(malloc(sizeof *m));

	*m = (struct merging){ .auth = a, .done = done, .arg = arg };
	a->pending++;
	store_customer_merge(a->store, kept, other, by, on_merged, m);
}
