// What a link bears. The peer's side of the same numbers is part of the protocol's version.

/** The longest frame, without its length word: libvirt's longest message with the names of its fields. */
export const FRAME_MAX_BYTES = 64 * 1024 * 1024;
/** Before the peer has said who it is. */
export const FIRST_FRAME_MAX_BYTES = 64 * 1024;
/** How deep values may nest; libvirt's messages need fewer than ten. */
export const FRAME_MAX_DEPTH = 32;
/** Descriptors that came and that no frame has claimed yet. */
export const DESCRIPTORS_MAX = 64;
/** Stream bytes that may be on their way in one direction before the receiver has taken any. */
export const STREAM_WINDOW_BYTES = 1024 * 1024;
/** The most bytes in one data frame. */
export const STREAM_CHUNK_BYTES = 256 * 1024;
/** What a hole costs of the window. */
export const STREAM_HOLE_COST = 64;
/** Calls of one link that may be at work; more is a peer that has lost its mind. */
export const CALLS_MAX = 65_536;
export const SESSIONS_MAX = 65_536;
export const SUBSCRIPTIONS_MAX = 1024;
/** Replies that a peer may leave unread before it loses its link. */
export const UNREAD_MAX_BYTES = 256 * 1024 * 1024;
