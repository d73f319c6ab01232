import {
  type AclRule,
  adminProgram,
  type EventMessage,
  keepaliveProgram,
  lxcProgram,
  modvirtProgram,
  type Procedure,
  type Program,
  qemuProgram,
  type ReadOnlyRule,
  remoteProgram,
} from '@modvirt/core/protocol';
import type { Fields, WireType } from '@modvirt/core/wire';
import type { Generator } from './generator.js';

const programs: readonly Program[] = [
  remoteProgram,
  qemuProgram,
  lxcProgram,
  adminProgram,
  keepaliveProgram,
  modvirtProgram,
];

/** A page for each program, from its rows. */
export const protocolReference: Generator = {
  name: 'protocol reference',
  what: 'tables of all procedures and messages',
  async files() {
    return programs.map((program) => ({
      path: `docs/reference/protocol-${program.name}.md`,
      text: page(program),
    }));
  },
};

function page(program: Program): string {
  const procedures = Object.entries(program.procedures);
  const events = Object.entries(program.events);
  const byNumber = <R extends { readonly number: number }>(rows: [string, R][]): [string, R][] =>
    rows.toSorted(([, one], [, other]) => one.number - other.number);
  const parts = [
    `# The program ${program.name}`,
    `Number 0x${program.number.toString(16)}, version ${program.version}. Generated from the rows by \`npm run generate\`.`,
    ...(procedures.length === 0 ? [] : ['## Procedures', ...byNumber(procedures).map(procedureEntry)]),
    ...(events.length === 0 ? [] : ['## Messages', ...byNumber(events).map(messageEntry)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function procedureEntry([name, row]: [string, Procedure]): string {
  const facts = [
    ['arguments', fieldsText(row.args)],
    ['results', fieldsText(row.returns)],
    ['permission', rulesText(row.acl)],
    ['shown with', rulesText(row.aclFilter ?? [])],
    ['read-only connections', readOnlyText(row.readOnly)],
    ['stream', streamText(row)],
    ['descriptors', row.descriptors ?? ''],
    ['answered by', row.owner],
    ['C function', row.api === undefined ? '' : `\`${row.api}\``],
    ['since', row.since],
  ];
  const lines = facts.filter(([, value]) => value !== '').map(([what, value]) => `- ${what}: ${value}`);
  return `### ${row.number} ${name}\n\n${row.doc}\n\n${lines.join('\n')}`;
}

function messageEntry([name, row]: [string, EventMessage]): string {
  const fields = fieldsText(row.message);
  const lines = [...(fields === '' ? [] : [`- fields: ${fields}`]), `- since: ${row.since}`];
  return `### ${row.number} ${name}\n\n${row.doc}\n\n${lines.join('\n')}`;
}

function readOnlyText(rule: ReadOnlyRule): string {
  if (typeof rule === 'boolean') return rule ? 'yes' : 'no';
  if ('deniedValue' in rule) return `unless \`${rule.argument}\` is ${rule.deniedValue}`;
  return `unless \`${rule.argument}\` has a bit of ${rule.deniedFlags}`;
}

function streamText(row: Procedure): string {
  if (row.stream === undefined) return '';
  const ways = { read: 'from the daemon', write: 'to the daemon', both: 'both ways' };
  const holes = row.sparseFlag === undefined ? '' : `, with holes when \`flags\` has ${row.sparseFlag}`;
  return `${ways[row.stream]}${holes}`;
}

function rulesText(rules: readonly AclRule[]): string {
  return rules.map(ruleText).join(', ');
}

function ruleText({ object, permission, whenFlags }: AclRule): string {
  if (whenFlags === undefined) return `${object}:${permission}`;
  const { anyOf, negated, argument = 'flags' } = whenFlags;
  return `${object}:${permission} (when \`${argument}\` has ${negated ? 'no' : 'a'} bit of ${anyOf})`;
}

function fieldsText(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, type]) => `\`${name}\` ${typeText(type)}`)
    .join(', ');
}

function typeText(type: WireType): string {
  switch (type.kind) {
    case 'int':
    case 'uint':
    case 'hyper':
    case 'uhyper':
    case 'double':
    case 'string':
    case 'uuid':
      return type.kind;
    case 'bytes':
      return 'bytes';
    case 'chars':
      return `${type.max} characters`;
    case 'optional':
      return `${typeText(type.of)} or absent`;
    case 'array':
      return `list of ${typeText(type.of)}`;
    case 'struct':
      return `(${fieldsText(type.fields)})`;
    case 'union':
      return `one of ${Object.keys(type.arms).join(', ')}`;
  }
}
