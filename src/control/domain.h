/* SPDX-License-Identifier: Apache-2.0 */
/* --domain: the certificate that the server gets for itself (acme/acme.h), and who is told of it. Owned by control.c; control thread. */
#pragma once

struct control;
struct control_config;
struct server_config;

/* Before the server: a certificate is there, perhaps one that signs itself, and `ret` names it. Nothing without a domain. 0, or -errno and a
 * line in ret_error. */
int domain_prepare(struct control *c, const struct control_config *config,
		   struct server_config *ret, char *ret_error);

/* The server answers, and what the team is warned of can be told. */
void domain_start(struct control *c);
