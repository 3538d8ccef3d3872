/* SPDX-License-Identifier: Apache-2.0 */
/* What the browser has to do with it: where it gives a camera, and what its console says when all is well. */
#include "cli/doctor/doctor.h"

void doctor_check_browser(struct doctor *d)
{
	const struct web_target *t = d->url ? &d->site : &d->own;
	char where[WEB_HOST + 32];

	if (!t->host[0])
		return;
	web_target_text(t, where);
	if (!t->tls && !web_target_is_local(t)) {
		doctor_warn(d, "browser",
			    "%s is not https: browsers give no camera and microphone there", where);
		doctor_fix(d, "--domain NAME, --tls-cert FILE --tls-key FILE, or a proxy with "
			      "https before it");
	} else {
		doctor_ok(d, "browser", "camera and microphone are to be had at %s", where);
	}
	doctor_ok(d, "console",
		  "a call that works writes `Connected to Confab`, then `Video call joined`; else "
		  "the "
		  "first red line says why, and the token's answer is in the Network tab "
		  "(--token-response)");
}
