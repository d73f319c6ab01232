import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attr, childAttr, flag, leaf, text } from './attribute.js';
import { formatInactive, parseInactive, parseLive } from './context.js';
import { child, children, element, raw, within } from './element.js';
import { liveOnly, optional, withDefault } from './field.js';
import { fields, inline, merge } from './group.js';
import { readXml } from './reader.js';
import { oneOf, onOff, string, uint } from './scalars.js';
import { variants } from './variants.js';

const node = (source: string) => readXml(source, { source: 'test' });

const cell = element('cell', { id: attr(uint()), size: optional(attr(uint())) });
const place = variants('type', {
  file: { path: attr(string) },
  host: { name: attr(string), port: optional(attr(uint())) },
});
const thing = element(
  'thing',
  merge(
    fields({ model: withDefault(attr(oneOf('plain', 'fancy')), 'plain', { hidden: true }) }),
    place,
    fields({
      title: optional(leaf(string)),
      cells: within('cells', children(cell)),
      stats: optional(child(element('stats', { period: attr(uint()) }))),
      tune: optional(childAttr('tune', 'enabled', onOff)),
      readonly: flag(),
      alias: liveOnly(optional(leaf(string))),
      metadata: optional(raw()),
    }),
  ),
);

describe('reading', () => {
  test('takes what is declared and ignores the rest', () => {
    const source =
      "<thing x='y' type='host' name='a' port='7'><readonly/><zz/><cells><cell id='1'/></cells></thing>";
    expect(thing.parse(node(source))).toEqual({
      model: 'plain',
      type: 'host',
      name: 'a',
      port: 7,
      cells: [{ id: 1 }],
      readonly: true,
    });
  });

  test('takes the first of what may stand once', () => {
    const source = "<thing type='file' path='p'><title>a</title><title>b</title></thing>";
    expect(thing.parse(node(source)).title).toBe('a');
  });

  test.each([
    ["<thing path='p'/>", "XML error: Missing required attribute 'type' in element 'thing'"],
    ["<thing type='x'/>", "XML error: Invalid value for attribute 'type' in element 'thing': 'x'."],
    ["<thing type='file'/>", "XML error: Missing required attribute 'path' in element 'thing'"],
    [
      "<thing type='host' name='a' port='-1'/>",
      "XML error: Invalid value for attribute 'port' in element 'thing': '-1'. Expected non-negative integer value",
    ],
  ])('refuses %s', (source, message) => {
    expect(() => thing.parse(node(source))).toThrow(expect.objectContaining({ message, code: 27 }));
  });

  test('strictly refuses unknown names', () => {
    const strict = { ...parseLive, validate: true };
    for (const source of [
      "<thing type='file' path='p' port='1'/>",
      "<thing type='file' path='p'><zz/></thing>",
      "<thing type='file' path='p'><cells><cell id='1' zz=''/></cells></thing>",
    ]) {
      expect(() => thing.parse(node(source), strict)).toThrow(expect.objectContaining({ code: 92 }));
    }
    thing.parse(node("<thing type='file' path='p'><metadata a='1'><b/></metadata></thing>"), strict);
  });

  test('what only a running object has is not read for an inactive one', () => {
    const source = "<thing type='file' path='p'><alias>a</alias></thing>";
    expect(thing.parse(node(source)).alias).toBe('a');
    expect(thing.parse(node(source), parseInactive).alias).toBeUndefined();
  });
});

describe('printing', () => {
  test('keeps the declared order and drops what is empty', () => {
    const source = `<thing model='fancy' type='file' path='a&amp;b'>
  <title>&lt;t&gt;</title>
  <cells>
    <cell id='1' size='2'/>
  </cells>
  <stats period='3'/>
  <tune enabled='on'/>
  <readonly/>
  <alias>x</alias>
  <metadata>
    <k:a xmlns:k="u"/>
  </metadata>
</thing>
`;
    expect(thing.format(thing.parse(node(source)))).toBe(source);
    expect(thing.format(thing.parse(node(source)), formatInactive)).not.toContain('alias');
    expect(thing.format({ model: 'plain', type: 'file', path: 'p', cells: [] })).toBe(
      "<thing type='file' path='p'/>\n",
    );
  });

  test('text, and groups in an object of their own', () => {
    const size = element('size', {
      unit: withDefault(attr(string), 'KiB'),
      value: text(uint()),
      at: inline(place),
    });
    const printed = "<size unit='KiB' type='file' path='p'>4</size>\n";
    expect(size.format({ unit: 'KiB', value: 4, at: { type: 'file', path: 'p' } })).toBe(printed);
    expect(size.parse(node(printed)).at).toEqual({ type: 'file', path: 'p' });
  });

  test('printing and reading again gives the same value', () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1 })
      .map((it) => it.replace(/[^\x20-\ud7ff\ue000-\ufffd]/g, '_'));
    const small = fc.nat(0xffff_ffff);
    const value = fc.record(
      {
        model: fc.constantFrom('plain' as const, 'fancy' as const),
        type: fc.constant('host' as const),
        name: text,
        port: small,
        title: text,
        cells: fc.array(fc.record({ id: small, size: small }, { requiredKeys: ['id'] })),
        stats: fc.record({ period: small }),
        tune: fc.boolean(),
        readonly: fc.constant(true as const),
      },
      { requiredKeys: ['model', 'type', 'name', 'cells'] },
    );
    fc.assert(
      fc.property(value, (it) => {
        expect(thing.parse(node(thing.format(it)))).toEqual(it);
      }),
    );
  });
});
