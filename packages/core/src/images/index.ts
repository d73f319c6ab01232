export { type BackingName, HEADER_BYTES, type ImageHeader, readImageHeader } from './image-header.js';
