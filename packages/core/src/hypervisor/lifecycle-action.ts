import { VirError } from '../errors/vir-error.js';
import { lifecycleActions } from '../schema/domain/events.js';
import type { Domain } from '../schema/domain/post-parse/filled-domain.js';

// Numbers of virDomainLifecycle: their places here.
const EVENTS = ['poweroff', 'reboot', 'crash'] as const;

type CommonAction = Domain['on_poweroff'];

/** What a guest's end shall lead to. */
export interface LifecycleChange {
  /** @throws VirError CONFIG_UNSUPPORTED: only a crash leaves a core */
  checkAllowed(): void;
  apply(domain: Domain): Domain;
}

/** @throws VirError INVALID_ARG for a number that means nothing */
export function lifecycleChange(type: number, action: number): LifecycleChange {
  const event = EVENTS[type];
  const word = lifecycleActions[action];
  if (event === undefined) throw invalid(`invalid lifecycle type '${type}'`);
  if (word === undefined) throw invalid(`invalid lifecycle action '${action}'`);
  return {
    checkAllowed() {
      if (event === 'crash' || !word.startsWith('coredump')) return;
      throw VirError.of('CONFIG_UNSUPPORTED', `Lifecycle event '${event}' doesn't support '${word}' action`, {
        domain: 'DOMAIN',
      });
    },
    apply(domain) {
      if (event === 'crash') return { ...domain, on_crash: word };
      return { ...domain, [`on_${event}`]: word as CommonAction };
    },
  };
}

const invalid = (text: string): VirError => VirError.of('INVALID_ARG', text, { domain: 'DOMAIN' });
