import { expect, test } from 'vitest';
import { readXml } from '../../../xml/reader.js';
import { postParseMetadata } from './metadata.js';

test('keeps the first element of each namespace, and none without one', () => {
  const node = readXml(
    "<metadata><a:x xmlns:a='urn:a' n='1'/><plain/><b:y xmlns:b='urn:b'/><c:z xmlns:c='urn:a' n='2'/></metadata>",
    { source: 'test', domain: 'DOMAIN' },
  );
  const kept = postParseMetadata(node).children.flatMap((it) => (it.kind === 'element' ? [it.name] : []));
  expect(kept).toEqual(['a:x', 'b:y']);
});
