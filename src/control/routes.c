/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The map of the HTTP surface. The flags say who may ask (access.c) and whether other origins may
 * read the answer. A route that changes something is under the CSRF rules unless it says
 * ROUTE_NO_CSRF. The contract is docs/api.md.
 */
#include "control/routes.h"

#include "base/cleanup.h"
#include "control/api/api.h"
#include "control/http/handlers.h"
#include "control/signal/signal.h"

#define CONVERSATION "/api/v1/conversations/{id}"
#define MESSAGE	     CONVERSATION "/messages/{message}"
#define CHANNEL	     "/api/v1/channels/{id}"
#define CALL	     "/api/v1/call/{type}/{id}"
#define WEBHOOK	     "/api/v1/operator/webhooks/{webhook}"

/* clang-format off */
const struct http_route control_routes[] = {
	/* accounts */
	{ HTTP_POST, "/api/auth/login",        http_login,             ROUTE_PUBLIC },
	{ HTTP_POST, "/api/auth/link",         http_link,              ROUTE_PUBLIC },
	{ HTTP_POST, "/api/auth/logout",       http_logout,            ROUTE_PUBLIC },
	{ HTTP_GET,  "/api/auth/session",      http_session,           ROUTE_PUBLIC },
	{ HTTP_GET,  "/api/auth/sessions",     http_sessions,          ROUTE_SESSION },
	{ HTTP_POST, "/api/auth/sessions/end_others", http_sessions_end_others, ROUTE_SESSION },
	{ HTTP_POST, "/api/auth/name",         http_rename,            ROUTE_SESSION },
	{ HTTP_POST, "/api/auth/password",     http_password,          ROUTE_SESSION },

	/* this browser's notifications */
	{ HTTP_GET,  "/api/v1/push",           http_push,              ROUTE_SESSION },
	{ HTTP_POST, "/api/v1/push/subscription", http_push_subscribe, ROUTE_SESSION },
	{ HTTP_DELETE, "/api/v1/push/subscription", http_push_unsubscribe, ROUTE_SESSION },

	/* token service */
	{ HTTP_GET | HTTP_POST, "/api/video-call", http_config,        ROUTE_PUBLIC | ROUTE_NO_CSRF },
	{ HTTP_POST, "/api/video-call/token",  http_user_token,        ROUTE_SESSION },

	/* chat */
	{ HTTP_GET,  "/api/v1/conversations",  http_conversations,     ROUTE_USER },
	{ HTTP_PATCH, "/api/v1/conversations", http_support_bulk,      ROUTE_USER },
	{ HTTP_PATCH, CONVERSATION,            http_support_change,    ROUTE_USER },
	{ HTTP_GET,  CONVERSATION "/messages", http_messages,          ROUTE_USER },
	{ HTTP_POST, CONVERSATION "/messages", http_message_send,      ROUTE_USER },
	{ HTTP_GET,  CONVERSATION "/export",   http_export,            ROUTE_USER },
	{ HTTP_POST, CONVERSATION "/attachments", http_attach,         ROUTE_USER | ROUTE_UPLOAD },
	{ HTTP_GET,  "/files/{file}/{name}",   http_file,              ROUTE_PUBLIC | ROUTE_CORS },
	{ HTTP_PATCH, MESSAGE,                 http_message_edit,      ROUTE_USER },
	{ HTTP_DELETE, MESSAGE,                http_message_delete,    ROUTE_USER },
	{ HTTP_POST, MESSAGE "/reactions",     http_reaction_add,      ROUTE_USER },
	{ HTTP_DELETE, MESSAGE "/reactions/{reaction}", http_reaction_delete, ROUTE_USER },
	{ HTTP_POST, MESSAGE "/report",        http_report,            ROUTE_USER },
	{ HTTP_POST, CONVERSATION "/read",     http_read,              ROUTE_USER },
	{ HTTP_POST, CONVERSATION "/unread",   http_unread,            ROUTE_USER },
	{ HTTP_POST, CONVERSATION "/delivered", http_delivered,        ROUTE_USER },
	{ HTTP_POST, CONVERSATION "/typing",   http_typing,            ROUTE_USER },
	{ HTTP_GET,  "/api/v1/search",         http_search,            ROUTE_USER },
	{ HTTP_GET,  "/api/v1/channels",       http_channels,          ROUTE_USER },
	{ HTTP_POST, "/api/v1/channels",       http_channel_create,    ROUTE_USER },
	{ HTTP_GET,  CHANNEL,                  http_channel,           ROUTE_USER },
	{ HTTP_PATCH, CHANNEL,                 http_channel_change,    ROUTE_USER },
	{ HTTP_POST, CHANNEL "/leave",         http_channel_leave,     ROUTE_USER },
	{ HTTP_GET,  "/api/v1/blocks",         http_blocks,            ROUTE_USER },
	{ HTTP_PUT,  "/api/v1/blocks/{user}",  http_block_set,         ROUTE_USER },
	{ HTTP_DELETE, "/api/v1/blocks/{user}", http_block_lift,       ROUTE_USER },

	/* the support layer: for the team */
	{ HTTP_POST, CONVERSATION "/viewing",  http_viewing,           ROUTE_USER },
	{ HTTP_GET,  "/api/v1/team",           http_team,              ROUTE_USER },
	{ HTTP_GET,  "/api/v1/labels",         http_labels,            ROUTE_USER },
	{ HTTP_POST, "/api/v1/labels",         http_label_create,      ROUTE_USER },
	{ HTTP_PATCH, "/api/v1/labels/{item}", http_label_change,      ROUTE_USER },
	{ HTTP_DELETE, "/api/v1/labels/{item}", http_label_delete,     ROUTE_USER },
	{ HTTP_GET,  "/api/v1/canned",         http_canned,            ROUTE_USER },
	{ HTTP_POST, "/api/v1/canned",         http_canned_create,     ROUTE_USER },
	{ HTTP_PATCH, "/api/v1/canned/{item}", http_canned_change,     ROUTE_USER },
	{ HTTP_DELETE, "/api/v1/canned/{item}", http_canned_delete,    ROUTE_USER },
	{ HTTP_GET,  "/api/v1/customers/{id}", http_customer,          ROUTE_USER },
	{ HTTP_PATCH, "/api/v1/customers/{id}", http_customer_note,    ROUTE_USER },
	{ HTTP_POST, "/api/v1/customers/{id}/merge", http_customer_merge, ROUTE_USER },
	{ HTTP_GET,  "/api/v1/support/hours",  http_hours,             ROUTE_USER },
	{ HTTP_PUT,  "/api/v1/support/hours",  http_hours_put,         ROUTE_USER },
	{ HTTP_GET,  "/api/v1/support/figures", http_figures,          ROUTE_USER },
	{ HTTP_GET,  "/api/v1/audit",          http_audit,             ROUTE_USER },

	/* and what the customer does for it */
	{ HTTP_POST, CONVERSATION "/rating",   http_support_rate,      ROUTE_USER },
	{ HTTP_POST, "/api/v1/seen",           http_seen,              ROUTE_USER },

	/* calls */
	{ HTTP_GET,    CALL,                                  http_call_get,                 ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL,                                  http_call_create,              ROUTE_USER | ROUTE_CALL },
	{ HTTP_PATCH,  CALL,                                  http_call_update,              ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/join",                          http_call_join,                ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/ring",                          http_call_ring,                ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/accept",                        http_call_accept,              ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/reject",                        http_call_reject,              ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/members",                       http_call_update_members,      ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/query_members",                 http_call_query_members,       ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/end",                           http_call_end,                 ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/go_live",                       http_call_go_live,             ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/stop_live",                     http_call_stop_live,           ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/request_permissions",           http_call_request_permissions, ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/user_permissions",              http_call_user_permissions,    ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/mute_users",                    http_call_mute,                ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/block",                         http_call_block,               ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/unblock",                       http_call_unblock,             ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/kick",                          http_call_kick,                ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/reaction",                      http_call_react,               ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/event",                         http_call_send_event,          ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/feedback",                      http_call_feedback,            ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/start_recording",                       http_call_recording,           ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/stop_recording",                        http_call_recording,           ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   CALL "/recordings",                            http_call_recording,           ROUTE_USER | ROUTE_CALL },
	{ HTTP_POST,   "/api/v1/calls",                       http_calls_query,              ROUTE_USER },
	{ HTTP_GET,    "/api/v1/calltypes",                   http_call_types,               ROUTE_USER },
	{ HTTP_PUT,    "/api/v1/calltypes/{name}",            http_call_type_put,            ROUTE_USER },
	{ HTTP_DELETE, "/api/v1/calltypes/{name}",            http_call_type_delete,         ROUTE_USER },
	{ HTTP_POST,   "/api/v1/guest",                       http_guest,                    ROUTE_PUBLIC },

	/* the widget on other sites' pages */
	{ HTTP_POST,   "/api/v1/widget/session",              http_widget_session,           ROUTE_PUBLIC | ROUTE_CORS | ROUTE_WIDGET },
	{ HTTP_GET,    "/api/v1/widget/team",                 http_widget_team,              ROUTE_PUBLIC | ROUTE_CORS },
	{ HTTP_GET,    "/widget.js",                          http_asset,                    ROUTE_PUBLIC | ROUTE_CORS },
	{ HTTP_GET,    "/widget/{path...}",                   http_asset,                    ROUTE_PUBLIC | ROUTE_CORS },
	{ HTTP_GET,    "/shared/{path...}",                   http_asset,                    ROUTE_PUBLIC | ROUTE_CORS },

	/* for admins */
	{ HTTP_GET,    "/api/v1/bans",                        http_bans,                     ROUTE_USER },
	{ HTTP_PUT,    "/api/v1/bans/{user}",                 http_ban_set,                  ROUTE_USER },
	{ HTTP_DELETE, "/api/v1/bans/{user}",                 http_ban_lift,                 ROUTE_USER },
	{ HTTP_GET,    "/api/v1/reports",                     http_reports,                  ROUTE_USER },
	{ HTTP_POST,   "/api/v1/reports/{message}/close",     http_report_close,             ROUTE_USER },
	{ HTTP_GET,    "/api/v1/words",                       http_words,                    ROUTE_USER },
	{ HTTP_PUT,    "/api/v1/words",                       http_words_put,                ROUTE_USER },
	{ HTTP_DELETE, "/api/v1/users/{user}",                http_user_delete,              ROUTE_USER },
	{ HTTP_GET,    "/api/v1/operator/calls",              http_operator_calls,           ROUTE_USER },
	{ HTTP_GET,    "/api/v1/operator/history",            http_operator_history,         ROUTE_USER },
	{ HTTP_GET,    "/api/v1/operator/problems",           http_operator_problems,        ROUTE_USER },
	{ HTTP_GET,    "/api/v1/operator/server",             http_operator_server,          ROUTE_USER },
	{ HTTP_GET,    "/api/v1/operator/webhooks",           http_operator_webhooks,        ROUTE_USER },
	{ HTTP_POST,   WEBHOOK "/test",                       http_operator_webhook_test,    ROUTE_USER },
	{ HTTP_POST,   WEBHOOK "/deliveries/{delivery}/again", http_operator_webhook_again,  ROUTE_USER },

	/* events: the first frame says who is asking */
	{ HTTP_GET,  "/api/v1/events",         http_events,            ROUTE_PUBLIC },

	/* LiveKit signalling: the access token says who is asking */
	{ HTTP_GET,  "/rtc",                   signal_http_rtc,        ROUTE_PUBLIC | ROUTE_CORS },
	{ HTTP_GET,  "/rtc/validate",          signal_http_validate,   ROUTE_PUBLIC | ROUTE_CORS },
	{ HTTP_GET,  "/rtc/v1",                signal_http_not_served, ROUTE_PUBLIC | ROUTE_CORS },
	{ HTTP_GET,  "/rtc/v1/validate",       signal_http_not_served, ROUTE_PUBLIC | ROUTE_CORS },

	/* LiveKit's server API: the access token's grants say what one may */
	{ HTTP_POST, "/twirp/{service}/{method}", api_twirp,         ROUTE_PUBLIC | ROUTE_NO_CSRF },

	/* operators */
	{ HTTP_GET,  "/healthz",               http_health,            ROUTE_PUBLIC | ROUTE_CORS }, /* the SDK measures by it how far the server is */
	{ HTTP_GET,  "/metrics",               http_metrics,           ROUTE_PUBLIC },

	/* the web app; `/` is also where LiveKit's clients look whether a server is there */
	{ HTTP_GET,  "/",                      http_asset,             ROUTE_PUBLIC | ROUTE_CORS },
	{ HTTP_GET,  "/{path...}",             http_asset,             ROUTE_PUBLIC | ROUTE_FALLBACK },
};
/* clang-format on */

const size_t control_route_count = countof(control_routes);
