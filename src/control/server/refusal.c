/* SPDX-License-Identifier: Apache-2.0 */
#include "control/server/refusal.h"

#include <stdio.h>

#include "control/server/text.h"

void refusal_vset(struct refusal *r, int status, int code, const char *format, va_list args)
{
	r->status = status;
	r->code = code;
	r->retry_after_s = 0;
	(void)vsnprintf(r->message, sizeof r->message, format, args);
	text_mend_utf8(r->message); /* it may quote anything, and was cut anywhere */
}

void refusal_set(struct refusal *r, int status, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	refusal_vset(r, status, code, format, args);
	va_end(args);
}

json_t *refusal_json(const struct refusal *r)
{
	return json_pack("{s:i, s:i, s:s}", "code", r->code, "status_code", r->status, "message",
			 r->message);
}
