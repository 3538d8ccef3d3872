/* SPDX-License-Identifier: Apache-2.0 */
/* The way of the media: the addresses that a call is told, whether they are this machine's, and whether they answer. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "cli/doctor/doctor.h"
#include "cli/doctor/probe.h"
#include "confabd/lan.h"
#include "control/auth/token.h"
#include "net/udp.h"

enum { ROOMS = 4 /* each new room may be on another media thread, with a port of its own */ };

struct media {
	struct doctor *d;
	const struct web_target *asked;
	struct place places[PLACES_MAX];
	size_t count;
	struct probe probes[PLACES_MAX];
};

/* ---- what addresses are ---- */

static bool is_loopback(const struct sockaddr_storage *a)
{
	char text[UDP_ADDRESS_TEXT];

	udp_ip_text(a, text);
	return strncmp(text, "127.", 4) == 0 || strcmp(text, "::1") == 0;
}

static bool is_of_this_machine(const struct sockaddr_storage *a)
{
	char text[UDP_ADDRESS_TEXT], own[UDP_ADDRESS_TEXT];
	struct ifaddrs *all;
	bool found = is_loopback(a);

	udp_ip_text(a, text);
	if (getifaddrs(&all) < 0)
		return found;
	for (const struct ifaddrs *i = all; i && !found; i = i->ifa_next) {
		struct sockaddr_storage one = { 0 };

		if (!i->ifa_addr || i->ifa_addr->sa_family != a->ss_family)
			continue;
		memcpy(&one, i->ifa_addr,
		       a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
						: sizeof(struct sockaddr_in));
		udp_ip_text(&one, own);
		found = strcmp(own, text) == 0;
	}
	freeifaddrs(all);
	return found;
}

/* Whether people come to the URL from everywhere. */
static bool is_public(const struct web_target *t, struct sockaddr_storage *ret)
{
	struct sockaddr_storage to[DIAL_ADDRESSES];
	char error[DIAL_ERROR];
	size_t n = dial_resolve(t->host, t->port, DOCTOR_WAIT_MS, to, error);

	for (size_t i = 0; i < n; i++) {
		if (!is_loopback(&to[i]) && !lan_is_private(&to[i])) {
			*ret = to[i];
			return true;
		}
	}
	return false;
}

/* ---- the addresses ---- */

static void list_addresses(const struct media *m, char *ret, size_t capacity)
{
	size_t n = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < m->count && n < capacity; i++) {
		const struct sockaddr_storage *a = &m->places[i].address;
		char text[UDP_ADDRESS_TEXT];

		udp_address_text(a, text);
		n += (size_t)snprintf(ret + n, capacity - n, "%s%s %s", n ? ", " : "",
				      m->places[i].tcp ? "tcp" : "udp", text);
	}
}

/* Of each what it is: for people elsewhere only public ones count. */
static void check_reach(struct media *m)
{
	struct doctor *d = m->d;
	const struct web_target *people = d->url ? &d->site : m->asked;
	struct sockaddr_storage public_address;
	bool local = web_target_is_local(people),
	     everybody = !local && is_public(people, &public_address);
	bool reaches_others = false, reaches_all = false;
	char ip[UDP_ADDRESS_TEXT], where[WEB_HOST + 32];

	for (size_t i = 0; i < m->count; i++) {
		const struct sockaddr_storage *a = &m->places[i].address;

		reaches_others |= !is_loopback(a);
		reaches_all |= !is_loopback(a) && !lan_is_private(a);
	}
	web_target_text(people, where);
	if (everybody && !reaches_all) {
		udp_ip_text(&public_address, ip);
		doctor_bad(d, "rtc-ip",
			   "calls are told private addresses only, and %s is public: "
			   "nobody from outside sees or hears anything",
			   where);
		udp_ip_text(&m->places[0].address, where);
		doctor_fix(d, "--rtc-ip %s/%s for confabd, or rtc-ip = %s/%s in its configuration",
			   ip, where, ip, where);
	} else if (!local && !reaches_others) {
		doctor_bad(d, "rtc-ip",
			   "calls are told loopback addresses only, and %s is for other "
			   "machines",
			   where);
		doctor_fix(d, "--rtc-ip with the address of the server that others reach");
	}
}

/* Behind a NAT the public one leads here by forwarding, which we cannot see. */
static void check_mapping(struct media *m)
{
	const struct config *c = &m->d->config;
	char offered[UDP_ADDRESS_TEXT], local[UDP_ADDRESS_TEXT];

	if (!m->d->config_known || !c->rtc_ip_given)
		return;
	for (size_t i = 0; i < c->rtc_ip_count; i++) {
		udp_ip_text(&c->rtc_ips[i], offered);
		udp_ip_text(&c->rtc_locals[i], local);
		if (!is_of_this_machine(&c->rtc_locals[i]))
			doctor_warn(m->d, "rtc-ip", "%s is not seen on this machine", local);
		else if (strcmp(offered, local) != 0)
			doctor_ok(m->d, "rtc-ip", "%s, behind a NAT that forwards to %s", offered,
				  local);
		else
			doctor_ok(m->d, "rtc-ip", "%s, this machine's own", offered);
	}
}

/* ---- whether they answer ---- */

/* "7882", or "7882:7883" for all that media threads may have. */
static void port_range(const struct media *m, char separator, char ret[16])
{
	unsigned low = 65535, high = 0;

	for (size_t i = 0; i < m->count; i++) {
		const struct sockaddr_in *v4 = (const void *)&m->places[i].address;
		unsigned port = ntohs(v4->sin_port); /* of IPv6 at the same place */

		if (m->places[i].tcp)
			continue;
		low = port < low ? port : low;
		high = port > high ? port : high;
	}
	if (m->d->config_known && m->d->config.rtc_port) {
		long cores = sysconf(_SC_NPROCESSORS_ONLN);
		unsigned workers = m->d->config.workers ? m->d->config.workers : (unsigned)cores;

		low = m->d->config.rtc_port;
		high = low + workers - 1 > high ? low + workers - 1 : high;
	}
	(void)snprintf(ret, 16, high > low ? "%u%c%u" : "%u", low, separator, high);
}

static void say_firewall(struct media *m, const struct place *p)
{
	const struct sockaddr_in *v4 = (const void *)&p->address;
	char nft[16], ufw[16];

	if (p->tcp) {
		(void)snprintf(nft, sizeof nft, "%u", ntohs(v4->sin_port));
		memcpy(ufw, nft, sizeof ufw);
	} else {
		port_range(m, '-', nft);
		port_range(m, ':', ufw);
	}
	doctor_fix(
		m->d,
		"on the server: nft add rule inet filter input %s dport %s accept, or: ufw allow "
		"%s/%s; and let %s %s in at the provider's firewall (security group) and router",
		p->tcp ? "tcp" : "udp", nft, ufw, p->tcp ? "tcp" : "udp", p->tcp ? "tcp" : "udp",
		nft);
}

/* From the server itself many a NAT does not lead back to its own public address. */
static bool may_be_hairpin(const struct media *m, const struct place *p)
{
	return m->d->runs && !lan_is_private(&p->address) && !is_of_this_machine(&p->address);
}

static void say_probe(struct media *m, const struct probe *p)
{
	const char *protocol = p->place->tcp ? "tcp" : "udp";
	char where[UDP_ADDRESS_TEXT], why[96];

	udp_address_text(&p->place->address, where);
	if (p->answered) {
		doctor_ok(m->d, protocol, "%s answers checks after %u ms%s", where, p->after_ms,
			  p->mapped_elsewhere ? ", through a NAT on this side" : "");
		return;
	}
	(void)snprintf(why, sizeof why, "%s", p->failed ? strerror(p->failed) : "no answer in 3 s");
	if (may_be_hairpin(m, p->place)) {
		doctor_warn(m->d, protocol,
			    "%s: %s, asked from the server itself: its NAT does not lead back, "
			    "perhaps",
			    where, why);
		doctor_fix(m->d, "ask from another machine: CONFAB_API_KEY=… CONFAB_API_SECRET=… "
				 "confab doctor --url https://…");
		return;
	}
	doctor_bad(m->d, protocol, "%s: %s to a STUN binding request", where, why);
	if (p->failed == ECONNREFUSED)
		doctor_fix(m->d,
			   "nothing has that port there: is %s the address that leads to "
			   "confabd (--rtc-ip), and does the NAT forward %s?",
			   where, protocol);
	else
		say_firewall(m, p->place);
}

static void check_places(struct media *m)
{
	for (size_t i = 0; i < m->count; i++)
		m->probes[i] = (struct probe){ .place = &m->places[i], .fd = -1 };
	probe_all(m->probes, m->count, DOCTOR_WAIT_MS);
	for (size_t i = 0; i < m->count; i++) {
		/* the server's own loopback is offered, and is nothing from elsewhere */
		if (is_loopback(&m->places[i].address) && !m->d->runs &&
		    !web_target_is_local(m->asked))
			continue;
		say_probe(m, &m->probes[i]);
	}
}

static bool has_tcp(const struct media *m)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->places[i].tcp)
			return true;
	}
	return false;
}

void doctor_check_media(struct doctor *d)
{
	struct media m = { .d = d, .asked = doctor_target(d, true) };
	const struct token_keys keys = api_keys_token(&d->keys);
	struct dial *rooms[ROOMS] = { NULL };
	struct web_answer a = { 0 };
	char text[512];

	if (!m.asked || !d->keys_known) {
		doctor_warn(d, "room",
			    "none is entered: %s, so whether media gets through is not known",
			    d->keys_known ? "nothing that may have a token answers"
					  : "no API key pair is known");
		doctor_fix(d, "see to what is above, then ask again");
		return;
	}
	for (unsigned i = 0; i < ROOMS; i++) {
		size_t before = m.count;

		rooms[i] = signal_enter(m.asked, &keys, i, m.places, &m.count, &a);
		web_answer_fini(&a);
		if (m.count == before)
			break;
	}
	if (m.count == 0) {
		doctor_bad(d, "room", "none could be entered: %d %s", a.status, a.error);
		doctor_fix(d,
			   "see what is bad above; confabd's log says more with --log-level debug");
	} else {
		list_addresses(&m, text, sizeof text);
		doctor_ok(d, "room", "one was entered, and media offered at %s", text);
		check_mapping(&m);
		check_reach(&m);
		check_places(&m);
		if (!has_tcp(&m)) {
			doctor_warn(d, "tcp",
				    "media is offered over UDP only: networks that block it "
				    "get no call");
			doctor_fix(d, "--rtc-tcp-port 7881, a port that is free");
		}
		doctor_check_turn(d, m.asked);
	}
	for (unsigned i = 0; i < ROOMS; i++)
		signal_leave(rooms[i]);
}
