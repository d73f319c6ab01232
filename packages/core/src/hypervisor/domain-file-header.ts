import { generatedFileHeader } from '../objects/generated-file.js';

/** The comment at the head of a domain's files. */
export const domainFileHeader = (name: string, uuid: string): string =>
  generatedFileHeader('edit', name, uuid);
