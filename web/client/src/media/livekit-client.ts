// SPDX-License-Identifier: Apache-2.0
/** What we use of livekit-client, all of it: the built app, widget and SDK share one file of it (build.mjs). */
export {
  ConnectionError,
  ConnectionErrorReason,
  ConnectionQuality,
  ConnectionState,
  DisconnectReason,
  LocalAudioTrack,
  LocalVideoTrack,
  LogLevel,
  Room,
  RoomEvent,
  Track,
  TrackEvent,
  createLocalAudioTrack,
  createLocalTracks,
  createLocalVideoTrack,
  setLogLevel,
} from 'livekit-client';
