/* SPDX-License-Identifier: Apache-2.0 */
/* The resources of docs/api.md, one file each; routes.c says which path leads where.
 * Control thread only. */
#pragma once

#include "control/server/request.h"

/* session.c */
http_fn http_login, http_link, http_logout, http_session;
/* account.c */
http_fn http_sessions, http_sessions_end_others, http_own_link, http_rename, http_password;
/* video_call.c */
http_fn http_config, http_user_token;
/* conversations.c */
http_fn http_conversations;
/* support.c */
http_fn http_support_change, http_team, http_support_rate;
/* support_bulk.c */
http_fn http_support_bulk;
/* channels.c */
http_fn http_channels, http_channel, http_channel_create, http_channel_change, http_channel_leave;
/* export.c */
http_fn http_export;
/* messages.c */
http_fn http_messages, http_message_send;
/* message_changes.c */
http_fn http_message_edit, http_message_delete, http_reaction_add, http_reaction_delete;
/* team_lists.c */
http_fn http_labels, http_label_create, http_label_change, http_label_delete, http_canned,
	http_canned_create, http_canned_change, http_canned_delete;
/* customers.c */
http_fn http_customer, http_customer_note, http_seen;
/* merge.c */
http_fn http_customer_merge;
/* erase.c */
http_fn http_user_delete;
/* hours.c */
http_fn http_hours, http_hours_put;
/* support_admin.c */
http_fn http_figures, http_audit;
/* bans.c */
http_fn http_bans, http_ban_set, http_ban_lift;
/* words.c */
http_fn http_words, http_words_put;
/* reports.c */
http_fn http_report, http_reports, http_report_close;
/* blocks.c */
http_fn http_blocks, http_block_set, http_block_lift;
/* attention.c */
http_fn http_read, http_delivered, http_typing, http_viewing, http_unread;
/* search.c */
http_fn http_search;
/* attachments.c */
http_fn http_attach, http_file;
/* calls.c */
http_fn http_call_get, http_call_create, http_call_join, http_call_update, http_call_ring,
	http_call_accept, http_call_reject, http_call_end, http_call_update_members,
	http_call_query_members, http_call_go_live, http_call_stop_live, http_call_mute,
	http_call_request_permissions, http_call_user_permissions, http_call_block,
	http_call_unblock, http_call_kick, http_call_react, http_call_send_event,
	http_call_recording, http_call_feedback;
/* call_lists.c */
http_fn http_calls_query, http_guest, http_call_types, http_call_type_put, http_call_type_delete;
/* operator.c */
http_fn http_operator_calls, http_operator_history, http_operator_problems;
/* webhooks.c */
http_fn http_operator_webhooks, http_operator_webhook_test, http_operator_webhook_again;
/* push.c */
http_fn http_push, http_push_subscribe, http_push_unsubscribe;
/* events.c */
http_fn http_events;
/* health.c */
http_fn http_health, http_metrics, http_operator_server;
/* widget.c */
http_fn http_widget_session, http_widget_team;
/* assets.c */
http_fn http_asset;
