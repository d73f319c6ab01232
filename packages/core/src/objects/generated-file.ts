/** The comment that stands at the head of every file that a daemon writes for a domain, network, pool …
 *
 * @param editCommand virsh's command and the object, e.g. `edit NAME`
 */
export function generatedFileHeader(command: string, name: string, uuid: string): string {
  const shown = isPlainName(name) ? name : uuid;
  return `<!--
WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:
  virsh ${command} ${shown}
or other application using the libvirt API.
-->

`;
}

// A name that a shell would not take literally, or that would end the comment, is replaced by the UUID.
function isPlainName(name: string): boolean {
  return !/[\r\t\n !"#$&'()*;<>?[\\\]^`{|}~]/.test(name) && !name.includes('--');
}
