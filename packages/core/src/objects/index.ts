export { DefinitionStore, type DefinitionStorePlaces, type StoredDefinition } from './definition-store.js';
export { fileNameFor } from './file-name.js';
export { generatedFileHeader } from './generated-file.js';
export { type NamedObject, ObjectList } from './object-list.js';
