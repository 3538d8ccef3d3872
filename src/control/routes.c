/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The map of the HTTP surface. Each row says who may ask: access.c sees to it before the handler runs, and lets
 * nobody in where a row says nothing. A route that changes something is under the CSRF rules unless it says
 * ROUTE_NO_CSRF. The contract is docs/api.md; api/openapi.yaml says the same of access (x-access), which
 * test/api/matrix.test.mjs compares and tries.
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
	{ HTTP_POST,   "/api/auth/login",                            http_login,                    ACCESS_PUBLIC },
	{ HTTP_POST,   "/api/auth/link",                             http_link,                     ACCESS_PUBLIC },
	{ HTTP_POST,   "/api/auth/logout",                           http_logout,                   ACCESS_PUBLIC },
	{ HTTP_GET,    "/api/auth/session",                          http_session,                  ACCESS_PUBLIC },
	{ HTTP_GET,    "/api/auth/sessions",                         http_sessions,                 ACCESS_SESSION },
	{ HTTP_POST,   "/api/auth/sessions/end_others",              http_sessions_end_others,      ACCESS_SESSION },
	{ HTTP_POST,   "/api/auth/links",                            http_own_link,                 ACCESS_SESSION },
	{ HTTP_POST,   "/api/auth/name",                             http_rename,                   ACCESS_SESSION },
	{ HTTP_POST,   "/api/auth/password",                         http_password,                 ACCESS_SESSION },

	/* this browser's notifications */
	{ HTTP_GET,    "/api/v1/push",                               http_push,                     ACCESS_SESSION },
	{ HTTP_POST,   "/api/v1/push/subscription",                  http_push_subscribe,           ACCESS_SESSION },
	{ HTTP_DELETE, "/api/v1/push/subscription",                  http_push_unsubscribe,         ACCESS_SESSION },

	/* token service */
	{ HTTP_GET | HTTP_POST, "/api/video-call",                            http_config,                   ACCESS_PUBLIC, ROUTE_NO_CSRF },
	{ HTTP_POST,   "/api/video-call/token",                      http_user_token,               ACCESS_SESSION },

	/* chat */
	{ HTTP_GET,    "/api/v1/conversations",                      http_conversations,            ACCESS_USER },
	{ HTTP_PATCH,  "/api/v1/conversations",                      http_support_bulk,             ACCESS_TEAM },
	{ HTTP_PATCH,  CONVERSATION,                                 http_support_change,           ACCESS_TEAM_OF },
	{ HTTP_GET,    CONVERSATION "/messages",                     http_messages,                 ACCESS_CONVERSATION },
	{ HTTP_POST,   CONVERSATION "/messages",                     http_message_send,             ACCESS_CONVERSATION },
	{ HTTP_GET,    CONVERSATION "/export",                       http_export,                   ACCESS_CONVERSATION },
	{ HTTP_POST,   CONVERSATION "/attachments",                  http_attach,                   ACCESS_CONVERSATION, ROUTE_UPLOAD },
	{ HTTP_GET,    "/files/{file}/{name}",                       http_file,                     ACCESS_PUBLIC, ROUTE_CORS },
	{ HTTP_PATCH,  MESSAGE,                                      http_message_edit,             ACCESS_CONVERSATION },
	{ HTTP_DELETE, MESSAGE,                                      http_message_delete,           ACCESS_CONVERSATION },
	{ HTTP_POST,   MESSAGE "/reactions",                         http_reaction_add,             ACCESS_CONVERSATION },
	{ HTTP_DELETE, MESSAGE "/reactions/{reaction}",              http_reaction_delete,          ACCESS_CONVERSATION },
	{ HTTP_POST,   MESSAGE "/report",                            http_report,                   ACCESS_CONVERSATION },
	{ HTTP_POST,   CONVERSATION "/read",                         http_read,                     ACCESS_CONVERSATION },
	{ HTTP_POST,   CONVERSATION "/unread",                       http_unread,                   ACCESS_TEAM_OF },
	{ HTTP_POST,   CONVERSATION "/delivered",                    http_delivered,                ACCESS_CONVERSATION },
	{ HTTP_POST,   CONVERSATION "/typing",                       http_typing,                   ACCESS_CONVERSATION },
	{ HTTP_GET,    "/api/v1/search",                             http_search,                   ACCESS_USER },
	{ HTTP_GET,    "/api/v1/channels",                           http_channels,                 ACCESS_USER },
	{ HTTP_POST,   "/api/v1/channels",                           http_channel_create,           ACCESS_USER },
	{ HTTP_GET,    CHANNEL,                                      http_channel,                  ACCESS_CONVERSATION },
	{ HTTP_PATCH,  CHANNEL,                                      http_channel_change,           ACCESS_CONVERSATION },
	{ HTTP_POST,   CHANNEL "/leave",                             http_channel_leave,            ACCESS_CONVERSATION },
	{ HTTP_GET,    "/api/v1/blocks",                             http_blocks,                   ACCESS_USER },
	{ HTTP_PUT,    "/api/v1/blocks/{user}",                      http_block_set,                ACCESS_USER },
	{ HTTP_DELETE, "/api/v1/blocks/{user}",                      http_block_lift,               ACCESS_USER },

	/* the support layer: for the team */
	{ HTTP_POST,   CONVERSATION "/viewing",                      http_viewing,                  ACCESS_TEAM_OF },
	{ HTTP_GET,    "/api/v1/team",                               http_team,                     ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/labels",                             http_labels,                   ACCESS_TEAM },
	{ HTTP_POST,   "/api/v1/labels",                             http_label_create,             ACCESS_TEAM },
	{ HTTP_PATCH,  "/api/v1/labels/{item}",                      http_label_change,             ACCESS_TEAM },
	{ HTTP_DELETE, "/api/v1/labels/{item}",                      http_label_delete,             ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/canned",                             http_canned,                   ACCESS_TEAM },
	{ HTTP_POST,   "/api/v1/canned",                             http_canned_create,            ACCESS_TEAM },
	{ HTTP_PATCH,  "/api/v1/canned/{item}",                      http_canned_change,            ACCESS_TEAM },
	{ HTTP_DELETE, "/api/v1/canned/{item}",                      http_canned_delete,            ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/customers/{id}",                     http_customer,                 ACCESS_TEAM },
	{ HTTP_PATCH,  "/api/v1/customers/{id}",                     http_customer_note,            ACCESS_TEAM },
	{ HTTP_POST,   "/api/v1/customers/{id}/merge",               http_customer_merge,           ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/support/hours",                      http_hours,                    ACCESS_TEAM },
	{ HTTP_PUT,    "/api/v1/support/hours",                      http_hours_put,                ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/support/figures",                    http_figures,                  ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/audit",                              http_audit,                    ACCESS_TEAM },

	/* and what the customer does for it */
	{ HTTP_POST,   CONVERSATION "/rating",                       http_support_rate,             ACCESS_CONVERSATION },
	{ HTTP_POST,   "/api/v1/seen",                               http_seen,                     ACCESS_USER },

	/* calls */
	{ HTTP_GET,    CALL,                                         http_call_get,                 ACCESS_CALL },
	{ HTTP_POST,   CALL,                                         http_call_create,              ACCESS_CALL },
	{ HTTP_PATCH,  CALL,                                         http_call_update,              ACCESS_CALL },
	{ HTTP_POST,   CALL "/join",                                 http_call_join,                ACCESS_CALL },
	{ HTTP_POST,   CALL "/ring",                                 http_call_ring,                ACCESS_CALL },
	{ HTTP_POST,   CALL "/accept",                               http_call_accept,              ACCESS_CALL },
	{ HTTP_POST,   CALL "/reject",                               http_call_reject,              ACCESS_CALL },
	{ HTTP_POST,   CALL "/members",                              http_call_update_members,      ACCESS_CALL },
	{ HTTP_POST,   CALL "/query_members",                        http_call_query_members,       ACCESS_CALL },
	{ HTTP_POST,   CALL "/end",                                  http_call_end,                 ACCESS_CALL },
	{ HTTP_POST,   CALL "/go_live",                              http_call_go_live,             ACCESS_CALL },
	{ HTTP_POST,   CALL "/stop_live",                            http_call_stop_live,           ACCESS_CALL },
	{ HTTP_POST,   CALL "/request_permissions",                  http_call_request_permissions, ACCESS_CALL },
	{ HTTP_POST,   CALL "/user_permissions",                     http_call_user_permissions,    ACCESS_CALL },
	{ HTTP_POST,   CALL "/mute_users",                           http_call_mute,                ACCESS_CALL },
	{ HTTP_POST,   CALL "/block",                                http_call_block,               ACCESS_CALL },
	{ HTTP_POST,   CALL "/unblock",                              http_call_unblock,             ACCESS_CALL },
	{ HTTP_POST,   CALL "/kick",                                 http_call_kick,                ACCESS_CALL },
	{ HTTP_POST,   CALL "/reaction",                             http_call_react,               ACCESS_CALL },
	{ HTTP_POST,   CALL "/event",                                http_call_send_event,          ACCESS_CALL },
	{ HTTP_POST,   CALL "/feedback",                             http_call_feedback,            ACCESS_CALL },
	{ HTTP_POST,   CALL "/start_recording",                      http_call_recording,           ACCESS_CALL },
	{ HTTP_POST,   CALL "/stop_recording",                       http_call_recording,           ACCESS_CALL },
	{ HTTP_POST,   CALL "/recordings",                           http_call_recording,           ACCESS_CALL },
	{ HTTP_POST,   "/api/v1/calls",                              http_calls_query,              ACCESS_USER },
	{ HTTP_GET,    "/api/v1/calltypes",                          http_call_types,               ACCESS_TEAM },
	{ HTTP_PUT,    "/api/v1/calltypes/{name}",                   http_call_type_put,            ACCESS_TEAM },
	{ HTTP_DELETE, "/api/v1/calltypes/{name}",                   http_call_type_delete,         ACCESS_TEAM },
	{ HTTP_POST,   "/api/v1/guest",                              http_guest,                    ACCESS_PUBLIC },

	/* the widget on other sites' pages */
	{ HTTP_POST,   "/api/v1/widget/session",                     http_widget_session,           ACCESS_PUBLIC, ROUTE_CORS | ROUTE_WIDGET },
	{ HTTP_GET,    "/api/v1/widget/team",                        http_widget_team,              ACCESS_PUBLIC, ROUTE_CORS },
	{ HTTP_GET,    "/widget.js",                                 http_asset,                    ACCESS_PUBLIC, ROUTE_CORS },
	{ HTTP_GET,    "/widget/{path...}",                          http_asset,                    ACCESS_PUBLIC, ROUTE_CORS },
	{ HTTP_GET,    "/shared/{path...}",                          http_asset,                    ACCESS_PUBLIC, ROUTE_CORS },

	/* for admins */
	{ HTTP_GET,    "/api/v1/bans",                               http_bans,                     ACCESS_TEAM },
	{ HTTP_PUT,    "/api/v1/bans/{user}",                        http_ban_set,                  ACCESS_TEAM },
	{ HTTP_DELETE, "/api/v1/bans/{user}",                        http_ban_lift,                 ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/reports",                            http_reports,                  ACCESS_TEAM },
	{ HTTP_POST,   "/api/v1/reports/{message}/close",            http_report_close,             ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/words",                              http_words,                    ACCESS_TEAM },
	{ HTTP_PUT,    "/api/v1/words",                              http_words_put,                ACCESS_TEAM },
	{ HTTP_DELETE, "/api/v1/users/{user}",                       http_user_delete,              ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/operator/calls",                     http_operator_calls,           ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/operator/history",                   http_operator_history,         ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/operator/problems",                  http_operator_problems,        ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/operator/server",                    http_operator_server,          ACCESS_TEAM },
	{ HTTP_GET,    "/api/v1/operator/webhooks",                  http_operator_webhooks,        ACCESS_TEAM },
	{ HTTP_POST,   WEBHOOK "/test",                              http_operator_webhook_test,    ACCESS_TEAM },
	{ HTTP_POST,   WEBHOOK "/deliveries/{delivery}/again",       http_operator_webhook_again,   ACCESS_TEAM },

	/* events: the first frame says who is asking */
	{ HTTP_GET,    "/api/v1/events",                             http_events,                   ACCESS_KEY },

	/* LiveKit signalling: the access token says who is asking */
	{ HTTP_GET,    "/rtc",                                       signal_http_rtc,               ACCESS_KEY, ROUTE_CORS },
	{ HTTP_GET,    "/rtc/validate",                              signal_http_validate,          ACCESS_KEY, ROUTE_CORS },
	{ HTTP_GET,    "/rtc/v1",                                    signal_http_not_served,        ACCESS_KEY, ROUTE_CORS },
	{ HTTP_GET,    "/rtc/v1/validate",                           signal_http_not_served,        ACCESS_KEY, ROUTE_CORS },

	/* LiveKit's server API: the access token's grants say what one may */
	{ HTTP_POST,   "/twirp/{service}/{method}",                  api_twirp,                     ACCESS_KEY, ROUTE_NO_CSRF },

	/* operators */
	{ HTTP_GET,    "/healthz",                                   http_health,                   ACCESS_PUBLIC, ROUTE_CORS }, /* the SDK measures by it how far the server is */
	{ HTTP_GET,    "/metrics",                                   http_metrics,                  ACCESS_LOCAL },

	/* the web app; `/` is also where LiveKit's clients look whether a server is there */
	{ HTTP_GET,    "/",                                          http_asset,                    ACCESS_PUBLIC, ROUTE_CORS },
	{ HTTP_GET,    "/{path...}",                                 http_asset,                    ACCESS_PUBLIC, ROUTE_FALLBACK },
};
/* clang-format on */

const size_t control_route_count = countof(control_routes);
