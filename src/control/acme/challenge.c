/* SPDX-License-Identifier: Apache-2.0 */
#include "control/acme/challenge.h"

#include <stdlib.h>
#include <string.h>

void challenge_init(struct challenge *c)
{
	*c = (struct challenge){ 0 };
	(void)pthread_mutex_init(&c->lock, NULL); /* cannot fail with these attributes */
}

void challenge_fini(struct challenge *c)
{
	challenge_set(c, NULL, NULL, NULL);
	(void)pthread_mutex_destroy(&c->lock);
}

void challenge_set(struct challenge *c, char *token, char *authorization, char *certificate)
{
	(void)pthread_mutex_lock(&c->lock);
	free(c->token);
	free(c->authorization);
	free(c->certificate);
	c->token = token;
	c->authorization = authorization;
	c->certificate = certificate;
	(void)pthread_mutex_unlock(&c->lock);
}

char *challenge_page(struct challenge *c, const char *token)
{
	char *page = NULL;

	(void)pthread_mutex_lock(&c->lock);
	if (c->token && c->authorization && strcmp(c->token, token) == 0)
		page = strdup(c->authorization);
	(void)pthread_mutex_unlock(&c->lock);
	return page;
}

char *challenge_certificate(struct challenge *c)
{
	char *pem = NULL;

	(void)pthread_mutex_lock(&c->lock);
	if (c->certificate)
		pem = strdup(c->certificate);
	(void)pthread_mutex_unlock(&c->lock);
	return pem;
}
