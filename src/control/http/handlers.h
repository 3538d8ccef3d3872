/* SPDX-License-Identifier: Apache-2.0 */
/* The resources of docs/api.md, one file each; routes.c says which path leads where.
 * Control thread only. */
#pragma once

#include "control/server/request.h"

http_fn http_login, http_link, http_logout, http_session;		     /* session.c */
http_fn http_sessions, http_sessions_end_others, http_rename, http_password; /* account.c */
http_fn http_config, http_user_token;					     /* video_call.c */
http_fn http_conversations;						     /* conversations.c */
http_fn http_support_change, http_team;					     /* support.c */
http_fn http_support_bulk;						     /* support_bulk.c */
http_fn http_channels, http_channel, http_channel_create;		     /* channels.c */
http_fn http_channel_change, http_channel_leave;
http_fn http_export;					      /* export.c */
http_fn http_messages, http_message_send;		      /* messages.c */
http_fn http_message_edit, http_message_delete;		      /* message_changes.c */
http_fn http_support_change, http_support_rate, http_team;    /* support.c */
http_fn http_labels, http_label_create, http_label_change;    /* team_lists.c */
http_fn http_label_delete, http_canned, http_canned_create;   /* team_lists.c */
http_fn http_canned_change, http_canned_delete;		      /* team_lists.c */
http_fn http_customer, http_customer_note, http_seen;	      /* customers.c */
http_fn http_user_delete;				      /* erase.c */
http_fn http_hours, http_hours_put, http_figures, http_audit; /* hours.c, support_admin.c */
http_fn http_messages, http_message_send;		      /* messages.c */
http_fn http_message_edit, http_message_delete;		      /* message_changes.c */
http_fn http_bans, http_ban_set, http_ban_lift;		      /* bans.c */
http_fn http_words, http_words_put;			      /* words.c */
http_fn http_report, http_reports, http_report_close;	      /* reports.c */
http_fn http_blocks, http_block_set, http_block_lift;	      /* blocks.c */
http_fn http_messages, http_message_send;		      /* messages.c */
http_fn http_message_edit, http_message_delete;		      /* message_changes.c */
http_fn http_reaction_add, http_reaction_delete;
http_fn http_read, http_delivered, http_typing, http_viewing;		    /* attention.c */
http_fn http_search;							    /* search.c */
http_fn http_attach, http_file;						    /* attachments.c */
http_fn http_call_get, http_call_create, http_call_join, http_call_update;  /* calls.c */
http_fn http_call_ring, http_call_accept, http_call_reject, http_call_end;  /* calls.c */
http_fn http_call_update_members, http_call_query_members;		    /* calls.c */
http_fn http_call_go_live, http_call_stop_live, http_call_mute;		    /* calls.c */
http_fn http_call_request_permissions, http_call_user_permissions;	    /* calls.c */
http_fn http_call_block, http_call_unblock, http_call_kick;		    /* calls.c */
http_fn http_call_react, http_call_send_event, http_call_recording;	    /* calls.c */
http_fn http_calls_query, http_guest;					    /* call_lists.c */
http_fn http_call_types, http_call_type_put, http_call_type_delete;	    /* call_lists.c */
http_fn http_operator_calls, http_operator_history, http_operator_problems; /* operator.c */
http_fn http_operator_webhooks, http_operator_webhook_test,
	http_operator_webhook_again;					   /* webhooks.c */
http_fn http_read, http_unread, http_delivered, http_typing, http_viewing; /* attention.c */
http_fn http_read, http_delivered, http_typing, http_viewing;		   /* attention.c */
http_fn http_search;							   /* search.c */
http_fn http_attach, http_file;						   /* attachments.c */
http_fn http_call_get, http_call_create, http_call_join, http_call_update; /* calls.c */
http_fn http_call_ring, http_call_accept, http_call_reject, http_call_end; /* calls.c */
http_fn http_call_update_members, http_call_query_members;		   /* calls.c */
http_fn http_call_go_live, http_call_stop_live, http_call_mute;		   /* calls.c */
http_fn http_call_request_permissions, http_call_user_permissions;	   /* calls.c */
http_fn http_call_block, http_call_unblock, http_call_kick;		   /* calls.c */
http_fn http_call_react, http_call_send_event, http_call_recording;	   /* calls.c */
http_fn http_call_feedback;						   /* calls.c */
http_fn http_calls_query, http_guest;					   /* call_lists.c */
http_fn http_call_types, http_call_type_put, http_call_type_delete;	   /* call_lists.c */
http_fn http_operator_calls, http_operator_history, http_operator_problems,
	http_operator_webhooks;				       /* operator.c */
http_fn http_push, http_push_subscribe, http_push_unsubscribe; /* push.c */
http_fn http_events;					       /* events.c */
http_fn http_health, http_metrics, http_operator_server;       /* health.c */
http_fn http_widget_session, http_widget_team;		       /* widget.c */
http_fn http_asset;					       /* assets.c */
