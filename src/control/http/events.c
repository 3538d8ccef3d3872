/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v1/events: the door of the event socket (ws/events.c). Other origins' pages may open it
 * too, but browsers send the cookie along with a WebSocket: there it does not count, and the first
 * frame must bring a token. */
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/ws/hub.h"

void http_events(struct http_req *req, struct control *control)
{
	if (http_wants_upgrade(req)) {
		hub_open_socket(control->hub, req,
				access_own_origin(req) ? http_cookie(req, SESSION_COOKIE) : NULL);
		return;
	}
	http_add_header(req, "upgrade", "websocket");
	http_error(req, 426, 4, "Open this address as a WebSocket.");
}
