import { VirError } from '../errors/vir-error.js';

/**
 * The one way from a name that came from outside to a file's base name.
 *
 * @param what the kind of object, for the error's text
 * @throws VirError for names that are empty, hold a slash or are too long for the file system
 */
export function fileNameFor(what: string, name: string, extension: string): string {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) {
    throw VirError.of('XML_ERROR', `name ${name} cannot contain '/'`);
  }
  if (new TextEncoder().encode(name + extension).length > 255) {
    throw VirError.of('INVALID_ARG', `${what} name is too long for a file name: ${name.slice(0, 32)}…`);
  }
  return name + extension;
}
