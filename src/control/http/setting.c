/* SPDX-License-Identifier: Apache-2.0 */
#include "control/http/setting.h"

#include <errno.h>
#include <stdlib.h>

#include "base/must.h"
#include "control/http/access.h"

struct saving {
	struct http_req *req;
	struct control *control;
	const struct setting *setting;
	char error[SETTING_ERROR];
};

static void on_saved(void *arg, int status)
{
	struct saving *s = arg;

	if (status == -EINVAL)
		http_error(s->req, 400, 4, "%s", s->error);
	else if (status < 0)
		access_answer_error(s->req, status, "setting");
	else
		http_reply_json(s->req, 200, s->setting->tell(s->control));
	free(s);
}

void http_setting_put(struct http_req *req, struct control *control, const struct setting *setting)
{
	const json_t *body = http_body_json(req);

	if (!body)
		return;
	struct saving *s = must(calloc(1, sizeof *s));
	*s = (struct saving){ .req = req, .control = control, .setting = setting };
	setting->save(control, access_user(req), body, s->error, on_saved, s);
}
