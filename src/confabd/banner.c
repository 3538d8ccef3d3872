/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/banner.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "confabd/lan.h"
#include "net/udp.h"

enum { ORIGIN_TEXT = CONFIG_HOST + 24 };

static void print_endpoint(const char *before, const struct sockaddr_storage *a)
{
	char text[UDP_ADDRESS_TEXT];

	udp_address_text(a, text);
	(void)printf("%s%s", before, text);
}

static void print_media(const struct banner *b)
{
	struct sockaddr_storage a;

	for (unsigned i = 0; i < media_threads_count(b->media); i++) {
		for (size_t k = 0; media_threads_address(b->media, i, k, &a) == 0; k++)
			print_endpoint(i + k ? ", " : "  media   UDP ", &a);
	}
	for (size_t k = 0; media_threads_tcp_address(b->media, k, &a) == 0; k++)
		print_endpoint(k ? ", " : "\n          TCP ", &a);
	(void)printf("\n");
}

/* Our name, "localhost" where that reaches us, else the address we listen on. */
static void host_for_people(const struct config *c, const char *loopback_name, char *ret,
			    size_t capacity)
{
	if (c->domain_count)
		(void)snprintf(ret, capacity, "%s", c->domains[0]);
	else if (lan_is_any(c->host) || strcmp(c->host, "127.0.0.1") == 0 ||
		 strcmp(c->host, "localhost") == 0)
		(void)snprintf(ret, capacity, "%s", loopback_name);
	else
		(void)snprintf(ret, capacity, strchr(c->host, ':') ? "[%s]" : "%s", c->host);
}

/* "https://chat.example.com", "http://localhost:8080" */
static void origin_for_people(const struct banner *b, const char *loopback_name,
			      char ret[ORIGIN_TEXT])
{
	char host[CONFIG_HOST + 2];
	unsigned port = control_port(b->control);
	bool tls = control_is_tls(b->control);

	host_for_people(b->config, loopback_name, host, sizeof host);
	if (b->config->domain_count && port == CONFIG_HTTPS_PORT)
		(void)snprintf(ret, ORIGIN_TEXT, "https://%s", host);
	else
		(void)snprintf(ret, ORIGIN_TEXT, "%s://%s:%u", tls ? "https" : "http", host, port);
}

/* Who opens the page from another machine is told here why there is no picture, not there. */
static void print_network(const struct banner *b)
{
	struct sockaddr_storage own, a;
	char address[UDP_ADDRESS_TEXT], media[UDP_ADDRESS_TEXT];
	bool tls = control_is_tls(b->control);

	if (!lan_is_any(b->config->host) ||
	    (!lan_address(AF_INET, &own) &&
	     (!strchr(b->config->host, ':') || !lan_address(AF_INET6, &own))))
		return;
	udp_ip_text(&own, address);
	if (b->config->domain_count == 0)
		(void)printf(own.ss_family == AF_INET6 ? "  others  %s://[%s]:%u in your network\n"
						       : "  others  %s://%s:%u in your network\n",
			     tls ? "https" : "http", address, control_port(b->control));
	if (!tls)
		(void)printf("          Browsers give camera and microphone to https pages only: "
			     "--domain, or --tls-cert, --tls-key\n");
	if (media_threads_address(b->media, 0, 0, &a) < 0)
		return;
	udp_ip_text(&a, media);
	if (strncmp(media, "127.", 4) == 0)
		(void)printf("          Media reaches this machine only: add --rtc-ip %s\n",
			     address);
	else if (!b->config->rtc_ip_given && lan_is_private(&a))
		(void)printf("          Calls from beyond your network need its public address, "
			     "too: --rtc-ip PUBLIC/%s --rtc-ip %s\n",
			     media, media);
}

void banner_print(const struct banner *b)
{
	/* Two hosts, so that one browser can hold both sign-ins: cookies belong to a host. */
	static const char *const loopback[DEMO_ACCOUNTS] = { "localhost", "127.0.0.1" };
	const struct demo_account *demo = b->demo;
	char origin[ORIGIN_TEXT], folder[PATH_MAX];

	origin_for_people(b, "localhost", origin);
	(void)printf("Confab " CONFAB_VERSION " is listening on %s\n", origin);
	print_media(b);
	print_network(b);
	(void)printf("  data    %s\n",
		     realpath(b->config->data, folder) ? folder : b->config->data);
	if (demo)
		(void)printf("\nSign in with these links. Each works once, within a day; a restart "
			     "prints new ones.\n");
	for (size_t i = 0; demo && i < DEMO_ACCOUNTS; i++) {
		origin_for_people(b, loopback[i], origin);
		(void)printf("  %-6s  %-12s  %s/signin#%s\n", demo[i].id, demo[i].name, origin,
			     demo[i].link);
	}
	if (demo)
		(void)printf("  %-6s  %-12s  %s/demo/shop.html\n"
			     "Open the first two side by side, write, press the camera button, and "
			     "accept on the other side.\n",
			     "shop", "the widget", origin);
	for (size_t i = 0; demo && i < DEMO_ACCOUNTS; i++) {
		if (demo[i].password[0])
			(void)printf("%s  password of %s: %s\n",
				     i ? "" : "\nShown only this once:\n", demo[i].id,
				     demo[i].password);
	}
	(void)fflush(stdout);
}
