/* SPDX-License-Identifier: Apache-2.0 */
/* Whether media would go through the web port (media/turn.h): asks there without credentials, and is to be told how to ask. */
#include <string.h>

#include "base/rng.h"
#include "cli/doctor/doctor.h"
#include "cli/doctor/web.h"
#include "wire/turn.h"

/* The answer to an Allocate, as far as it comes. */
static size_t ask(const struct web_target *t, uint8_t *ret, size_t capacity,
		  char ret_error[DIAL_ERROR])
{
	struct turn_msg m = { .type = TURN_ALLOCATE, .has_transport = true, .transport = TURN_UDP };
	uint8_t bytes[STUN_MESSAGE_MAX];
	struct stun_out out;
	size_t n = 0;

	rng_fill(rng_os(), m.tid, sizeof m.tid);
	if (turn_write(&out, bytes, sizeof bytes, &m, false) < 0)
		return 0;
	struct dial *c = dial_open(t->host, t->port, t->tls, DOCTOR_WAIT_MS, NULL, ret_error);
	if (!c)
		return 0;
	dial_wait(c, DOCTOR_WAIT_MS);
	if (dial_write(c, bytes, out.length)) {
		long r = dial_read(c, ret, capacity); /* one message, one record */

		n = r > 0 ? (size_t)r : 0;
	}
	(void)dial_close(c);
	return n;
}

void doctor_check_turn(struct doctor *d, const struct web_target *t)
{
	char error[DIAL_ERROR] = "", where[WEB_HOST + 32];
	uint8_t answer[1024];
	struct turn_msg m;
	size_t n = ask(t, answer, sizeof answer, error);

	web_target_text(t, where);
	if (turn_parse(&m, answer, n) == STUN_OK && m.error_code == TURN_UNAUTHENTICATED)
		doctor_ok(d, "turn", "where nothing else passes, media goes through %s", where);
	else if (d->config_known && d->config.no_turn)
		doctor_ok(d, "turn", "off (--no-turn): no media through %s", where);
	else if (n >= 5 && memcmp(answer, "HTTP/", 5) == 0)
		doctor_ok(d, "turn",
			  "none: %s is behind a proxy for HTTP, or --no-turn was said; networks "
			  "that let "
			  "nothing else pass get no call",
			  where);
	else {
		doctor_warn(d, "turn",
			    "%s does not answer TURN%s%s: networks that let nothing else pass get "
			    "no call",
			    where, error[0] ? ": " : "", error);
		doctor_fix(
			d,
			"look for what stands between and knows HTTP only, a proxy or a firewall "
			"that takes TLS apart");
	}
}
