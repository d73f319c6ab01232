import { expect, test } from 'vitest';
import { differencesIn } from './wire-transcripts.js';

// A call of CONNECT_SUPPORTS_FEATURE: header, then one int.
const HEADER = '20008086000000010000003c000000000000000100000000';
const recording = (hex: string) =>
  `{"command": "none"}\n${JSON.stringify({ proc: 'CONNECT_SUPPORTS_FEATURE', hex })}\n`;

test('a message that decodes and encodes to its own bytes is as recorded', () => {
  expect(differencesIn(recording(`${HEADER}0000000f`))).toEqual([]);
});

test('a message with bytes left over is told', () => {
  expect(differencesIn(recording(`${HEADER}0000000f00000000`))).toHaveLength(1);
});

test('a message of an unknown procedure is told', () => {
  const unknown = HEADER.replace('0000003c', '0000ffff');
  expect(differencesIn(recording(unknown))).toEqual(['CONNECT_SUPPORTS_FEATURE: no row 536903814/65535']);
});

test('a recording without messages shows nothing', () => {
  expect(differencesIn('{"command": "none"}\n')).toBeUndefined();
});
