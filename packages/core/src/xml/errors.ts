import { VirError } from '../errors/vir-error.js';

/** `value` is none that the attribute takes; `expected` is the scalar's. */
export function badAttribute(element: string, attribute: string, value: string, expected: string): VirError {
  return VirError.of(
    'XML_ERROR',
    `Invalid value for attribute '${attribute}' in element '${element}': '${value}'.${expected}`,
  );
}

export function missingAttribute(element: string, attribute: string): VirError {
  return VirError.of('XML_ERROR', `Missing required attribute '${attribute}' in element '${element}'`);
}

export function missingElement(element: string, child: string): VirError {
  return VirError.of('XML_ERROR', `missing '${child}' element in '${element}'`);
}

export function badText(element: string, value: string, expected: string): VirError {
  return VirError.of('XML_ERROR', `Invalid value for element '${element}': '${value}'.${expected}`);
}
