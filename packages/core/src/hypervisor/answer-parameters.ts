import { typedParameterFlags } from '../protocol/constants/common.js';
import type { TypedParameter } from '../protocol/typed-parameter.js';

/**
 * The answer of a call that asks for `nparams` parameters: a client that gives 0 wants to know how many there are.
 *
 * @param flags of the call, where it has some: without STRING_OKAY an old client is not shown strings
 */
export function answerParameters(
  all: readonly TypedParameter[],
  nparams: number,
  flags: number = typedParameterFlags.paramStringOkay,
): { readonly params: readonly TypedParameter[]; readonly nparams: number } {
  const takesStrings = (flags & typedParameterFlags.paramStringOkay) !== 0;
  const shown = takesStrings ? all : all.filter(({ value }) => value.type !== 'string');
  if (nparams === 0) return { params: [], nparams: shown.length };
  const params = shown.slice(0, Math.max(0, nparams));
  return { params, nparams: params.length };
}
