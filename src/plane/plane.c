/* SPDX-License-Identifier: Apache-2.0 */
#include "plane/plane.h"

#include <stdlib.h>

void plane_cmd_fini(struct plane_cmd *cmd)
{
	free(cmd->sdp);
	cmd->sdp = NULL;
	free(cmd->data);
	cmd->data = NULL;
}

void plane_event_fini(struct plane_event *event)
{
	free(event->sdp);
	event->sdp = NULL;
}
