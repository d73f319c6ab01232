import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import { limits } from '@modvirt/core/protocol';
import type { domainLifecycle } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { codeSetCount, codeSetName, keyNumber } from '../monitor/key-codes.js';
import { monitorFailure } from '../monitor/qmp-link.js';

const API = 'virDomainSendKey';

/** Keys that are pressed from outside. */
export function keyHandlers(driver: QemuDriver): Pick<Handlers<typeof domainLifecycle>, 'domainSendKey'> {
  return {
    async domainSendKey({ dom, codeset, holdtime, keycodes, flags }, call) {
      checkKeys(codeset, keycodes);
      checkFlags(API, flags, 0, 'QEMU');
      const request = { kind: 'modify', owner: API, signal: call.signal } as const;
      const domain = driver.domains.byRef(dom);
      await domain.withLiveJob(request, async ({ runtime, signal }) => {
        const keys = keycodes.map((code) => ({ type: 'number', data: keyOf(codeset, code) }));
        const args = { keys, ...(holdtime === 0 ? {} : { 'hold-time': holdtime }) };
        try {
          await runtime.monitor.execute('send-key', args, signal);
        } catch (error) {
          throw monitorFailure(error);
        }
      });
    },
  };
}

function checkKeys(codeset: number, keycodes: readonly number[]): void {
  const refuse = (argument: string, text: string): never => {
    throw VirError.invalidArgument(API, argument, text, 'DOMAIN');
  };
  if (keycodes.length === 0) refuse('nkeycodes', `nkeycodes in ${API} must be greater than zero`);
  if (codeset >= codeSetCount) refuse('codeset', `Unsupported codeset '${codeset}'`);
  if (keycodes.length > limits.domainSendKeyMax) {
    refuse('nkeycodes', `nkeycodes in ${API} must be less than or equal to ${limits.domainSendKeyMax}`);
  }
}

function keyOf(codeset: number, code: number): number {
  const number = keyNumber(codeset, code);
  if (number !== undefined) return number;
  const detail = `cannot translate keycode ${code} of ${codeSetName(codeset)} codeset to qnum keycode`;
  throw VirError.of('INTERNAL_ERROR', detail);
}
