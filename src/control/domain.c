/* SPDX-License-Identifier: Apache-2.0 */
#include "control/domain.h"

#include "control/acme/acme.h"
#include "control/control.h"
#include "control/renewal.h"
#include "control/server/server.h"
#include "control/warnings.h"

enum { HTTPS = 443 };

static void on_taken(void *arg)
{
	struct control *c = arg;

	renewal_look(c->renewal);
}

static void on_failed(void *arg, const char *cause, uint64_t again_us, bool stands_in)
{
	struct control *c = arg;

	warnings_certificate_failed(c->warnings, cause, again_us, stands_in);
}

int domain_prepare(struct control *c, const struct control_config *config,
		   struct server_config *ret, char *ret_error)
{
	const struct acme_config acme = { .loop = config->loop,
					  .data_dir = config->data_dir,
					  .domains = config->domains,
					  .domain_count = config->domain_count,
					  .directory = config->acme_directory,
					  .contact = config->acme_contact,
					  .ca_file = config->acme_ca,
					  .taken = on_taken,
					  .failed = on_failed,
					  .arg = c };

	if (config->domain_count == 0)
		return 0;
	int r = acme_new(&c->acme, &acme, ret_error);
	if (r < 0)
		return r;
	ret->tls_cert = ret->tls_key = acme_file(c->acme);
	ret->plain = (struct server_plain){ .names = config->domains,
					    .name_count = config->domain_count,
					    .port = config->http_port,
					    .page = acme_proof_page,
					    .certificate = acme_proof_certificate,
					    .arg = c->acme };
	return 0;
}

void domain_start(struct control *c)
{
	if (c->acme)
		acme_start(c->acme, server_has_plain(c->server), server_port(c->server) == HTTPS);
}
