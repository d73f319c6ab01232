import { describe, expect, test } from 'vitest';
import { smallCpuMap } from '../testing/small-cpu-map.js';
import { baselineOf, expandFeatures } from './baseline.js';
import { compareCpus } from './compare.js';
import { parseCpuData, signatureOf } from './cpu-data.js';
import { type CpuDefinition, formatCpu, parseCpu, parseHostCpus } from './cpu-definition.js';
import { signatureIn } from './cpu-map.js';
import { contains } from './cpu-words.js';
import { decodeCpu } from './decode.js';
import { readCpuid } from './read-cpuid.js';
import { translateCpu, updateCpu, updateLiveCpu } from './update.js';

const map = smallCpuMap();

function facts(features: readonly string[], family = 6, model = 10, stepping = 0) {
  const words = features
    .map((name) => map.feature(name)?.words ?? map.noWords())
    .reduce((all, it) => all.map((word, at) => word | (it[at] ?? 0)), map.noWords());
  return { words, vendor: map.vendor('Acme'), signature: { family, model, stepping } };
}

const guest = (xml: string): CpuDefinition => parseCpu(`<cpu match='exact'>${xml}</cpu>`);
const host = (model: string, ...features: string[]): CpuDefinition =>
  parseCpu(
    `<cpu><arch>x86_64</arch><model>${model}</model><vendor>Acme</vendor>${features
      .map((name) => `<feature name='${name}'/>`)
      .join('')}</cpu>`,
  );

describe('decoding', () => {
  test('takes the model that leaves the least to say', () => {
    expect(decodeCpu(map, facts(['base', 'fast_math', 'wide'], 1), { type: 'host' })).toMatchObject({
      model: 'Two-v1',
      vendor: 'Acme',
      features: [],
    });
    expect(decodeCpu(map, facts(['base', 'clock'], 1), { type: 'host' })).toMatchObject({
      model: 'plain',
      features: [{ name: 'clock', policy: 'require' }],
    });
  });

  test('takes the model whose signature fits, though it says more', () => {
    const modelFor = (model: number, stepping: number) =>
      decodeCpu(map, facts(['base', 'fast_math', 'wide'], 6, model, stepping), { type: 'guest' }).model;
    expect(modelFor(10, 0)).toBe('One');
    expect(modelFor(20, 3)).toBe('Two');
    expect(modelFor(20, 9)).toBe('plain');
  });

  test('never describes a host by what it lacks', () => {
    expect(decodeCpu(map, facts(['base'], 6, 20), { type: 'host' }).model).toBe('plain');
  });

  test('says that a guest lacks what its model once had', () => {
    expect(decodeCpu(map, facts(['base', 'fast_math']), { type: 'guest' }).features).toEqual([
      { name: 'crypt', policy: 'disable' },
    ]);
  });

  test('turns off what keeps an offered model from being used', () => {
    const offered = [{ name: 'One', blockers: ['wide'] }];
    expect(decodeCpu(map, facts(['base', 'fast_math']), { type: 'guest', offered }).features).toContainEqual({
      name: 'wide',
      policy: 'disable',
    });
  });

  test('leaves out what keeps a guest from being moved', () => {
    const cpu = facts(['base', 'fast_math', 'crypt', 'clock']);
    const { features } = decodeCpu(map, cpu, { type: 'guest', migratable: true });
    expect(features).toEqual([{ name: 'crypt', policy: 'require' }]);
  });

  test('refuses when nothing fits', () => {
    expect(() => decodeCpu(map, facts(['base']), { type: 'guest', offered: [] })).toThrow(
      'Cannot find suitable CPU model for given data',
    );
  });
});

describe('data', () => {
  test('a family of 15 and models of families 6 and 15 have an extension', () => {
    expect(signatureOf(0x000506e3)).toEqual({ family: 6, model: 94, stepping: 3 });
    expect(signatureOf(0x00830f10)).toEqual({ family: 23, model: 49, stepping: 0 });
  });

  test('knows maker, signature and features of what a processor answers', () => {
    const data = parseCpuData(`<cpudata arch='x86'>
      <cpuid eax_in='0x0' ecx_in='0x0' eax='0x7' ebx='0x656d6341' ecx='0x34333231' edx='0x2d555043'/>
      <cpuid eax_in='0x1' ecx_in='0x0' eax='0x000606a0' ebx='0' ecx='0x1' edx='0x1'/>
    </cpudata>`);
    expect(map.vendorOf(data)?.name).toBe('Acme');
    expect(signatureIn(data)).toEqual({ family: 6, model: 106, stepping: 0 });
    const has = ['base', 'fast_math', 'wide'].map((name) => contains(map.wordsOf(data), facts([name]).words));
    expect(has).toEqual([true, true, false]);
  });

  test('asks a processor for every leaf and the sub-leaves that it has', () => {
    const asked: string[] = [];
    const data = readCpuid((leaf, subleaf) => {
      asked.push(`${leaf} ${subleaf}`);
      if (leaf === 0) return [7, 0, 0, 0];
      return leaf === 7 && subleaf === 0 ? [2, 0, 0, 0] : [0, 0, 0, 0];
    });
    expect(asked).toEqual(expect.arrayContaining(['1 0', '7 0', '7 1', '7 2']));
    expect(data).toHaveLength(10);
    expect(readCpuid(() => undefined)).toEqual([]);
  });

  test('finds features by the names that QEMU has for them', () => {
    expect(['fast-math', 'fast_math', 'w1de', 'nothing'].map((name) => map.nameFromQemu(name))).toEqual([
      'fast_math',
      'fast_math',
      'wide',
      undefined,
    ]);
    expect(map.canonicalName('Two')).toBe('Two-v1');
  });
});

describe('comparing', () => {
  test.each([
    ['<model>One</model>', 'superset'],
    ['<model>Two</model>', 'identical'],
    ["<model>One</model><feature name='wide'/>", 'identical'],
    [
      "<model>One</model><feature name='crypt' policy='force'/><feature name='wide' policy='optional'/>",
      'identical',
    ],
  ])('%s on a host that is Two: %s', (xml, result) => {
    expect(compareCpus(map, host('Two'), guest(xml)).result).toBe(result);
  });

  test.each([
    ["<model>Two</model><feature name='crypt'/>", 'Host CPU does not provide required features: crypt'],
    [
      "<model>One</model><feature name='wide' policy='forbid'/>",
      'Host CPU provides forbidden features: wide',
    ],
    ['<model>One</model><vendor>Bolt</vendor>', 'host CPU vendor does not match required CPU vendor Bolt'],
  ])('%s cannot be had: %s', (xml, reason) => {
    expect(compareCpus(map, host('Two'), guest(xml))).toEqual({ result: 'incompatible', reason });
  });

  test('names what it does not know', () => {
    expect(() => compareCpus(map, host('Two'), guest('<model>foo</model>'))).toThrow('Unknown CPU model foo');
    expect(() => compareCpus(map, host('Two'), host('One', 'foo'))).toThrow('Unknown CPU feature foo');
    expect(compareCpus(map, undefined, host('One'))).toMatchObject({ reason: 'unknown host CPU' });
  });
});

describe('baseline', () => {
  test('is what all have, by a model that they have', () => {
    const cpu = baselineOf(map, [host('Two', 'clock', 'crypt'), host('One', 'clock', 'crypt')], {
      migratable: false,
    });
    expect(cpu).toMatchObject({
      model: { name: 'One', fallback: 'allow' },
      vendor: 'Acme',
      features: [
        { name: 'crypt', policy: 'require' },
        { name: 'clock', policy: 'require' },
      ],
    });
  });

  test('of CPUs of one model is that model and no other', () => {
    const cpu = baselineOf(map, [host('One'), host('One', 'wide')], { migratable: false });
    expect(cpu.model).toEqual({ name: 'One', fallback: 'forbid' });
  });

  test('refuses CPUs of several makers', () => {
    const other = parseCpu('<cpu><arch>x86_64</arch><model>plain</model><vendor>Bolt</vendor></cpu>');
    expect(() => baselineOf(map, [host('One'), other], { migratable: false })).toThrow(
      'CPU vendors do not match',
    );
  });

  test('lists all features by name when asked', () => {
    const cpu = baselineOf(map, [host('Two')], { migratable: false });
    expect(expandFeatures(map, cpu).features.map((it) => `${it.policy} ${it.name}`)).toEqual([
      'require base',
      'disable crypt',
      'require fast_math',
      'require wide',
    ]);
  });
});

describe('updating', () => {
  const cpuOf = (xml: string) => {
    const definition = parseCpu(xml);
    if (definition.type === 'host') throw new Error('of a host');
    return definition.cpu;
  };

  test('settles what a guest left open', () => {
    const wanted = cpuOf(
      "<cpu match='exact'><model>One</model><feature name='wide' policy='optional'/><feature name='crypt' policy='optional'/></cpu>",
    );
    expect(updateCpu(map, wanted, host('Two')).features).toEqual([
      { name: 'wide', policy: 'require' },
      { name: 'crypt', policy: 'disable' },
    ]);
  });

  test('gives the host its model, without what cannot be moved', () => {
    const updated = updateCpu(map, cpuOf("<cpu mode='host-model'/>"), host('Two', 'clock', 'crypt'));
    expect(formatCpu({ type: 'guest', cpu: updated })).toBe(
      `<cpu mode='custom' match='exact'>
  <model fallback='allow'>Two</model>
  <vendor>Acme</vendor>
  <feature policy='require' name='crypt'/>
</cpu>
`,
    );
  });

  test('falls back to a model that the hypervisor has, if it may', () => {
    const wanted = cpuOf("<cpu match='exact'><model>Two</model></cpu>");
    const offered = [{ name: 'One', blockers: [] }];
    expect(translateCpu(map, wanted, offered)).toMatchObject({
      model: { name: 'One' },
      features: [
        { name: 'wide', policy: 'require' },
        { name: 'crypt', policy: 'disable' },
      ],
    });
    const strict = cpuOf("<cpu match='exact'><model fallback='forbid'>Two</model></cpu>");
    expect(() => translateCpu(map, strict, offered)).toThrow('CPU model Two is not supported by hypervisor');
  });
});

describe('a running guest', () => {
  const wanted = (check: string) => {
    const definition = parseCpu(`<cpu match='exact' check='${check}'><model>One</model></cpu>`);
    if (definition.type === 'host') throw new Error('of a host');
    return definition.cpu;
  };
  const live = (on: readonly string[], off: readonly string[]) => ({
    enabled: facts(on).words,
    disabled: facts(off).words,
  });

  test('has what the hypervisor turned on, and lacks what it could not give', () => {
    expect(updateLiveCpu(map, wanted('partial'), live(['base', 'wide'], ['fast_math'])).features).toEqual([
      { name: 'wide', policy: 'require' },
      { name: 'fast_math', policy: 'disable' },
      { name: 'crypt', policy: 'disable' },
    ]);
  });

  test('that wants exactly what it says is refused when it gets something else', () => {
    expect(() => updateLiveCpu(map, wanted('full'), live(['base', 'wide'], []))).toThrow(
      "guest CPU doesn't match specification: extra features: wide, missing features: fast_math",
    );
    expect(updateLiveCpu(map, wanted('full'), live(['base', 'fast_math'], [])).features).toHaveLength(1);
  });
});

test.each([
  ['<foo/>', "XML does not contain expected 'cpu' element"],
  ['<cpu><arch>foo</arch><model>x</model></cpu>', 'Unknown architecture foo'],
  ['<cpu><arch>x86_64</arch></cpu>', 'Missing CPU model name'],
  [
    "<cpu><model>One</model><feature name='wide'/><feature name='wide'/></cpu>",
    "CPU feature 'wide' specified more than once",
  ],
])('refuses %s', (xml, words) => {
  expect(() => parseCpu(xml)).toThrow(words);
});

test.each([
  ["<cpu mode='host-passthrough'/>", 'Attribute mode is only allowed for guest CPU'],
  ['<cpu/>', 'Missing CPU architecture'],
  ['<cpu><arch>x86_64</arch></cpu>', 'Missing CPU model name'],
])('%s is no CPU of a host', (xml, words) => {
  expect(() => parseHostCpus([xml])).toThrow(words);
});
