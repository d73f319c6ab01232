import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirError } from '../errors/vir-error.js';
import { formatRaw } from './raw.js';
import { readXml } from './reader.js';

const read = (text: string) => readXml(text, { source: 'domain_definition', domain: 'DOMAIN' });

describe('what is not well formed', () => {
  const cases: readonly (readonly [text: string, message: string])[] = [
    ['', '(domain_definition):1: Document is empty\n(null)\n^'],
    ['  ', "(domain_definition):1: Start tag expected, '<' not found\n  \n--^"],
    ['<d', "(domain_definition):1: Couldn't find end of Start Tag d line 1\n<d\n--^"],
    ['<d>', '(domain_definition):1: Premature end of data in tag d line 1\n<d>\n---^'],
    ['<d>&foo;</d>', "(domain_definition):1: Entity 'foo' not defined\n<d>&foo;</d>\n--------^"],
    ['<d a=b/>', '(domain_definition):1: AttValue: " or \' expected\n<d a=b/>\n-----^'],
    ["<d a='1' a='2'/>", "(domain_definition):1: Attribute a redefined\n<d a='1' a='2'/>\n--------------^"],
    ['<d>\n  <n>x</n\n</d>', "(domain_definition):3: expected '>'\n</d>\n^"],
    ['<d/><b/>', '(domain_definition):1: Extra content at the end of the document\n<d/><b/>\n----^'],
    [
      "<d a='<'/>",
      "(domain_definition):1: Unescaped '<' not allowed in attributes values\n<d a='<'/>\n------^",
    ],
    [
      '<d>\n<n>\n\n<b>\n</d>',
      '(domain_definition):5: Opening and ending tag mismatch: b line 4 and d\n</d>\n----^',
    ],
    [
      '<d>é</e>',
      '(domain_definition):1: Opening and ending tag mismatch: d line 1 and e\n<d>é</e>\n---------^',
    ],
  ];
  test.each(cases)('%j', (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ message, code: 35 }));
  });

  test('refuses a DOCTYPE', () => {
    expect(() => read("<!DOCTYPE d [<!ENTITY a 'b'>]><d>&a;</d>")).toThrow(/DOCTYPE/);
  });

  test('refuses a thousand nested elements, quickly', () => {
    expect(() => read('<a>'.repeat(1_000_000))).toThrow(/Excessive depth/);
  });

  test('refuses what is too long, quickly', () => {
    expect(() => read(`<a>${'x'.repeat(10_000_000)}</a>`)).toThrow(/longer than/);
  });
});

test('replaces references and turns line ends in attributes into blanks', () => {
  const root = read("<d a='&lt;&#x41;\n&#10;'>a&amp;b<![CDATA[<]]></d>");
  expect(root.attributes).toEqual([{ name: 'a', value: '<A \n' }]);
  expect(root.children).toEqual([
    { kind: 'text', text: 'a&b' },
    { kind: 'cdata', text: '<' },
  ]);
});

test('drops blanks that only indent and keeps those that are content', () => {
  const root = read('<d>\n  <a> </a>\n  <b>x <c/> </b>\n</d>');
  expect(formatRaw(root, '')).toBe('<d>\n  <a> </a>\n  <b>x <c/> </b>\n</d>\n');
});

test('knows namespaces by their URI, whatever the prefix', () => {
  const root = read("<d xmlns:q='http://x'><q:a/><b xmlns='http://y'><c/></b><r:s/></d>");
  const names = root.children.map((it) => (it.kind === 'element' ? [it.namespace, it.local] : []));
  expect(names).toEqual([
    ['http://x', 'a'],
    ['http://y', 'b'],
    [undefined, 'r:s'],
  ]);
});

test('any change of any byte gives a tree or an error that a client may see', () => {
  const seed =
    "<?xml version='1.0'?><d a='1' b=\"x\"><!-- c --><e>t&amp;</e><![CDATA[z]]><?p i?><f:g xmlns:f='u'/></d>";
  const mutation = fc.record({
    at: fc.nat(seed.length),
    drop: fc.nat(5),
    insert: fc.string({ maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      let text = seed;
      for (const it of mutations) text = text.slice(0, it.at) + it.insert + text.slice(it.at + it.drop);
      try {
        const tree = read(text);
        const printed = formatRaw(tree, '');
        expect(formatRaw(read(printed), '')).toBe(printed);
      } catch (error) {
        expect(error).toBeInstanceOf(VirError);
      }
    }),
    { numRuns: 2000 },
  );
});
