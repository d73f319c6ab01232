import { VirError } from '../errors/vir-error.js';
import type { Scalar } from './scalars.js';

const domain = 'XML';

/** `value` is none that the attribute takes. `complaint` is what the scalar says of it, if it has a word of its own. */
export function badAttribute(
  node: { readonly name: string },
  attribute: string,
  value: string,
  scalar?: Pick<Scalar<unknown>, 'expected' | 'complaint'>,
): VirError {
  const said = scalar?.complaint?.(value) ?? `'${value}'.${scalar?.expected ?? ''}`;
  return VirError.of(
    'XML_ERROR',
    `Invalid value for attribute '${attribute}' in element '${node.name}': ${said}`,
    { domain },
  );
}

export function missingAttribute(element: string, attribute: string): VirError {
  return VirError.of('XML_ERROR', `Missing required attribute '${attribute}' in element '${element}'`, {
    domain,
  });
}

export function missingElement(element: string, child: string): VirError {
  return VirError.of('XML_ERROR', `missing '${child}' element in '${element}'`);
}

export function badText(element: string, value: string, expected: string): VirError {
  return VirError.of('XML_ERROR', `Invalid value for element '${element}': '${value}'.${expected}`);
}
