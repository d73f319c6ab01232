// Generated from the rows by `npm run generate`: do not edit.

/** Of the Avro schemas of each program: equal fingerprints need no exchange of schemas. */
export const schemaFingerprints = {
  remote: '68e03742ffb593f986c3acb9bd4ca660',
  qemu: '0f5919de8aee33847504499ae0f6d6e1',
  lxc: '248fa5e3fa35e2a10b72214d8b0bd73d',
  modvirt: 'dc9f377976a196ecce770cec8c5707f1',
} as const;
