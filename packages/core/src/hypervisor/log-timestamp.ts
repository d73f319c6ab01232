/** `2026-11-21 06:31:52.315+0000`: how libvirt writes a moment into logs. */
export function logTimestamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace('T', ' ').replace('Z', '+0000');
}
