import { leaf } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { string, uint64 } from '../../xml/scalars.js';

const limit = optional(leaf(uint64(), { absent: '0' }));

/** Limits of block input and output; in this order they are printed. */
const rates = {
  total_bytes_sec: limit,
  read_bytes_sec: limit,
  write_bytes_sec: limit,
  total_iops_sec: limit,
  read_iops_sec: limit,
  write_iops_sec: limit,
  total_bytes_sec_max: limit,
  read_bytes_sec_max: limit,
  write_bytes_sec_max: limit,
  total_iops_sec_max: limit,
  read_iops_sec_max: limit,
  write_iops_sec_max: limit,
  size_iops_sec: limit,
};

const lengths = {
  total_bytes_sec_max_length: limit,
  read_bytes_sec_max_length: limit,
  write_bytes_sec_max_length: limit,
  total_iops_sec_max_length: limit,
  read_iops_sec_max_length: limit,
  write_iops_sec_max_length: limit,
};

const groupName = { group_name: optional(leaf(string)) };

export const iotuneFields = { ...rates, ...groupName, ...lengths };

/** `<iotune>` of a disk. */
export const iotune = element('iotune', iotuneFields);
export type Iotune = Infer<typeof iotune>;

/** `<throttlegroup>`: limits that several disks share. */
export const throttlegroup = element('throttlegroup', { ...rates, ...lengths, ...groupName });
