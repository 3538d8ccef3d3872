/* SPDX-License-Identifier: Apache-2.0 */
/* Guests: accounts that anybody may have, each with an id that nobody had before. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/must.h"
#include "control/auth/private.h"

enum { GUEST_RANDOM = 9, GUEST_STEM_MAX = USER_ID_SIZE - 1 - 6 - 1 - GUEST_RANDOM };

struct guest {
	struct auth *auth;
	auth_guest_fn *done;
	void *arg;
};

static void on_created(void *arg, int status, const struct store_user *user)
{
	struct guest *g = arg;
	struct auth *a = g->auth;
	autofree char *token = status == 0 ? user_token_make(&a->keys, user->id,
							     a->wall_us() / US_PER_S,
							     GUEST_TOKEN_LIFE_S)
					   : NULL;

	if (status == 0 && !token)
		status = -ENOMEM;
	g->done(g->arg, status, status == 0 ? user : NULL, token);
	free(g);
}

/* "guest-ann-k3f9…": never somebody else's id, whatever is asked for. */
static void make_id(struct auth *a, const char *wish, char ret[USER_ID_SIZE])
{
	char stem[USER_ID_SIZE], random[GUEST_RANDOM + 1];

	if (user_id_sanitise(wish, stem) < 0)
		stem[0] = '\0';
	stem[GUEST_STEM_MAX - 1] = '\0';
	rng_name(a->rng, "", random, sizeof random);
	for (char *c = random; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;
	(void)snprintf(ret, USER_ID_SIZE, "guest-%s%s%s", stem, stem[0] ? "-" : "", random);
}

void auth_guest_create(struct auth *a, const char *id, const char *name, const char *image,
		       auth_guest_fn *done, void *arg)
{
	struct guest *g = must(malloc(sizeof *g));
	char made[USER_ID_SIZE];

	*g = (struct guest){ .auth = a, .done = done, .arg = arg };
	make_id(a, id && *id ? id : name ? name : "", made);
	auth_user_create(a,
			 &(struct auth_new_user){
				 .raw_id = made, .name = name, .image = image, .role = ROLE_GUEST },
			 on_created, g);
}
