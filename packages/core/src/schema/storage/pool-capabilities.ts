import { attr, childAttr, text } from '../../xml/attribute.js';
import { formatLive } from '../../xml/context.js';
import { child, children, element } from '../../xml/element.js';
import { field, optional } from '../../xml/field.js';
import { string, yesNo } from '../../xml/scalars.js';
import { type Formats, type PoolType, poolType, poolTypeNames } from './pool-types.js';

/** Gives its element an end tag of its own, also when nothing else stands in it. */
const ownEndTag = field<true>(() => ({
  shape: { kind: 'group', members: [] },
  read: () => true,
  content: (writer) => writer.lines(() => ''),
}));

const formatNames = element('enum', {
  name: attr(string),
  values: children(element('value', { value: text(string) })),
  end: ownEndTag,
});

function optionsNamed(name: string) {
  return element(name, { preset: childAttr('defaultFormat', 'type', string), formats: child(formatNames) });
}

const pool = element('pool', {
  type: attr(string),
  supported: attr(yesNo),
  poolOptions: optional(child(optionsNamed('poolOptions'))),
  volOptions: optional(child(optionsNamed('volOptions'))),
  end: ownEndTag,
});

const capabilities = element('storagepoolCapabilities', { pools: children(pool) });

/** The kinds of pools and volumes there are, and which of them this host can have. */
export function formatPoolCapabilities(isSupported: (type: PoolType) => boolean): string {
  return capabilities.format(
    { pools: poolTypeNames.map((type) => poolOf(type, isSupported(type))) },
    formatLive,
  );
}

function poolOf(type: PoolType, supported: boolean) {
  const { sourceFormats, volumeFormats, hidesVolumeFormats } = poolType(type);
  const shown =
    hidesVolumeFormats === true && volumeFormats ? { ...volumeFormats, values: [] } : volumeFormats;
  return {
    type,
    supported,
    ...(sourceFormats === undefined ? {} : { poolOptions: optionsOf('sourceFormatType', sourceFormats) }),
    ...(shown === undefined ? {} : { volOptions: optionsOf('targetFormatType', shown) }),
    end: true as const,
  };
}

function optionsOf(name: string, { preset, values }: Formats) {
  return { preset, formats: { name, values: values.map((value) => ({ value })), end: true as const } };
}
