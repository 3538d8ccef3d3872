/* SPDX-License-Identifier: Apache-2.0 */
/* Whether what once proved who somebody is still does: for connections that stay open. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "control/auth/claims.h"
#include "control/auth/private.h"

struct proving {
	struct auth *auth;
	bool session;
	int status; /* known before the store was asked */
	struct token_error error;
	auth_bearer_fn *done;
	void *arg;
};

static void on_user(void *arg, int status, const struct store_user *user)
{
	struct proving *p = arg;

	p->auth->pending--;
	if (p->status < 0)
		status = p->status;
	else if (status == -ENOENT)
		status = claims_refuse(&p->error, TOKEN_NOT_OURS, "%s",
				       p->session ? AUTH_SESSION_ENDED : AUTH_NO_SUCH_USER);
	p->done(p->arg, status, status == 0 ? user : NULL, NULL,
		status == -EACCES ? &p->error : NULL);
	free(p);
}

void auth_still(struct auth *a, const struct auth_proof *proof, const char *user_id,
		auth_bearer_fn *done, void *arg)
{
	struct proving *p = must(calloc(1, sizeof *p));
	uint8_t hash[STORE_HASH] = { 0 };

	*p = (struct proving){
		.auth = a, .session = proof->session_key[0], .done = done, .arg = arg
	};
	a->pending++;
	if (p->session) {
		/* a key that is not one of ours is unknown to the store */
		(void)sodium_hex2bin(hash, sizeof hash, proof->session_key,
				     strlen(proof->session_key), NULL, NULL, NULL);
		store_session_find(a->store, hash, a->wall_us(),
				   (uint64_t)AUTH_SESSION_IDLE_S * US_PER_S, on_user, p);
		return;
	}
	if ((int64_t)(a->wall_us() / US_PER_S) >= proof->token_expires_at_s)
		p->status = claims_refuse_expired(&p->error);
	store_user_find(a->store, user_id, on_user, p); /* the answer comes later in every case */
}
