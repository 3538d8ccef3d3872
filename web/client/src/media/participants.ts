// SPDX-License-Identifier: Apache-2.0
/** LiveKit's room, as our participants. */
import type { Participant as RoomParticipant, Room } from 'livekit-client';
import { ConnectionQuality, Track } from './livekit-client.ts';
import type { ConnectionQuality as Quality, Participant } from './session.ts';

/** A Confab identity is `<user_id>:<session>`; user ids have no colon. */
function userIdOf(identity: string): string {
  const colon = identity.indexOf(':');
  return colon < 0 ? identity : identity.slice(0, colon);
}

const QUALITY: Record<ConnectionQuality, Quality> = {
  [ConnectionQuality.Unknown]: 'unknown',
  [ConnectionQuality.Lost]: 'lost',
  [ConnectionQuality.Poor]: 'poor',
  [ConnectionQuality.Good]: 'good',
  [ConnectionQuality.Excellent]: 'excellent',
};

/** The local one first, then in the order of joining. Without `video` the others' cameras count as off: they are not received. */
export function participantsOf(room: Room, video = true): Participant[] {
  const remote = [...room.remoteParticipants.values()].sort(
    (a, b) => (a.joinedAt?.getTime() ?? 0) - (b.joinedAt?.getTime() ?? 0) || a.identity.localeCompare(b.identity),
  );
  return [room.localParticipant, ...remote].map((participant) => participantOf(participant, video || participant.isLocal));
}

function participantOf(participant: RoomParticipant, video: boolean): Participant {
  const userId = userIdOf(participant.identity);
  const audioTrack = trackOf(participant, Track.Source.Microphone);
  return {
    sessionId: participant.identity,
    userId,
    name: participant.name || userId,
    isLocal: participant.isLocal,
    isMuted: !participant.isMicrophoneEnabled,
    isSpeaking: participant.isSpeaking,
    connectionQuality: QUALITY[participant.connectionQuality],
    audioTrack,
    videoTrack: video ? trackOf(participant, Track.Source.Camera) : undefined,
    screenShareTrack: trackOf(participant, Track.Source.ScreenShare),
    screenShareAudioTrack: trackOf(participant, Track.Source.ScreenShareAudio),
    reaction: undefined, // comes by event, see call/state.ts
  };
}

function trackOf(participant: RoomParticipant, source: Track.Source): MediaStreamTrack | undefined {
  const publication = participant.getTrackPublication(source);
  if (!publication?.track || publication.isMuted) return undefined;
  return publication.track.mediaStreamTrack;
}
