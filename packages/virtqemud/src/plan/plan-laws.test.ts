import { VirError } from '@modvirt/core/errors';
import { type Domain, domainElement, formatDomain, parseDomain } from '@modvirt/core/schema';
import { domainDocuments, within } from '@modvirt/core/testing';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { anyContext } from '../testing/any-context.js';
import { assignAddresses } from './address/assign-addresses.js';
import type { PlanContext } from './context.js';
import { assignAliases } from './definition/assign-aliases.js';
import { planLaunch } from './plan-launch.js';
import { postParse } from './post-parse/post-parse.js';
import { prepareStart } from './prepare-start.js';
import { validate } from './validate/validate.js';

// More of them: FUZZ_RUNS=100000 npx vitest run plan-laws
const RUNS = Number(process.env.FUZZ_RUNS ?? 600);
// An endless loop is what it ends; a machine with much to do may take its time.
const DOCUMENT_MS = 5000;
const EMULATORS = 50;

const documentOf = domainDocuments(domainElement.shape);
const newUuid = () => '3f2504e0-4f89-41d3-9a0c-0305e82c3301' as Uuid;

function define(text: string, cx: PlanContext): Domain {
  return parseDomain(text, {
    inactive: true,
    newUuid,
    postParse: (domain) => assignAddresses(postParse(domain, cx), cx),
    driverCheck: (domain) => validate(domain, cx),
  });
}

/** Undefined when it is refused by an error that a client may see. */
function attempt<T>(what: string, run: () => T): T | undefined {
  try {
    return within(DOCUMENT_MS, run);
  } catch (error) {
    expect(error, what).toBeInstanceOf(VirError);
    return undefined;
  }
}

test('any document is planned or refused, and planned the same again', { timeout: 900_000 }, () => {
  let planned = 0;
  for (let seed = 1; seed <= RUNS; seed++) {
    const text = documentOf(seed);
    const what = `document ${seed}: ${text}`;
    const cx = () => anyContext(seed % EMULATORS);
    const domain = attempt(what, () => define(text, cx()));
    if (domain === undefined) continue;
    const launch = () => planLaunch(assignAliases(prepareStart(domain, cx())), cx());
    const plan = attempt(what, launch);
    if (plan === undefined) continue;
    planned++;
    expect(launch(), what).toEqual(plan);
    expect(
      plan.argv.every((word) => typeof word === 'string' && !word.includes('undefined')),
      what,
    ).toBe(true);
  }
  expect(planned).toBeGreaterThan(RUNS / 10);
});

test('a count of threads that no process has is refused', () => {
  const text = `<domain type='kvm'><name>n</name><memory>1024</memory><iothreads>1430750812</iothreads><os><type>hvm</type></os></domain>`;
  const cx = anyContext(0);
  const start = () => prepareStart(define(text, cx), cx);
  expect(() => within(DOCUMENT_MS, start)).toThrow("invalid iothreads count '1430750812'");
});

test('a definition that was completed is completed already', { timeout: 900_000 }, () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const cx = anyContext(seed % EMULATORS);
    const text = documentOf(seed);
    const domain = attempt(text, () => define(text, cx));
    if (domain === undefined) continue;
    const once = formatDomain(domain);
    const again = attempt(text, () => formatDomain(define(once, cx)));
    if (again !== undefined) expect(again, `document ${seed}: ${text}`).toBe(once);
  }
});
