/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/doctor/signal.h"

#include <livekit_rtc.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/address.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/rng.h"
#include "base/sb.h"
#include "cli/doctor/doctor.h"
#include "control/auth/media_token.h"
#include "net/udp.h"

enum { LIFE_S = 60, MESSAGES_MAX = 32 /* before the offer */ };

/* The value of the first line that begins with `name`. */
static bool attribute(const char *sdp, const char *name, char ret[ICE_TEXT])
{
	const char *at = strstr(sdp, name);
	size_t n = at ? strcspn(at + strlen(name), "\r\n") : 0;

	if (n == 0 || n >= ICE_TEXT)
		return false;
	(void)snprintf(ret, ICE_TEXT, "%.*s", (int)n, at + strlen(name));
	return true;
}

static bool is_known(const struct place *places, size_t count, const struct place *p)
{
	for (size_t i = 0; i < count; i++) {
		if (places[i].tcp == p->tcp && address_equal(&places[i].address, &p->address))
			return true;
	}
	return false;
}

size_t places_of(const char *sdp, struct place places[PLACES_MAX], size_t count)
{
	static const char line[] = "a=candidate:";
	struct place p = { 0 };

	if (!attribute(sdp, "a=ice-ufrag:", p.ufrag) || !attribute(sdp, "a=ice-pwd:", p.pwd))
		return count;
	for (const char *at = strstr(sdp, line); at && count < PLACES_MAX;
	     at = strstr(at + 1, line)) {
		char protocol[8], ip[64];
		unsigned port;

		if (sscanf(at, "a=candidate:%*s 1 %7s %*u %63s %u typ host", protocol, ip, &port) !=
			    3 ||
		    port > 65535 || udp_address_parse(ip, (uint16_t)port, &p.address) < 0)
			continue;
		p.tcp = strcasecmp(protocol, "tcp") == 0;
		if (!is_known(places, count, &p))
			places[count++] = p;
	}
	return count;
}

/* The server offers by itself: it is the one that has something to send. */
static bool read_offer(struct dial *c, struct place places[PLACES_MAX], size_t *count)
{
	autofree uint8_t *bytes = malloc(WEB_FRAME);
	bool offered = false;

	for (int i = 0; bytes && i < MESSAGES_MAX && !offered; i++) {
		long n = web_socket_read(c, bytes);

		if (n < 0)
			break;
		Lk__SignalResponse *m = lk__signal_response__unpack(NULL, (size_t)n, bytes);
		offered = m && m->message_case == LK__SIGNAL_RESPONSE__MESSAGE_OFFER &&
			  m->offer->sdp;
		if (offered)
			*count = places_of(m->offer->sdp, places, *count);
		if (m)
			lk__signal_response__free_unpacked(m, NULL);
	}
	return offered;
}

static char *make_path(const struct token_keys *keys, unsigned number)
{
	struct media_token token = { 0 };
	struct sb path = { 0 };
	char room[64], word[16];

	rng_name(rng_os(), "", word, sizeof word);
	(void)snprintf(room, sizeof room, "confab-doctor-%s-%u", word, number);
	if (media_token_init(&token, "confab-doctor", "Doctor", room) < 0)
		return NULL;
	token.hidden = true;
	autofree char *text = media_token_make(keys, &token, clock_wall_us() / US_PER_S, LIFE_S);
	media_token_fini(&token);
	sb_printf(&path, "/rtc?access_token=%s&auto_subscribe=1&sdk=js&version=2.0.0&protocol=15",
		  text ? text : "");
	return sb_steal(&path);
}

struct dial *signal_enter(const struct web_target *t, const struct token_keys *keys,
			  unsigned number, struct place places[PLACES_MAX], size_t *count,
			  struct web_answer *ret)
{
	autofree char *path = make_path(keys, number);

	*ret = (struct web_answer){ 0 };
	if (!path)
		return NULL;
	struct dial *c = web_socket_open(t, path, ret);
	if (!c)
		return NULL;
	dial_wait(c, DOCTOR_WAIT_MS);
	if (read_offer(c, places, count))
		return c;
	(void)snprintf(ret->error, sizeof ret->error, "the room offered no media in time");
	return dial_close(c);
}

/* Who only hangs up is waited for. */
void signal_leave(struct dial *c)
{
	Lk__LeaveRequest leave = LK__LEAVE_REQUEST__INIT;
	Lk__SignalRequest m = LK__SIGNAL_REQUEST__INIT;
	uint8_t bytes[64];

	m.message_case = LK__SIGNAL_REQUEST__MESSAGE_LEAVE;
	m.leave = &leave;
	if (c && lk__signal_request__get_packed_size(&m) <= sizeof bytes)
		(void)web_socket_send(c, bytes, lk__signal_request__pack(&m, bytes));
	(void)dial_close(c);
}
