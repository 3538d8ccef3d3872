/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libconfab: ring people, join Confab's calls and those of any LiveKit server, and chat, from C.
 *
 *	confab_client_new ▸ confab_client_connect_user ▸ confab_client_call ▸ confab_call_join, _ring
 *
 * in this order: every operation of a call before connect_user or after disconnect_user fails with
 * CONFAB_ERR_TOKEN_NOT_SET. C99, also C++. There is no global state: several clients may live in one
 * program.
 *
 * Threads. A client works on a thread of its own (or on yours, see confab_client_fd); callbacks come
 * on that thread, one at a time. Functions may be called from any thread, callbacks included. Those
 * marked "waits" return when the work is done and must not be called in a callback: there they fail
 * at once with CONFAB_ERR_WOULD_WAIT; use the form that ends in _async, or another thread.
 *
 * Memory. What a function takes is copied; what an event points to is gone when the callback returns.
 * A client owns its calls, and a call its tracks and streams: handles stay valid until confab_client_free
 * (a track's: until confab_track_unpublish, a stream's: until confab_stream_close).
 *
 * Errors. Functions return 0 or an error code below; with `ret_error` not NULL the text for people,
 * too. A call that is lost comes back by itself: see CONFAB_EVENT_CALLING_STATE.
 *
 * Rules come from docs/api.md where nothing else is named; of media from the RFC at the place.
 */
#ifndef CONFAB_CONFAB_H
#define CONFAB_CONFAB_H

#include "base.h"
#include "call.h"
#include "chat.h"
#include "client.h"
#include "data.h"
#include "event.h"
#include "media.h"
#include "stream.h"

#endif
